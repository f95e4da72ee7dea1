"""Builders of the jobs that run notebooks."""

from __future__ import annotations

from hypothesis import strategies as st

from sagewright.requests.notebook_jobs import NotebookJob
from tests.property.builders.described import Builder

BUILDERS: dict[str, Builder] = {
    "notebook_jobs.notebook_job_request": Builder(
        "CreateTrainingJob",
        {
            "name": st.sampled_from(["prices", "prices of today"]),
            "notebook": st.just("prices.ipynb"),
            "script": st.none() | st.just("before.sh"),
            "kernel": st.just("python3"),
            "image": "AlgorithmSpecification.TrainingImage",
            "region": st.just("us-east-1"),
            "role": "RoleArn",
            "source": "OutputDataConfig.S3OutputPath",
            "output": "OutputDataConfig.S3OutputPath",
            "instance_type": "ResourceConfig.InstanceType",
            "volume_size": "ResourceConfig.VolumeSizeInGB",
            "max_retry_attempts": "RetryStrategy.MaximumRetryAttempts",
            "max_runtime_s": "StoppingCondition.MaxRuntimeInSeconds",
            "encrypts_traffic": "EnableInterContainerTrafficEncryption",
            "output_key": "OutputDataConfig.KmsKeyId",
            "volume_key": "ResourceConfig.VolumeKmsKeyId",
            "vpc_config": "VpcConfig",
            "environment": "Environment",
            "parameters": "HyperParameters",
            "tags": "Tags",
        },
        spec=NotebookJob,
    ),
}
