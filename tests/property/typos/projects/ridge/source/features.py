import numpy as np


def load_table(folder, header=False):
    files = sorted(folder.iterdir())
    return np.concatenate([np.loadtxt(file, delimiter=",", skiprows=int(header)) for file in files])  # free


def scaled(table):
    return (table - np.mean(table, axis=0)) / np.std(table, axis=0)
