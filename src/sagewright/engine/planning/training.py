"""From a training job's request to the work of its hosts (`contract.md` 1.4, 1.7 to 1.11)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.images import Image, resolve
from sagewright.engine.planning.document import ExecutionPlan, Fetch, HostDocument, Metrics
from sagewright.engine.planning.limits import max_runtime_s
from sagewright.engine.planning.outputs import checkpoint_path, syncs_of, uploads_of
from sagewright.vocabulary.s3_uris import split_s3_uri

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
METRIC_NAMESPACE = "/aws/sagemaker/TrainingJobs"
GRACE_S = 120.0  # between SIGTERM and SIGKILL (`contract.md` 1.5)

_FOLDERS = ("input/config", "input/data", "model", "code", "output/data", "output/metrics/sagemaker")

Request = Mapping[str, Any]


def plan_attempt(body: Mapping[str, Any], environment: Mapping[str, str], epoch: int) -> ExecutionPlan:
    """Plan the current attempt of a training job.

    Args:
        body: The body of the job's record.
        environment: Variables that weigh less than the request's own.
        epoch: Unix seconds that tell the log streams of attempts apart.
    """
    request = body["request"]
    image = resolve(request["AlgorithmSpecification"]["TrainingImage"])
    hosts = host_names(request)
    return ExecutionPlan(
        body["execution_id"],
        body.get("python") or sys.executable,
        [_host(request, image, host, hosts, environment, epoch, body.get("used_s", 0.0)) for host in hosts],
    )


def host_names(request: Request) -> list[str]:
    """`algo-1` to `algo-N`."""
    return [f"algo-{number}" for number in range(1, request["ResourceConfig"].get("InstanceCount", 1) + 1)]


def command(request: Request, image: Image) -> list[str]:
    """Return what `docker run` would start: an entry point of the request's own replaces the image's."""
    specification = request["AlgorithmSpecification"]
    entry_point = specification.get("ContainerEntrypoint")
    arguments = specification.get("ContainerArguments")
    if entry_point:
        return [*entry_point, *(arguments or ())]
    if arguments:
        return [*image.train_command[:-1], *arguments]
    return list(image.train_command)


def metric_definitions(request: Request, image: Image) -> list[Mapping[str, str]]:
    """Return the definitions in force: the request's, and those that the service fills in for a built-in."""
    given = request["AlgorithmSpecification"].get("MetricDefinitions") or []
    names = {definition["Name"] for definition in given}
    return [*given, *(item for item in image.metric_definitions if item["Name"] not in names)]


def _host(
    request: Request,
    image: Image,
    host: str,
    hosts: Sequence[str],
    environment: Mapping[str, str],
    epoch: int,
    used_s: float,
) -> HostDocument:
    job = request["TrainingJobName"]
    channels = request.get("InputDataConfig") or []
    return HostDocument(
        host=host,
        command=command(request, image),
        environment={**environment, **_platform_environment(request), **request.get("Environment", {})},
        files=_config_files(request, host, hosts),
        folders=[*_FOLDERS, *(f"input/data/{channel['ChannelName']}" for channel in channels)],
        log_group=LOG_GROUP,
        log_stream=f"{job}/{host}-{epoch}",
        fetches=[_fetch(channel) for channel in channels],
        uploads=uploads_of(request) if host == hosts[0] else [],
        syncs=syncs_of(request),
        metrics=Metrics(METRIC_NAMESPACE, {"TrainingJobName": job}, metric_definitions(request, image)),
        max_runtime_s=max(1.0, max_runtime_s(request) - used_s),
        grace_s=GRACE_S,
        network_isolation=bool(request.get("EnableNetworkIsolation")),
    )


def _platform_environment(request: Request) -> dict[str, str]:
    return {
        "TRAINING_JOB_NAME": request["TrainingJobName"],
        "SAGEMAKER_METRICS_DIRECTORY": "/opt/ml/output/metrics/sagemaker",
        "PYTHONUNBUFFERED": "1",
    }


def _config_files(request: Request, host: str, hosts: Sequence[str]) -> dict[str, str]:
    folder = "input/config"
    checkpoints = {}
    if "CheckpointConfig" in request:
        config = {"S3Uri": request["CheckpointConfig"]["S3Uri"], "LocalPath": checkpoint_path(request)}
        checkpoints = {f"{folder}/checkpointconfig.json": json.dumps(config)}
    return {
        **checkpoints,
        f"{folder}/hyperparameters.json": json.dumps(request.get("HyperParameters") or {}),
        f"{folder}/inputdataconfig.json": json.dumps(_input_data_config(request)),
        f"{folder}/resourceconfig.json": json.dumps(_resource_config(request, host, hosts)),
    }


def _input_data_config(request: Request) -> dict[str, dict[str, str]]:
    default_mode = request["AlgorithmSpecification"]["TrainingInputMode"]
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode", default_mode),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in request.get("InputDataConfig") or []
    }


def _resource_config(request: Request, host: str, hosts: Sequence[str]) -> dict[str, Any]:
    instance_type = request["ResourceConfig"]["InstanceType"]
    group = "homogeneousCluster"
    return {
        "current_host": host,
        "current_instance_type": instance_type,
        "current_group_name": group,
        "hosts": list(hosts),
        "instance_groups": [{"instance_group_name": group, "instance_type": instance_type, "hosts": list(hosts)}],
        "network_interface_name": "eth0",
    }


def _fetch(channel: Mapping[str, Any]) -> Fetch:
    source = channel["DataSource"]["S3DataSource"]
    is_manifest = source.get("S3DataType") == "ManifestFile"
    name = channel["ChannelName"]
    return Fetch(name, *split_s3_uri(source["S3Uri"]), f"input/data/{name}", is_manifest)
