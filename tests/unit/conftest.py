from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.parts import Caller, Parts
from sagewright.engine.steward.endpoints import EndpointReconciler
from sagewright.engine.steward.training import TrainingReconciler
from sagewright.testing.executors import FakeExecutor

REGION, ACCOUNT = "us-east-1", "123456789012"
CALLER = Caller(ACCOUNT, REGION, f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s", "u", python="/usr/bin/python3")
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/linear-learner:latest"


@dataclass
class House:
    """An engine in memory, its steward's loops, and a fake executor: everything but processes."""

    engine: Engine
    executor: FakeExecutor
    training: TrainingReconciler
    endpoints: EndpointReconciler

    @property
    def parts(self) -> Parts:
        return self.engine.parts

    def call(self, operation: str, service: str = "sagemaker", **params: Any) -> dict[str, Any]:
        return self.engine.call(service, operation, params, CALLER)

    def tick(self) -> None:
        self.training.tick()
        self.endpoints.tick()

    def another_steward(self, owner: str = "two") -> House:
        return replace(
            self,
            training=TrainingReconciler(self.parts, self.executor, owner),
            endpoints=EndpointReconciler(self.parts, self.executor, owner),
        )


@pytest.fixture
def house() -> House:
    engine = Engine.in_memory()
    executor = FakeExecutor(engine.parts.clock)
    engine.parts.objects.create_bucket("bucket", REGION, ACCOUNT)
    engine.parts.objects.put("bucket", "train/rows.csv", b"1,2\n")
    engine.parts.objects.put("bucket", "model/model.tar.gz", b"not opened")
    return House(
        engine,
        executor,
        TrainingReconciler(engine.parts, executor, "one"),
        EndpointReconciler(engine.parts, executor, "one"),
    )


def training_request(name: str = "job", **changes: Any) -> dict[str, Any]:
    """Return the params of a `CreateTrainingJob` that holds; a change of None leaves the member out."""
    request = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "InputDataConfig": [channel()],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **changes,
    }
    return {member: value for member, value in request.items() if value is not None}


def channel(name: str = "train", uri: str = "s3://bucket/train/", **changes: Any) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **changes}


@pytest.fixture(autouse=True)
def no_preflight(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fits go on, for most tests talk to a recorder, which has no data and whose answers are counted."""
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "off")
