import json
import os
import random

STAGE = os.environ["STAGE"]
RETRIES = int(os.getenv("RETRIES"))


def main():
    hyperparameters = json.loads(os.environ["SM_HPS"])
    random.seed(int(os.environ["SM_HP_SEED"]))
    folds = int(os.environ["SM_HP_FOLDS"])
    folder = os.environ["SM_CHANNEL_TABLE"]
    print(STAGE, RETRIES, hyperparameters, folds, os.listdir(folder))


if __name__ == "__main__":
    main()
