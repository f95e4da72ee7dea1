import os


def read_series(folder):
    with open(os.path.join(folder, "series.txt")) as file:
        return [float(line) for line in file]
