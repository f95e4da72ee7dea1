"""The request of an inference recommendations job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    sample_payload_url: str | None,
    supported_content_types: Sequence[str] | None,
    *,
    framework_version: str | None = None,
    nearest_model_name: str | None = None,
    supported_instance_types: Sequence[str] | None = None,
) -> Document:
    """Return `ContainerConfig`: what is measured with, and on which machines.

    Args:
        framework, sample_payload_url, supported_content_types: A model package may say them itself.
    """
    payload = given(SamplePayloadUrl=sample_payload_url, SupportedContentTypes=supported_content_types)
    return {
        "Domain": "MACHINE_LEARNING",
        "Task": "OTHER",
        **given(
            Framework=framework,
            PayloadConfig=payload or None,
            FrameworkVersion=framework_version or None,
            NearestModelName=nearest_model_name or None,
            SupportedInstanceTypes=supported_instance_types or None,
        ),
    }


def endpoint_configuration(instance_type: str, environment: Mapping[str, Sequence[str]]) -> Document:
    """Return one of an advanced job's `EndpointConfigurations`.

    Args:
        environment: Variables, and of each the values that are tried.
    """
    ranges = [{"Name": name, "Value": list(values)} for name, values in environment.items()]
    tried = {"EnvironmentParameterRanges": {"CategoricalParameterRanges": ranges}} if ranges else {}
    return {**tried, "InstanceType": instance_type}


def traffic_pattern(phases: Sequence[Document], traffic_type: str | None) -> Document:
    """Return an advanced job's `TrafficPattern`.

    Args:
        traffic_type: None: `PHASES`.
    """
    return {"Phases": list(phases), "TrafficType": traffic_type or "PHASES"}


def stopping_conditions(max_invocations: int | None, latency_thresholds: Sequence[Document]) -> Document:
    """Return an advanced job's `StoppingConditions`, empty where there are none.

    Args:
        max_invocations: A minute.
    """
    return given(MaxInvocations=max_invocations or None, ModelLatencyThresholds=list(latency_thresholds) or None)


def resource_limit(max_tests: int | None, max_parallel_tests: int | None) -> Document:
    """Return an advanced job's `ResourceLimit`, empty where there is none."""
    return given(MaxNumberOfTests=max_tests or None, MaxParallelOfTests=max_parallel_tests or None)
