"""The request of an inference recommendations job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.requests.documents import given

Document = dict[str, Any]

ADVANCED = "Advanced"


def recommendations_request(
    job_name: str,
    job_type: str,
    role: str,
    container: Document,
    *,
    model_name: str | None = None,
    model_package_version_arn: str | None = None,
    job_duration_s: int | None = None,
    advanced_input: Document | None = None,
    stopping_conditions: Document | None = None,
) -> Document:
    """Return the document of `CreateInferenceRecommendationsJob`.

    Args:
        job_type: `Default` or `Advanced`; what only the latter takes is left out of the former.
        container: `container_config`'s.
        model_name, model_package_version_arn: One of them.
        advanced_input: `ResourceLimit`, `TrafficPattern` and `EndpointConfigurations`, as far as they are given.
    """
    model = {"ModelPackageVersionArn": model_package_version_arn} if model_package_version_arn else None
    source: Document = {"ContainerConfig": container, **(model or {"ModelName": model_name})}
    source |= given(JobDurationInSeconds=job_duration_s or None)
    request: Document = {
        "JobName": job_name,
        "JobType": job_type,
        "RoleArn": role,
        "InputConfig": source,
        "Tags": [{"Key": "ClientType", "Value": "PythonSDK-RightSize"}],
        "JobDescription": "#python-sdk-create",
    }
    if job_type == ADVANCED:
        source.update({name: value for name, value in (advanced_input or {}).items() if value})
        request |= given(StoppingConditions=stopping_conditions or None)
    return request


def container_config(
    framework: str | None,
    sample_payload_url: str,
    supported_content_types: Sequence[str],
    *,
    framework_version: str | None = None,
    nearest_model_name: str | None = None,
    supported_instance_types: Sequence[str] | None = None,
) -> Document:
    """Return `ContainerConfig`: what is measured with, and on which machines."""
    return {
        "Domain": "MACHINE_LEARNING",
        "Task": "OTHER",
        "Framework": framework,
        "PayloadConfig": {
            "SamplePayloadUrl": sample_payload_url,
            "SupportedContentTypes": supported_content_types,
        },
        **given(
            FrameworkVersion=framework_version or None,
            NearestModelName=nearest_model_name or None,
            SupportedInstanceTypes=supported_instance_types or None,
        ),
    }
