import argparse
import os
import pickle
import signal
from pathlib import Path

from sklearn.linear_model import SGDRegressor

CHECKPOINT = Path("/opt/ml/checkpoints")


def save(model, number):
    (CHECKPOINT / f"{number}.pickle").write_bytes(pickle.dumps(model))


def latest():
    files = sorted(CHECKPOINT.glob("*.pickle"))  # free
    return pickle.loads(files[-1].read_bytes()) if files else SGDRegressor()


def stop(signum, frame):  # free
    raise SystemExit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--chunk-size", type=int, default=100)
    parser.add_argument("--passes", type=int, default=1)
    args = parser.parse_args()
    model = latest()
    for number in range(args.passes):
        print(number, args.chunk_size, os.environ["SM_CHANNEL_TRAINING"])
        save(model, number)
