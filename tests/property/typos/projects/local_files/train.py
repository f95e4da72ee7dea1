import argparse
import glob
import os

import numpy as np


def load(folder, columns):
    tables = [np.genfromtxt(path, delimiter=",") for path in glob.glob(f"{folder}/*.csv")]  # free
    return np.vstack(tables).reshape(-1, columns)


parser = argparse.ArgumentParser()
parser.add_argument("--columns", type=int, required=True)
arguments = parser.parse_args()
table = load(folder=os.environ["SM_CHANNEL_TRAINING"], columns=arguments.columns)
np.save(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "table.npy"), np.linalg.pinv(table))  # free
