"""From a training job's request to the work of its hosts (`contract.md` 1.4, 1.7 to 1.11)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.images import Image, resolve
from sagewright.engine.lifecycle.warm_pool import keep_alive_s
from sagewright.engine.planning import channels as inputs
from sagewright.engine.planning import hosts as naming
from sagewright.engine.planning.containers import in_container, inherited
from sagewright.engine.planning.document import ExecutionPlan, HostDocument, Metrics, Mount, Role, Unpack, Warm
from sagewright.engine.planning.limits import max_runtime_s
from sagewright.engine.planning.outputs import checkpoint_path, syncs_of, uploads_of
from sagewright.vocabulary.remote_functions import is_remote_function
from sagewright.vocabulary.s3_uris import split_s3_uri
from sagewright.vocabulary.script_mode import CODE_BYTES, ISOLATED, program_of, submit_directory_of

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
METRIC_NAMESPACE = "/aws/sagemaker/TrainingJobs"
GRACE_S = 120.0  # between SIGTERM and SIGKILL (`contract.md` 1.5)
SIBLING_GRACE_S = 10.0  # the same for the hosts of a job of which another has failed

# What stands before the command of a function's job: an environment of its own.
FUNCTION = ("{python}", "-m", "sagewright.engine.remote_functions")

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
    image = resolve(request["AlgorithmSpecification"]["TrainingImage"], body.get("image"))
    groups = naming.groups_of(request["ResourceConfig"])
    if image.engine:
        environment = inherited(body["region"], environment)
    role = Role(**body["role"]) if body.get("role") else None
    documents = [
        replace(_host(request, image, host, groups, environment, epoch, body.get("used_s", 0.0)), role=role)
        for host in host_names(request)
    ]
    return ExecutionPlan(
        body["execution_id"],
        body.get("python") or sys.executable,
        [
            in_container(document, request, image)
            if image.engine
            else replace(document, warm=_warm(body, image, document.host))
            for document in documents
        ],
    )


def host_names(request: Request) -> list[str]:
    """Return `algo-1` to `algo-N`."""
    return naming.host_names(request["ResourceConfig"])


def command(request: Request, image: Image) -> list[str]:
    """Return what `docker run` would start: an entry point of the request's own replaces the image's."""
    specification = request["AlgorithmSpecification"]
    entry_point = specification.get("ContainerEntrypoint")
    arguments = specification.get("ContainerArguments")
    if entry_point:
        return [*(FUNCTION if is_remote_function(request) else ()), *entry_point, *(arguments or ())]
    if has_script(request, image):
        return list(image.script_command)
    if arguments:
        return [*(image.train_command if image.is_own else image.train_command[:-1]), *arguments]
    return list(image.train_command)


def has_script(request: Request, image: Image) -> bool:
    """Tell whether the image's script mode runs the job, and not an algorithm or a program of the request's."""
    own = request["AlgorithmSpecification"].get("ContainerEntrypoint")
    return bool(image.script_command and not own and program_of(*_settings(request)))


def metric_definitions(request: Request, image: Image) -> list[Mapping[str, str]]:
    """Return the definitions in force: the request's, and those that the service fills in for a built-in."""
    given = request["AlgorithmSpecification"].get("MetricDefinitions") or []
    names = {definition["Name"] for definition in given}
    return [*given, *(item for item in image.metric_definitions if item["Name"] not in names)]


