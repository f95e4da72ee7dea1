"""Builders of monitoring."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sagewright.requests.monitoring import Monitoring
from tests.property.builders.described import Builder, Given, at
from tests.property.legal import shape_at

_SCHEDULE = "CreateMonitoringSchedule.MonitoringScheduleConfig"
_JOB = f"{_SCHEDULE}.MonitoringJobDefinition"
KINDS = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")


def _monitoring(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    """Return what a spec of monitoring holds, for a definition of a kind, or for one in its schedule (no kind)."""
    operation = f"Create{kind}JobDefinition" if kind else _JOB
    app = f"{operation}.{kind}AppSpecification" if kind else f"{_JOB}.MonitoringAppSpecification"
    cluster = f"{operation}.JobResources.ClusterConfig" if kind else f"{_JOB}.MonitoringResources.ClusterConfig"
    outputs = f"{operation}.{kind}JobOutputConfig" if kind else f"{_JOB}.MonitoringOutputConfig"
    baseline = f"{operation}.{kind}BaselineConfig" if kind else f"{_JOB}.BaselineConfig"
    of_input = at(f"{operation}.{kind}JobInput" if kind else f"{_JOB}.MonitoringInputs.*")
    places = {
        "image_uri": f"{app}.ImageUri",
        "role": f"{operation}.RoleArn",
        "outputs": f"{outputs}.MonitoringOutputs",
        "output_kms_key": f"{outputs}.KmsKeyId",
        "instance_count": f"{cluster}.InstanceCount",
        "instance_type": f"{cluster}.InstanceType",
        "volume_size_gib": f"{cluster}.VolumeSizeInGB",
        "volume_kms_key": f"{cluster}.VolumeKmsKeyId",
        "max_runtime_s": f"{operation}.StoppingCondition.MaxRuntimeInSeconds",
        "environment": f"{app}.Environment" if kind else f"{operation}.Environment",
        "network": f"{operation}.NetworkConfig",
        "preprocessor_uri": f"{app}.RecordPreprocessorSourceUri",
        "postprocessor_uri": f"{app}.PostAnalyticsProcessorSourceUri",
        "constraints_uri": f"{baseline}.ConstraintsResource.S3Uri",
        "statistics_uri": f"{baseline}.StatisticsResource.S3Uri",
        "baselining_job_name": f"{baseline}.BaseliningJobName",
        "ground_truth_uri": f"{operation}.{kind}JobInput.GroundTruthS3Input.S3Uri",
        "problem_type": f"{app}.ProblemType",
        "config_uri": f"{app}.ConfigUri",
        "entrypoint": f"{app}.ContainerEntrypoint",
        "arguments": f"{app}.ContainerArguments",
    }
    return {"job_input": of_input, **{name: at(place) for name, place in places.items() if _is_there(place)}}


def _is_there(place: str) -> bool:
    try:
        return shape_at(place) is not None
    except KeyError:
        return False


def _job(kind: str, *, whole: bool) -> st.SearchStrategy[Monitoring]:
    arguments = _monitoring(kind)
    needed = ["image_uri", "role", "job_input", "outputs", "instance_count", "instance_type", "volume_size_gib"]
    needed += [name for name in ("ground_truth_uri", "config_uri") if name in arguments]
    named = needed if whole else ["role"]
    return st.fixed_dictionaries(
        {name: arguments[name] for name in named},
        optional={name: one for name, one in arguments.items() if name not in named},
    ).map(lambda given: Monitoring(**given))


@st.composite
def _definitions(draw: st.DrawFn) -> Given:
    """Return the arguments of `definition_request`: a whole job, or what changes of one that there is."""
    kind = draw(st.sampled_from(KINDS))
    operation = f"Create{kind}JobDefinition"
    existing = draw(st.none() | at(operation))
    job = draw(_job(kind, whole=existing is None))
    name, tags = draw(at(f"{operation}.JobDefinitionName")), draw(st.none() | at(f"{operation}.Tags"))
    return {"kind": kind, "name": name, "job": job, "tags": tags, "existing": existing}


BUILDERS: dict[str, Builder] = {
    "monitoring.definition_request": Builder("Create{kind}JobDefinition", {"drawn": _definitions()}, kept=("drawn",)),
    "monitoring.definition_schedule": Builder(
        _SCHEDULE,
        {"kind": "MonitoringType", "definition": "MonitoringJobDefinitionName", "schedule": "ScheduleConfig"},
    ),
    "monitoring.schedule_document": Builder(
        f"{_SCHEDULE}.ScheduleConfig",
        {"expression": "ScheduleExpression", "start": "DataAnalysisStartTime", "end": "DataAnalysisEndTime"},
    ),
    "monitoring.job_definition": Builder(_JOB, {"job": _job("", whole=True)}, kept=("job",)),
    "monitoring.changed_definition": Builder(
        _JOB, {"was": at(_JOB), "job": _job("", whole=False)}, kept=("was", "job")
    ),
    "monitoring.input_document": Builder(
        f"{_JOB}.MonitoringInputs.*",
        {
            "kind": st.just("EndpointInput"),
            "members": at(f"{_JOB}.MonitoringInputs.*.EndpointInput"),
        },
        kept=("kind",),
    ),
    "monitoring.monitoring_output": Builder(
        f"{_JOB}.MonitoringOutputConfig.MonitoringOutputs.*",
        {"source": "S3Output.LocalPath", "destination": "S3Output.S3Uri", "upload_mode": "S3Output.S3UploadMode"},
    ),
}
