"""Builders of jobs that recommend machines."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.property.builders.described import Builder, Given, at

_INPUT = "CreateInferenceRecommendationsJob.InputConfig"
_advanced = st.fixed_dictionaries(
    {},
    optional={name: at(f"{_INPUT}.{name}") for name in ("ResourceLimit", "TrafficPattern", "EndpointConfigurations")},
)
_ranges = at(f"{_INPUT}.EndpointConfigurations.*.EnvironmentParameterRanges.CategoricalParameterRanges")
_environment = _ranges.map(lambda ranges: {one["Name"]: one["Value"] for one in ranges})


def _settle(given: Given) -> None:
    if "model_package_version_arn" in given:
        given.pop("model_name", None)
    else:
        given.setdefault("model_name", "model")
    if given["job_type"] == "Default":
        given.pop("advanced_input", None), given.pop("stopping_conditions", None)
    given["advanced_input"] = {name: value for name, value in given.get("advanced_input", {}).items() if value}


BUILDERS: dict[str, Builder] = {
    "recommendations.recommendations_request": Builder(
        "CreateInferenceRecommendationsJob",
        {
            "job_name": "JobName",
            "job_type": "JobType",
            "role": "RoleArn",
            "container": "InputConfig.ContainerConfig",
            "model_name": "InputConfig.ModelName",
            "model_package_version_arn": "InputConfig.ModelPackageVersionArn",
            "job_duration_s": "InputConfig.JobDurationInSeconds",
            "advanced_input": _advanced,
            "stopping_conditions": "StoppingConditions",
        },
        settle=_settle,
    ),
    "recommendations.container_config": Builder(
        f"{_INPUT}.ContainerConfig",
        {
            "framework": "Framework",
            "sample_payload_url": "PayloadConfig.SamplePayloadUrl",
            "supported_content_types": "PayloadConfig.SupportedContentTypes",
            "framework_version": "FrameworkVersion",
            "nearest_model_name": "NearestModelName",
            "supported_instance_types": "SupportedInstanceTypes",
        },
    ),
    "recommendations.endpoint_configuration": Builder(
        f"{_INPUT}.EndpointConfigurations.*",
        {"instance_type": "InstanceType", "environment": _environment},
    ),
    "recommendations.traffic_pattern": Builder(
        f"{_INPUT}.TrafficPattern", {"phases": "Phases", "traffic_type": "TrafficType"}
    ),
    "recommendations.stopping_conditions": Builder(
        "CreateInferenceRecommendationsJob.StoppingConditions",
        {"max_invocations": "MaxInvocations", "latency_thresholds": "ModelLatencyThresholds"},
    ),
    "recommendations.resource_limit": Builder(
        f"{_INPUT}.ResourceLimit", {"max_tests": "MaxNumberOfTests", "max_parallel_tests": "MaxParallelOfTests"}
    ),
}
