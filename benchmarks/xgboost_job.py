"""The built-in XGBoost, a job from CSV to model.tar.gz, over the same in a script that calls the library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.jobs import ROLE, wait_for
from benchmarks.timing import in_turns, report
from sagewright import targets

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROWS, FEATURES, ROUNDS, RUNS = 100_000, 30, 500, 3
# One thread: two that wait for one another measure what else the machine does.
PARAMETERS = {"max_depth": "6", "eta": "0.1", "eval_metric": "rmse", "nthread": "1"}

DIRECT = """
import json, sys
import pandas as pd
import xgboost as xgb

path, rounds, parameters, model = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4]
table = pd.read_csv(path, header=None, dtype="float32").to_numpy()
rows = xgb.DMatrix(table[:, 1:], table[:, 0])
xgb.train(parameters, rows, rounds, evals=[(rows, "train")]).save_model(model)
"""


def main() -> None:
    session = targets.boto_session()
    s3, sagemaker = session.client("s3"), session.client("sagemaker")
    s3.create_bucket(Bucket="bench")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.csv")
        np.savetxt(path, _rows(), delimiter=",", fmt="%.6g")
        s3.upload_file(str(path), "bench", "train/rows.csv")

        def ours() -> None:
            _run(sagemaker)

        def theirs() -> None:
            _direct(path, Path(folder, "model.ubj"))

        medians = in_turns(ours, theirs, RUNS)
    report(f"XGBoost, {ROWS:,} x {FEATURES}, {ROUNDS} rounds", *medians, "xgboost.train in a script", "1.1x")


def _rows() -> Any:
    draw = np.random.default_rng(0)
    features = draw.normal(size=(ROWS, FEATURES)).astype(np.float32)
    return np.column_stack([features[:, 0] * features[:, 1] + np.sin(features[:, 2]), features])


def _direct(path: Path, model: Path) -> None:
    program = [sys.executable, "-c", DIRECT, str(path), str(ROUNDS), json.dumps(PARAMETERS), str(model)]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)


def _run(sagemaker: Any) -> None:
    name = f"boost-{os.urandom(4).hex()}"
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bench/train/"}}
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        InputDataConfig=[{"ChannelName": "train", "DataSource": source, "ContentType": "text/csv"}],
        OutputDataConfig={"S3OutputPath": "s3://bench/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        HyperParameters={"num_round": str(ROUNDS), **PARAMETERS},
    )
    wait_for(sagemaker, name)
