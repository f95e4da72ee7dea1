"""Batch transform of a CSV file, over a script that loads the same model and calls it in a loop of batches."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.jobs import ROLE
from benchmarks.timing import in_turns, report
from sagewright import targets

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROWS, FEATURES, ROUNDS, RUNS = 200_000, 10, 50, 3

DIRECT = """
import sys
import pandas as pd
import xgboost as xgb

rows, model, out = sys.argv[1:]
booster = xgb.Booster(model_file=model)
with open(out, "w") as file:
    for table in pd.read_csv(rows, header=None, dtype="float32", chunksize=50_000):
        answers = booster.inplace_predict(table.to_numpy())
        file.write("\\n".join(map(str, answers.tolist())) + "\\n")
"""


def main() -> None:
    import tarfile

    import xgboost

    session = targets.boto_session()
    s3, sagemaker = session.client("s3"), session.client("sagemaker")
    s3.create_bucket(Bucket="bench")
    with tempfile.TemporaryDirectory() as folder:
        path, model = Path(folder, "rows.csv"), Path(folder, "xgboost-model.ubj")
        features = np.random.default_rng(0).normal(size=(ROWS, FEATURES)).astype(np.float32)
        np.savetxt(path, features, delimiter=",", fmt="%.6g")
        booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(features, features[:, 0]), ROUNDS)
        booster.save_model(model)
        with tarfile.open(Path(folder, "model.tar.gz"), "w:gz") as archive:
            archive.add(model, "xgboost-model")
        s3.upload_file(str(Path(folder, "model.tar.gz")), "bench", "model.tar.gz")
        s3.upload_file(str(path), "bench", "in/rows.csv")
        container = {"Image": IMAGE, "ModelDataUrl": "s3://bench/model.tar.gz"}
        sagemaker.create_model(ModelName="boost", PrimaryContainer=container, ExecutionRoleArn=ROLE)

        def ours() -> None:
            _run(sagemaker)

        def theirs() -> None:
            program = [sys.executable, "-c", DIRECT, str(path), str(model), str(Path(folder, "out"))]
            subprocess.run(program, check=True)

        medians = in_turns(ours, theirs, RUNS)
    report(f"batch transform, {ROWS:,} x {FEATURES}, start to end", *medians, "predict in a loop", "2x")
    print(f"  {ROWS / medians[0]:,.0f} rows/s, and {ROWS / medians[1]:,.0f} rows/s in the loop")


def _run(sagemaker: Any) -> None:
    name = f"transform-{os.urandom(4).hex()}"
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bench/in/"}}
    sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName="boost",
        TransformInput={"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        TransformOutput={"S3OutputPath": "s3://bench/out", "Accept": "text/csv", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    while (job := sagemaker.describe_transform_job(TransformJobName=name))["TransformJobStatus"] == "InProgress":
        time.sleep(0.005)
    assert job["TransformJobStatus"] == "Completed", job
