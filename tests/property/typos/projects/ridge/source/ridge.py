from argparse import ArgumentParser
from os import environ
from pathlib import Path

from features import load_table, scaled
from sklearn.linear_model import Ridge


def options():
    parser = ArgumentParser()
    parser.add_argument("--alpha", type=float, required=True)
    parser.add_argument("--fit-intercept", type=int, choices=[0, 1])
    return parser.parse_args()


def main():
    given = options()
    folder = Path(environ["SM_CHANNEL_TRAINING"])
    table = load_table(folder, header=True)
    model = Ridge(alpha=given.alpha)
    model.fit(scaled(table), table[:, 0])
    print(model, environ["SM_MODEL_DIR"])


main()
