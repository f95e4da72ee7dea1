"""XGBoost on several hosts: real processes that meet on loopback addresses, as hosts without a network of their own."""

import contextlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import xgboost as xgb

from tests.unit.xgboost_job import csv_of, data

# Addresses that no other process of tests has: the port is always the same.
HOSTS = [f"127.{7 + os.getpid() % 200}.{os.getpid() // 200 % 250}.{number}" for number in (1, 2, 3)]


@contextlib.contextmanager
def running(tmp_path, shares, **hyperparameters):
    """Start one host per share, None for a host without data; yield the processes."""
    hosts = HOSTS[: len(shares)]
    with contextlib.ExitStack() as stack:
        processes = []
        for host, share in zip(hosts, shares, strict=True):
            write(tmp_path / host, host, hosts, share, hyperparameters)
            program = [sys.executable, "-m", "sagewright.engine.algorithms.xgboost", "train"]
            environment = {"SAGEMAKER_BASE_DIR": str(tmp_path / host), "OMP_NUM_THREADS": "1"}
            process = stack.enter_context(
                subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            )
            stack.callback(process.kill)
            processes.append(process)
        yield processes


def write(base, host, hosts, share, hyperparameters):
    documents = {
        "resourceconfig": {"current_host": host, "hosts": hosts},
        "inputdataconfig": {"train": {"ContentType": "text/csv", "S3DistributionType": "ShardedByS3Key"}},
        "hyperparameters": {"num_round": "5", **hyperparameters},
    }
    (base / "input/config").mkdir(parents=True)
    (base / "input/data/train").mkdir(parents=True)
    for name, document in documents.items():
        (base / f"input/config/{name}.json").write_text(json.dumps(document))
    if share is not None:
        (base / "input/data/train/part.csv").write_text(share)


def run(tmp_path, shares, **hyperparameters):
    """Train; return the hosts' logs, and the paths that their models would have."""
    with running(tmp_path, shares, **hyperparameters) as processes:
        logs = [process.communicate(timeout=50)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(shares), "\n".join(logs)
    return logs, [(tmp_path / host / "model/xgboost-model") for host in HOSTS[: len(shares)]]


def quality(booster, features, labels):
    return float(np.mean((booster.predict(xgb.DMatrix(features)) - labels) ** 2))


def test_hosts_with_data_train_one_model_on_all_shards(tmp_path):
    features, labels = data(1500, missing=0)
    halves = np.array_split(np.argsort(features[:, 0]), 2)  # no share alone shows how the first feature works
    shares = [None, *(csv_of(labels[part], features[part]) for part in halves)]
    logs, models = run(tmp_path, shares, max_depth="4", eval_metric="rmse,mse")

    assert [path.exists() for path in models] == [False, True, False]
    assert f"Host {HOSTS[0]} does not have training data" in logs[0]
    assert "[4]#011train-rmse:" in logs[1]
    assert "#011" not in logs[2]
    rmse, mse = (
        float(logs[1].rpartition(f"#011train-{name}:")[2].split("#")[0].split()[0]) for name in ("rmse", "mse")
    )
    assert mse == pytest.approx(rmse**2, rel=1e-3)  # ours is over the rows of all hosts, as the library's is
    found = xgb.Booster(model_file=bytearray(models[1].read_bytes()))
    alone = xgb.train({"max_depth": 4}, xgb.DMatrix(features, labels), 5)
    assert quality(found, features, labels) == pytest.approx(quality(alone, features, labels), rel=0.15)


def test_the_host_that_is_at_fault_says_why_before_the_others_fail(tmp_path):
    features, labels = data(400, missing=0)
    text = csv_of(labels, features)
    with running(tmp_path, [text, text + "1,2,x,4,5\n"]) as (first, second):
        assert second.wait(30) == 1
        assert first.poll() is None
        assert "'x' is not a number" in (tmp_path / HOSTS[1] / "output/failure").read_text()
        assert first.wait(30) == 1
    assert "ConnectionError: another host has ended" in (tmp_path / HOSTS[0] / "output/failure").read_text()
