"""The requests of monitoring schedules and of the definitions of their jobs (`contract.md` 6.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Document = dict[str, Any]


class Monitoring(NamedTuple):
    """All that a monitoring job is made of; None leaves a member out, or as it is.

    Attributes:
        job_input: The document of an endpoint's input, or of a batch transform's.
        outputs: `MonitoringOutputs`.
        problem_type: Of a model's quality.
        config_uri: Of the analysis of bias or of explanations.
        cloudwatch, arguments, entrypoint: Of the container.
    """

    image_uri: Any = None
    role: str | None = None
    job_input: Document | None = None
    outputs: Sequence[Document] | None = None
    output_kms_key: Any = None
    instance_count: Any = None
    instance_type: Any = None
    volume_size_gib: Any = None
    volume_kms_key: Any = None
    max_runtime_s: Any = None
    environment: Mapping[str, Any] | None = None
    network: Document | None = None
    preprocessor_uri: str | None = None
    postprocessor_uri: str | None = None
    constraints_uri: str | None = None
    statistics_uri: str | None = None
    baselining_job_name: str | None = None
    ground_truth_uri: str | None = None
    problem_type: str | None = None
    config_uri: str | None = None
    entrypoint: Sequence[Any] | None = None
    arguments: Sequence[Any] | None = None


def definition_request(
    kind: str, name: str, job: Monitoring, tags: Sequence[Document] | None, existing: Document | None = None
) -> Document:
    """Return the document of `Create<kind>JobDefinition`.

    Args:
        kind: `DataQuality`, `ModelQuality`, `ModelBias` or `ModelExplainability`.
        existing: The description of a definition that this one follows: what `job` does not say is as it was.
    """
    was = existing or {}
    baseline = {**was.get(f"{kind}BaselineConfig", {}), **_baseline(job)}
    stopping = {**was.get("StoppingCondition", {}), **_given({"MaxRuntimeInSeconds": job.max_runtime_s})}
    members = {
        f"{kind}BaselineConfig": baseline or None,
        "NetworkConfig": was.get("NetworkConfig") if job.network is None else job.network,
        "StoppingCondition": stopping or None,
        "Tags": tags,
    }
    output = {"MonitoringOutputs": job.outputs, "KmsKeyId": job.output_kms_key}
    return {
        "JobDefinitionName": name,
        f"{kind}AppSpecification": {**was.get(f"{kind}AppSpecification", {}), **_application(job)},
        f"{kind}JobInput": _input(job, was.get(f"{kind}JobInput", {})),
        f"{kind}JobOutputConfig": {**was.get(f"{kind}JobOutputConfig", {}), **_given(output)},
        "JobResources": {"ClusterConfig": {**was.get("JobResources", {}).get("ClusterConfig", {}), **_cluster(job)}},
        "RoleArn": job.role,
        **_given(members),
    }


def definition_schedule(kind: str, definition: str, schedule: Document | None) -> Document:
    """Return `MonitoringScheduleConfig` of a definition that there is."""
    return {
        "MonitoringJobDefinitionName": definition,
        "MonitoringType": kind,
        **_given({"ScheduleConfig": schedule}),
    }


def schedule_document(expression: str | None, start: Any = None, end: Any = None) -> Document | None:
    """Return `ScheduleConfig`; None where no time is said.

    Args:
        start, end: Of the data that a single run looks at: `-PT5H` and the like.
    """
    if expression is None:
        return None
    times = {"DataAnalysisStartTime": start, "DataAnalysisEndTime": end}
    return {"ScheduleExpression": expression, **_given(times)}


def job_definition(job: Monitoring) -> Document:
    """Return `MonitoringJobDefinition`: a job that stands in its schedule itself."""
    output = {"MonitoringOutputs": job.outputs, "KmsKeyId": job.output_kms_key}
    members = {
        "MonitoringOutputConfig": None if job.outputs is None else _given(output),
        "BaselineConfig": _baseline(job) or None,
        "StoppingCondition": _given({"MaxRuntimeInSeconds": job.max_runtime_s}) or None,
        "Environment": job.environment,
        "NetworkConfig": job.network,
    }
    return {
        "MonitoringInputs": [job.job_input],
        "MonitoringResources": {"ClusterConfig": _cluster(job)},
        "MonitoringAppSpecification": _application(job, with_environment=False),
        "RoleArn": job.role,
        **_given(members),
    }


def changed_definition(was: Document, job: Monitoring) -> Document:
    """Return a `MonitoringJobDefinition` in which what `job` says takes the place of what was there."""
    now = job_definition(job)
    found = {**was, **{name: value for name, value in now.items() if value is not None}}
    if job.job_input is None:
        found["MonitoringInputs"] = was["MonitoringInputs"]
    if job.outputs is None and job.output_kms_key is not None:
        found["MonitoringOutputConfig"] = {**was.get("MonitoringOutputConfig", {}), "KmsKeyId": job.output_kms_key}
    for name in ("MonitoringAppSpecification", "BaselineConfig", "StoppingCondition"):
        merged = {**was.get(name, {}), **now.get(name, {})}
        found.update({name: merged} if merged else {})
    cluster = now["MonitoringResources"]["ClusterConfig"]
    found["MonitoringResources"] = {"ClusterConfig": {**was["MonitoringResources"]["ClusterConfig"], **cluster}}
    return found


def input_document(kind: str, members: Mapping[str, Any]) -> Document:
    """Return the input of a monitoring job.

    Args:
        kind: `EndpointInput` or `BatchTransformInput`.
        members: None leaves one out.
    """
    return {kind: _given(members)}


def monitoring_output(source: str, destination: str | None, upload_mode: str) -> Document:
    """Return a member of `MonitoringOutputs`."""
    return {"S3Output": {"S3Uri": destination, "LocalPath": source, "S3UploadMode": upload_mode}}


def _application(job: Monitoring, *, with_environment: bool = True) -> Document:
    return _given(
        {
            "ImageUri": job.image_uri,
            "ProblemType": job.problem_type,
            "ConfigUri": job.config_uri,
            "RecordPreprocessorSourceUri": job.preprocessor_uri,
            "PostAnalyticsProcessorSourceUri": job.postprocessor_uri,
            "ContainerEntrypoint": job.entrypoint,
            "ContainerArguments": job.arguments,
            "Environment": (job.environment or None) if with_environment else None,
        }
    )


def _baseline(job: Monitoring) -> Document:
    resources = {"ConstraintsResource": job.constraints_uri, "StatisticsResource": job.statistics_uri}
    found = {name: {"S3Uri": uri} for name, uri in resources.items() if uri is not None}
    return {**found, **_given({"BaseliningJobName": job.baselining_job_name or None})}


def _input(job: Monitoring, was: Document) -> Document:
    found = was if job.job_input is None else job.job_input
    truth = None if job.ground_truth_uri is None else {"S3Uri": job.ground_truth_uri}
    return {**found, **_given({"GroundTruthS3Input": truth})}


def _cluster(job: Monitoring) -> Document:
    return _given(
        {
            "InstanceCount": job.instance_count,
            "InstanceType": job.instance_type,
            "VolumeSizeInGB": job.volume_size_gib,
            "VolumeKmsKeyId": job.volume_kms_key,
        }
    )


def _given(members: Mapping[str, Any]) -> Document:
    return {name: value for name, value in members.items() if value is not None}
