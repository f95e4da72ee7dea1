from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sagewright import targets

T = TypeVar("T")

ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
LINEAR_LEARNER = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
ROWS = "\n".join(f"{3 * x + 1},{x},{(x * x) % 7}" for x in range(200))
OVER = ("Completed", "Failed", "Stopped")


@dataclass
class Cloud:
    """boto3 on the embedded engine of this test, and the things the tests do again and again."""

    home: Path
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = targets.boto_session().client(service)  # type: ignore[call-overload]
        return self._clients[service]

    @cached_property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")

    @cached_property
    def s3(self) -> Any:
        s3 = self.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="train/rows.csv", Body=ROWS.encode())
        return s3

    def submit(self, name: str, code: str | None = None, **changes: Any) -> None:
        """Submit a job: linear-learner, or a Python program, which comes in a channel `code`."""
        specification: dict[str, Any] = {"TrainingImage": LINEAR_LEARNER, "TrainingInputMode": "File"}
        channels = list(changes.pop("InputDataConfig", [channel()]))
        if code is not None:
            self.s3.put_object(Bucket="bucket", Key=f"code/{name}/program.py", Body=code.encode())
            program = ["python", "/opt/ml/input/data/code/program.py"]
            specification |= {"TrainingImage": "python:3", "ContainerEntrypoint": program}
            channels.append(channel(f"s3://bucket/code/{name}/", "code"))
        specification |= changes.pop("AlgorithmSpecification", {})
        request = {
            "TrainingJobName": name,
            "AlgorithmSpecification": specification,
            "RoleArn": ROLE,
            "InputDataConfig": channels,
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            **changes,
        }
        if code is None:
            request.setdefault("HyperParameters", {"predictor_type": "regressor", "mini_batch_size": "50"})
        assert self.s3
        self.sagemaker.create_training_job(**request)

    def describe(self, name: str) -> dict[str, Any]:
        return dict(self.sagemaker.describe_training_job(TrainingJobName=name))

    def end_of(self, name: str) -> dict[str, Any]:
        def over() -> dict[str, Any] | None:
            job = self.describe(name)
            return job if job["TrainingJobStatus"] in OVER else None

        return wait_until(over)

    def run(self, name: str, code: str | None = None, **changes: Any) -> dict[str, Any]:
        self.submit(name, code, **changes)
        return self.end_of(name)

    def log(self, name: str) -> list[str]:
        logs, group = self.client("logs"), "/aws/sagemaker/TrainingJobs"
        try:
            streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
        except logs.exceptions.ResourceNotFoundException:  # no job has written a line yet
            return []
        return [
            event["message"]
            for stream in streams
            for event in logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
            )["events"]
        ]

    def deploy(self, endpoint: str = "e", count: int = 1) -> None:
        """Train, and bring an endpoint into service."""
        model = self.run(f"model-of-{endpoint}")["ModelArtifacts"]["S3ModelArtifacts"]
        container = {"Image": LINEAR_LEARNER, "ModelDataUrl": model}
        self.sagemaker.create_model(ModelName=endpoint, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": endpoint,
            "InitialInstanceCount": count,
            "InstanceType": "ml.m5.large",
        }
        self.sagemaker.create_endpoint_config(EndpointConfigName=endpoint, ProductionVariants=[variant])
        self.sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=endpoint)
        self.end_of_creation(endpoint)

    def end_of_creation(self, endpoint: str) -> dict[str, Any]:
        def over() -> dict[str, Any] | None:
            found = self.sagemaker.describe_endpoint(EndpointName=endpoint)
            return dict(found) if found["EndpointStatus"] != "Creating" else None

        return wait_until(over)

    def invoke(self, endpoint: str = "e", body: bytes = b"10,3", **more: Any) -> Any:
        runtime = self.client("sagemaker-runtime")
        answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=body, **more)
        return answer["Body"].read()


def channel(uri: str = "s3://bucket/train/", name: str = "train", **changes: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    return {"ChannelName": name, "DataSource": source, "ContentType": "text/csv", **changes}


def wait_until(probe: Callable[[], T | None], seconds: float = 60.0) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.02)
    raise AssertionError(f"still not so after {seconds} s")


@pytest.fixture
def cloud(home: Path) -> Cloud:
    return Cloud(home)
