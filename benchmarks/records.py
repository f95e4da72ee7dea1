"""Rows as records of protobuf and back, and `record_set`; over genuine v2, in an environment of its own.

`GENUINE_PYTHON` names an interpreter that has `sagemaker` 2; without it one is installed for the benchmark.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys

from benchmarks.peers import environment

RUNS = 3
# Played with ours and with genuine v2, the package's name is the argument: megabytes in a second by what was done.
PROGRAM = """
import importlib, io, json, logging, sys, time
import numpy as np, scipy.sparse

logging.disable(logging.CRITICAL)
common = importlib.import_module(f"{sys.argv[1]}.amazon.common")
estimator = importlib.import_module(f"{sys.argv[1]}.amazon.amazon_estimator")
rng = np.random.default_rng(0)
labels = rng.normal(size=10_000).astype("float32")
dense = rng.normal(size=(10_000, 100))
sparse = scipy.sparse.random(3_000, 1_000, 0.05, "csr", "float32", random_state=0)
found = {}

def measured(name, size, work):
    best = min(timed(work) for _ in range(3))
    found[name] = size / best / 1e6

def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin

def written(write, rows):
    file = io.BytesIO()
    write(file, rows, labels[:rows.shape[0]])
    return file.getvalue()

def both(name, write, rows):
    data = written(write, rows)
    measured(f"encode {name}", len(data), lambda: written(write, rows))
    measured(f"decode {name}", len(data), lambda: common.read_records(io.BytesIO(data)))

class Store:
    def Object(self, bucket, key):
        return self

    def put(self, Body, **_):
        getattr(Body, "read", bytes)()

both("float32", common.write_numpy_to_dense_tensor, dense.astype("float32"))
both("float64", common.write_numpy_to_dense_tensor, dense)
both("int32", common.write_numpy_to_dense_tensor, (dense[:2_000] * 1000).astype(int))
both("sparse", common.write_spmatrix_to_sparse_tensor, sparse)
rows = dense.astype("float32")
record_set = lambda: estimator.upload_numpy_to_s3_shards(2, Store(), "bucket", "rows", rows, labels)
measured("record_set", rows.nbytes, record_set)
print(json.dumps(found))
"""


def main() -> None:
    genuine = os.environ.get("GENUINE_PYTHON") or str(environment("sagemaker", "sagemaker<3", "scipy"))
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(_played(sys.executable, "sagewright"))
        theirs.append(_played(genuine, "sagemaker"))
    for name in ours[0]:
        mine = statistics.median(run[name] for run in ours)
        other = statistics.median(run[name] for run in theirs)
        print(f"{name:<16} {mine:8.1f} MB/s   genuine v2 {other:7.1f} MB/s   {mine / other:6.1f} times as fast")


def _played(python: str, package: str) -> dict[str, float]:
    variables = {**os.environ, "SAGEMAKER_SUPPRESS_V2_WARNING": "1"}
    done = subprocess.run([python, "-c", PROGRAM, package], capture_output=True, text=True, check=True, env=variables)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
