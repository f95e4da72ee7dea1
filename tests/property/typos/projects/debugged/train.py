import argparse
import collections
import itertools
import math
import os
import re

NUMBER = re.compile("[0-9]+")  # free
Result = collections.namedtuple("Result", "count share")  # free


def parse_lines(text, threshold):
    numbers = itertools.chain.from_iterable(NUMBER.findall(line) for line in text.splitlines())
    values = [math.sqrt(float(number)) for number in numbers]
    above = [value for value in values if value > threshold]
    return Result(len(values), len(above) / max(1, len(values)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--verbose", type=int)
    args = parser.parse_args()
    for folder, _, names in os.walk(os.environ["SM_CHANNEL_TRAIN"]):
        for name in names:
            with open(os.path.join(folder, name)) as file:
                result = parse_lines(file.read(), threshold=args.threshold)
            if args.verbose:
                print(name, result)


if __name__ == "__main__":
    main()
