"""The requests of jobs that make a model fit for a machine: compilation and packaging for edge devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.requests.documents import given

Document = dict[str, Any]


def compilation_request(
    job_name: str | None,
    input_config: Document,
    output_config: Document | None,
    role: str | None,
    stopping: Document | None,
    *,
    vpc_config: Document | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateCompilationJob`."""
    return {
        "CompilationJobName": job_name,
        "InputConfig": input_config,
        "OutputConfig": output_config,
        "RoleArn": role,
        "StoppingCondition": stopping,
        **given(VpcConfig=vpc_config or None, Tags=tags),
    }


def edge_packaging_request(
    job_name: str | None,
    compilation_job_name: str | None,
    model: tuple[str | None, str | None],
    output_config: Document | None,
    role: str | None,
    *,
    resource_key: str | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateEdgePackagingJob`.

    Args:
        model: Its name and version.
        resource_key: Of KMS, for the disk that it is packaged on.
    """
    name, version = model
    return {
        "EdgePackagingJobName": job_name,
        "CompilationJobName": compilation_job_name,
        "ModelName": name,
        "ModelVersion": version,
        "OutputConfig": output_config,
        "RoleArn": role,
        **given(ResourceKey=resource_key, Tags=tags),
    }
