import argparse
import os
import pathlib


def read_arguments():
    parser = argparse.ArgumentParser(description="Trains.")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--units", type=int, default=8)
    parser.add_argument("--activation", choices=["relu", "tanh"])
    return parser.parse_args()


def lines(folder):
    for file in sorted(pathlib.Path(folder).glob("*.csv")):
        yield from file.read_text().splitlines()


if __name__ == "__main__":
    args = read_arguments()
    count = len(list(lines(os.environ["SM_CHANNEL_TRAINING"])))
    print(count, args.epochs, args.units, args.activation)
    pathlib.Path(os.environ["SM_MODEL_DIR"], "count.txt").write_text(str(count))  # free
