"""The training job that runs a notebook as a pipeline's step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Document = dict[str, Any]

CHANNEL = "sagemaker_headless_execution_pipelinestep"
_ENTRYPOINT = ["amazon_sagemaker_scheduler"]


class NotebookJob(NamedTuple):
    """A notebook, and what it runs with; anything but the names of files may be a pipeline's variable.

    Attributes:
        name: The job's name for people.
        notebook, script: The names of the notebook and of the script that is sourced before it, in `source`.
        source: The S3 URI below which the files lie.
        output: The S3 URI below which the job's output goes.
        volume_size: GiB.
        parameters: What the notebook is run with.
    """

    name: str
    notebook: str
    script: str | None
    kernel: Any
    image: Any
    region: str
    role: Any
    source: str
    output: Any
    instance_type: Any
    volume_size: Any
    max_retry_attempts: Any
    max_runtime_s: Any
    encrypts_traffic: Any
    output_key: Any = None
    volume_key: Any = None
    vpc_config: Document | None = None
    environment: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] | None = None
    tags: Sequence[Document] = ()


def notebook_job_request(job: NotebookJob) -> Document:
    """Return the document of `CreateTrainingJob`."""
    return {
        "TrainingJobName": job_prefix(job.name),
        "RoleArn": job.role,
        "RetryStrategy": {"MaximumRetryAttempts": job.max_retry_attempts},
        "StoppingCondition": {"MaxRuntimeInSeconds": job.max_runtime_s},
        "EnableInterContainerTrafficEncryption": job.encrypts_traffic,
        "AlgorithmSpecification": {
            "TrainingImage": job.image,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": list(_ENTRYPOINT),
        },
        "InputDataConfig": [{"ChannelName": CHANNEL, "DataSource": {"S3DataSource": _source(job.source)}}],
        "OutputDataConfig": {"S3OutputPath": job.output, **_given("KmsKeyId", job.output_key)},
        "ResourceConfig": {
            "VolumeSizeInGB": job.volume_size,
            "InstanceCount": 1,
            "InstanceType": job.instance_type,
            **_given("VolumeKmsKeyId", job.volume_key),
        },
        **_given("VpcConfig", job.vpc_config),
        "Tags": [*job.tags, *_own_tags(job)],
        "Environment": {**(job.environment or {}), **_own_environment(job)},
        **_given("HyperParameters", job.parameters or None),
    }


def job_prefix(name: str) -> str:
    """Return what the names of a notebook's jobs begin with.

    Example:
        >>> from sagewright.requests.notebook_jobs import job_prefix
        >>> job_prefix("_prices of today.ipynb")
        'prices-of-today-ipynb'
    """
    return re.sub(r"[^a-zA-Z0-9-]", "-", re.sub(r"^[^a-zA-Z0-9]+", "", name))


def _source(uri: str) -> Document:
    return {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}


def _own_tags(job: NotebookJob) -> list[Document]:
    tags = {
        "sagemaker:name": job.name,
        "sagemaker:notebook-name": job.notebook,
        "sagemaker:notebook-job-origin": "PIPELINE_STEP",
        "sagemaker:is-studio-archived": "false",
    }
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _own_environment(job: NotebookJob) -> Document:
    return {
        "AWS_DEFAULT_REGION": job.region,
        "SM_JOB_DEF_VERSION": "1.0",
        "SM_ENV_NAME": "sagemaker-default-env",
        "SM_SKIP_EFS_SIMULATION": "true",
        "SM_EXECUTION_INPUT_PATH": f"/opt/ml/input/data/{CHANNEL}",
        "SM_KERNEL_NAME": job.kernel,
        "SM_INPUT_NOTEBOOK_NAME": job.notebook,
        "SM_OUTPUT_NOTEBOOK_NAME": f"{job_prefix(job.name)}.ipynb",
        **_given("SM_INIT_SCRIPT", job.script),
    }


def _given(name: str, value: Any) -> Document:
    return {} if value is None else {name: value}
