import os
from argparse import ArgumentParser

from models.moving import MovingAverage
from shared.reading import read_series
from shared.writing import write_report

parser = ArgumentParser()
parser.add_argument("--window", type=int, default=3)
options = parser.parse_args()

series = read_series(os.environ["SM_CHANNEL_SERIES"])
average = MovingAverage(window=options.window)
write_report(os.environ["SM_OUTPUT_DATA_DIR"], average.smooth(series))
