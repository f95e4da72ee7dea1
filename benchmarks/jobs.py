"""Training jobs that do nothing, for benchmarks."""

from __future__ import annotations

import itertools
import time
from typing import Any

_numbers = itertools.count()
ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"


def no_op_request(script: str = "pass") -> dict[str, Any]:
    return {
        "TrainingJobName": f"no-op-{next(_numbers)}",
        "AlgorithmSpecification": {
            "TrainingImage": "python:3",
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["python", "-c", script],
        },
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bench/out"},
        "ResourceConfig": {"InstanceType": "ml.t3.medium", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }


def wait_for(sagemaker: Any, name: str) -> None:
    """Poll as closely as a benchmark may."""
    while sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] != "Completed":
        time.sleep(0.005)
