"""Monitors of schedules that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sagewright.network import NetworkConfig

if TYPE_CHECKING:
    from sagewright.model_monitor.monitor import ModelMonitor
    from sagewright.session import Session

Document = dict[str, Any]
DEFAULT_REPOSITORY = "sagemaker-model-monitor-analyzer"
Monitor = TypeVar("Monitor", bound="ModelMonitor")


def attached_to_job(cls: type[Monitor], schedule_name: str, session: Session | None) -> Monitor:
    """Return the monitor of a schedule whose job stands in it itself."""
    session, schedule = _described(schedule_name, session)
    app = schedule["MonitoringScheduleConfig"]["MonitoringJobDefinition"]["MonitoringAppSpecification"]
    own = {"image_uri": app.get("ImageUri"), "entrypoint": app.get("ContainerEntrypoint")}
    return _of_job(cls, session, schedule, **own)


def attached_to_definition(
    cls: type[Monitor],
    schedule_name: str,
    session: Session | None,
    kind: str,
    describe: str,
    what: str,
    *,
    or_job: bool = False,
) -> Monitor:
    """Return the monitor of a schedule whose job has a definition of its own.

    Args:
        kind: `DataQuality` and the like.
        describe: The client's method that describes such a definition.
        what: Of a schedule of this kind, for the error.
        or_job: The job may also stand in the schedule itself, as in schedules of early releases of v2.

    Raises:
        TypeError: The schedule is of another kind.
    """
    session, schedule = _described(schedule_name, session)
    config = schedule["MonitoringScheduleConfig"]
    if or_job and not config.get("MonitoringJobDefinitionName"):
        return _of_job(cls, session, schedule)
    if config.get("MonitoringType") != kind:
        raise TypeError(f"{cls.__name__} can only attach to {what}.")
    name = config["MonitoringJobDefinitionName"]
    job = getattr(session.sagemaker_client, describe)(JobDefinitionName=name)
    environment = job[f"{kind}AppSpecification"].get("Environment")
    arguments = _arguments(job, job["JobResources"], job[f"{kind}JobOutputConfig"].get("KmsKeyId"), environment)
    monitor = cls(**arguments, tags=_tags(session, schedule), sagemaker_session=session)
    monitor.monitoring_schedule_name, monitor.job_definition_name = schedule["MonitoringScheduleName"], name
    return monitor


def monitors_of(session: Session, endpoint_name: str) -> list[ModelMonitor]:
    """Return the monitors of an endpoint's schedules.

    Raises:
        TypeError: One watches something that nobody knows.
    """
    schedules = session.list_monitoring_schedules(endpoint_name)["MonitoringScheduleSummaries"]
    found = []
    for schedule in schedules:
        name = schedule["MonitoringScheduleName"]
        found.append(_class_of(session, name, schedule.get("MonitoringType")).attach(name, session))
    return found


def _class_of(session: Session, schedule_name: str, kind: str | None) -> type[ModelMonitor]:
    from sagewright import model_monitor

    job = session.describe_monitoring_schedule(schedule_name)["MonitoringScheduleConfig"].get("MonitoringJobDefinition")
    if job is not None:  # as early releases of v2 made them, and monitors of a container of one's own
        is_default = job["MonitoringAppSpecification"]["ImageUri"].endswith(DEFAULT_REPOSITORY)
        return model_monitor.DefaultModelMonitor if is_default else model_monitor.ModelMonitor
    known: dict[str | None, type[ModelMonitor]] = {
        "DataQuality": model_monitor.DefaultModelMonitor,
        "ModelQuality": model_monitor.ModelQualityMonitor,
        "ModelBias": model_monitor.ModelBiasMonitor,
        "ModelExplainability": model_monitor.ModelExplainabilityMonitor,
    }
    if kind not in known:
        raise TypeError(f"Unknown monitoring type: {kind}")
    return known[kind]


def _of_job(cls: type[Monitor], session: Session, schedule: Document, **own: Any) -> Monitor:
    job = schedule["MonitoringScheduleConfig"]["MonitoringJobDefinition"]
    output_key = job["MonitoringOutputConfig"].get("KmsKeyId")
    arguments = _arguments(job, job["MonitoringResources"], output_key, job.get("Environment"))
    monitor = cls(**own, **arguments, tags=_tags(session, schedule), sagemaker_session=session)
    monitor.monitoring_schedule_name = schedule["MonitoringScheduleName"]
    return monitor


def _described(schedule_name: str, session: Session | None) -> tuple[Session, Document]:
    from sagewright.session import Session

    found = session or Session()
    return found, found.describe_monitoring_schedule(monitoring_schedule_name=schedule_name)


def _arguments(job: Document, resources: Document, output_kms_key: Any, env: Any) -> Document:
    cluster = resources["ClusterConfig"]
    return {
        "role": job["RoleArn"],
        "instance_count": cluster.get("InstanceCount"),
        "instance_type": cluster["InstanceType"],
        "volume_size_in_gb": cluster["VolumeSizeInGB"],
        "volume_kms_key": cluster.get("VolumeKmsKeyId"),
        "output_kms_key": output_kms_key,
        "max_runtime_in_seconds": (job.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds"),
        "env": env,
        "network_config": _network(job.get("NetworkConfig")),
    }


def _network(document: Document | None) -> NetworkConfig | None:
    if not document:
        return None
    vpc = document.get("VpcConfig") or {}
    return NetworkConfig(
        document.get("EnableNetworkIsolation"),
        vpc.get("SecurityGroupIds"),
        vpc.get("Subnets"),
        document.get("EnableInterContainerTrafficEncryption"),
    )


def _tags(session: Session, schedule: Document) -> list[Document]:
    return session.list_tags(resource_arn=schedule["MonitoringScheduleArn"])