def _host(
    request: Request,
    image: Image,
    host: str,
    groups: Sequence[naming.Group],
    environment: Mapping[str, str],
    epoch: int,
    used_s: float,
) -> HostDocument:
    job = request["TrainingJobName"]
    channels = [
        channel for channel in request.get("InputDataConfig") or [] if host in naming.hosts_of_channel(channel, groups)
    ]
    default_mode = request["AlgorithmSpecification"]["TrainingInputMode"]
    fetches = [
        inputs.fetch_of(channel, default_mode, host, naming.hosts_of_channel(channel, groups)) for channel in channels
    ]
    return HostDocument(
        host=host,
        command=command(request, image),
        environment={
            **environment,
            **image.environment,
            **_platform_environment(request),
            **_script_environment(request, image),
            **_given_environment(request, environment),
        },
        files=_config_files(request, host, groups, channels),
        folders=[*_FOLDERS, *inputs.folders_of(fetches)],
        log_group=LOG_GROUP,
        log_stream=f"{job}/{host}-{epoch}",
        fetches=fetches,
        unpacks=_code(request, image),
        uploads=uploads_of(request),
        syncs=syncs_of(request),
        metrics=Metrics(METRIC_NAMESPACE, {"TrainingJobName": job}, metric_definitions(request, image)),
        max_runtime_s=max(1.0, max_runtime_s(request) - used_s),
        grace_s=GRACE_S,
        memory_bytes=naming.memory_bytes(host, groups, environment),
        network_isolation=bool(request.get("EnableNetworkIsolation")),
        addresses=naming.addresses_of(host_names(request)),
        working_folder=image.place if image.folder else "",
        mounts=mounts(image),
    )


def mounts(image: Image) -> list[Mount]:
    """Return what the program of a mapped image sees beside `/opt/ml`: its own folder."""
    return [Mount(image.folder, image.place)] if image.folder else []


def _warm(body: Mapping[str, Any], image: Image, host: str) -> Warm | None:
    """Return how a host's program has to do with warm pools; an interpreter is kept after the first host's.

    The programs of a mapped folder have none: an interpreter outside of their job does not see that.
    """
    interpreter, kept_s = body.get("interpreter") or "", keep_alive_s(body["request"])
    if image.folder or not (interpreter or kept_s):
        return None
    return Warm(interpreter, kept_s if host == host_names(body["request"])[0] else 0.0)


def _given_environment(request: Request, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the request's variables; its `PYTHONPATH` is part of the one that the job inherits already."""
    given = request.get("Environment", {})
    return {name: value for name, value in given.items() if name != "PYTHONPATH" or name not in environment}


def _settings(request: Request) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return request.get("HyperParameters") or {}, request.get("Environment") or {}


def _script_environment(request: Request, image: Image) -> dict[str, str]:
    if not has_script(request, image):
        return {}
    isolated = {ISOLATED: "1"} if request.get("EnableNetworkIsolation") else {}
    return {**image.script_environment, **isolated}


def _code(request: Request, image: Image) -> list[Unpack]:
    """Return the script's archive; what is none of S3 the script mode finds by itself."""
    uri = submit_directory_of(*_settings(request)) if has_script(request, image) else None
    if not (uri and uri.startswith("s3://")):
        return []
    return [Unpack(*split_s3_uri(uri), "code", what="code", max_bytes=CODE_BYTES)]


def _platform_environment(request: Request) -> dict[str, str]:
    return {
        "TRAINING_JOB_NAME": request["TrainingJobName"],
        "SAGEWRIGHT_IMAGE": request["AlgorithmSpecification"].get("TrainingImage", ""),
        "SAGEMAKER_METRICS_DIRECTORY": "/opt/ml/output/metrics/sagemaker",
        "PYTHONUNBUFFERED": "1",
    }


def _config_files(
    request: Request, host: str, groups: Sequence[naming.Group], channels: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    folder = "input/config"
    default_mode = request["AlgorithmSpecification"]["TrainingInputMode"]
    checkpoints = {}
    if "CheckpointConfig" in request:
        config = {"S3Uri": request["CheckpointConfig"]["S3Uri"], "LocalPath": checkpoint_path(request)}
        checkpoints = {f"{folder}/checkpointconfig.json": json.dumps(config)}
    return {
        **checkpoints,
        f"{folder}/hyperparameters.json": json.dumps(request.get("HyperParameters") or {}),
        f"{folder}/inputdataconfig.json": json.dumps(inputs.config_of(channels, default_mode)),
        naming.RESOURCE_CONFIG: naming.resource_config_file(host, groups),
    }
