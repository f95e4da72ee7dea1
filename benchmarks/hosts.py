"""A compute-bound script on two hosts that share its work, over the same script on one."""

from __future__ import annotations

from typing import Any

from benchmarks.jobs import no_op_request, wait_for
from benchmarks.timing import in_turns, report
from sagewright import targets

# Every host adds up its share of the terms, and the first one hears of the sums of the others.
SCRIPT = """
import json, pathlib, socket, time

config = json.loads(pathlib.Path("/opt/ml/input/config/resourceconfig.json").read_text())
hosts, rank = config["hosts"], config["hosts"].index(config["current_host"])
server = socket.create_server(("0.0.0.0", 7777)) if rank == 0 else None
total = sum(1.0 / ((2 * k + 1) ** 2) for k in range(rank, 24_000_000, len(hosts)))
if server:
    for _ in hosts[1:]:
        total += float(server.accept()[0].makefile().read())
    assert abs(total - 1.2337005) < 1e-6
else:
    with socket.create_connection((hosts[0], 7777)) as first:
        first.sendall(repr(total).encode())
"""
PROGRAM = ["python", "/opt/ml/input/data/code/share.py"]


def main() -> None:
    session = targets.boto_session()
    s3, sagemaker = session.client("s3"), session.client("sagemaker")
    s3.create_bucket(Bucket="bench")
    s3.put_object(Bucket="bench", Key="code/share.py", Body=SCRIPT.encode())
    ours, theirs = in_turns(lambda: _run(sagemaker, 2), lambda: _run(sagemaker, 1), 5)
    report(
        "A compute-bound script on two hosts, submit to Completed", ours, theirs, "on one", "0.6x (two CPUs or more)"
    )


def _run(sagemaker: Any, count: int) -> None:
    request = no_op_request()
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = PROGRAM
    request["ResourceConfig"]["InstanceCount"] = count
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bench/code/"}}
    request["InputDataConfig"] = [{"ChannelName": "code", "DataSource": source}]
    sagemaker.create_training_job(**request)
    wait_for(sagemaker, request["TrainingJobName"])
