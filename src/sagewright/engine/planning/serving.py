"""From an endpoint's record to the work of one instance of a variant (`contract.md` 1.11, 2.1)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.images import resolve
from sagewright.engine.planning.containers import container_of, inherited
from sagewright.engine.planning.document import ExecutionPlan, Fetch, HostDocument, Role, Server, Unpack
from sagewright.engine.planning.served_code import code_of, instance_environment, server_command
from sagewright.engine.planning.training import mounts
from sagewright.vocabulary.s3_uris import split_s3_uri

GRACE_S = 30.0  # between SIGTERM and SIGKILL (`contract.md` 2.1)
STARTUP_S = 240.0
MODEL_BYTES = 30 << 30  # that a model's archive may unfold to where no volume size is asked for
ADDITIONAL = "additional-model-data-sources"  # below `/opt/ml`
CONTAINER = "primary"  # what the service calls a model's only, unnamed container


def log_group(endpoint: str) -> str:
    return f"/aws/sagemaker/Endpoints/{endpoint}"


def component_log_group(component: str) -> str:
    return f"/aws/sagemaker/InferenceComponents/{component}"


def group_of(name: str, body: Mapping[str, Any]) -> str:
    """Return the log group of an endpoint, or of an inference component, whose record's body says it."""
    return str(body.get("log_group") or log_group(name))


def log_stream(variant: str, execution_id: str) -> str:
    """Return `<variant>/<instance id>`, the id being made of the execution's; several containers add their names."""
    return f"{variant}/i-{execution_id[-17:]}"


def log_streams(variant: Mapping[str, Any], execution_id: str) -> list[str]:
    """Return the log stream of each container of an instance."""
    stream, containers = log_stream(variant["name"], execution_id), variant["containers"]
    return [stream] if len(containers) == 1 else [f"{stream}/{container['name']}" for container in containers]


def plan_instance(
    endpoint: str,
    body: Mapping[str, Any],
    variant: Mapping[str, Any],
    execution_id: str,
    environment: Mapping[str, str],
) -> ExecutionPlan:
    """Plan one instance of a variant: a host for each of its containers.

    Args:
        endpoint: The name of the endpoint or inference component.
        body: The body of its record.
        variant: One of the body's `variants`.
        environment: Variables that weigh less than the model's own.
    """
    streams = log_streams(variant, execution_id)
    environment = {**environment, **instance_environment(body, variant)}
    documents = [
        replace(
            container_document(container, region=body["region"], environment=environment),
            host=f"algo-{number}",
            log_group=group_of(endpoint, body),
            log_stream=stream,
            network_isolation=bool(variant.get("network_isolation")),
            memory_bytes=variant.get("memory_bytes"),
        )
        for number, (container, stream) in enumerate(zip(variant["containers"], streams, strict=True), start=1)
    ]
    if volume_bytes := (variant.get("volume_gb") or 0) << 30:
        documents = [replace(d, unpacks=[replace(u, max_bytes=volume_bytes) for u in d.unpacks]) for d in documents]
    startup_s = float(variant.get("startup_s") or STARTUP_S)
    download_s = variant.get("download_s")
    documents = [
        replace(d, server=replace(d.server, startup_s=startup_s, download_s=download_s)) for d in documents if d.server
    ]
    return ExecutionPlan(execution_id, body.get("python") or sys.executable, documents)


def container_document(container: Mapping[str, Any], *, region: str, environment: Mapping[str, str]) -> HostDocument:
    """Return the work of a model's container that serves, without its place: host, log and network.

    Args:
        container: One of a variant's `containers`, as `containers_of_model` makes them.
        environment: Variables that weigh less than the model's own.
    """
    definition = container["definition"]
    many = {"SAGEMAKER_MULTI_MODEL": "true"} if definition.get("Mode") == "MultiModel" else {}
    image = resolve(definition["Image"], container.get("image"))
    if image.engine:
        environment = inherited(region, environment)
    code = code_of(definition, image)
    return HostDocument(
        host="algo-1",
        command=server_command(image, definition),
        environment={
            **environment,
            **image.environment,
            **image.serving_environment,
            "PYTHONUNBUFFERED": "1",
            "SAGEWRIGHT_IMAGE": definition["Image"],
            **definition.get("Environment", {}),
            **many,
            **code.environment,
        },
        files={},
        folders=["models" if many else "model"],
        fetches=[*([] if many else fetches_of(definition)), *code.fetches],
        unpacks=[*([] if many else unpacks_of(definition)), *code.unpacks],
        log_group="",
        log_stream="",
        grace_s=GRACE_S,
        server=Server(startup_s=STARTUP_S, fixed_port=image.port),
        working_folder=image.place if image.folder else "",
        mounts=mounts(image),
        container=container_of(image) if image.engine else None,
        role=Role(**container["role"]) if container.get("role") else None,
    )


def containers_of_model(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a model's containers in their order, each as `{"name", "definition", "image", "role"}`.

    Args:
        model: The body of its record; `images` keeps what its images meant when it was made; `role` whom it acts as.
    """
    request, role = model["request"], model.get("role")
    if primary := request.get("PrimaryContainer"):
        name = primary.get("ContainerHostname") or CONTAINER
        return [{"name": name, "definition": primary, "image": model["images"][0], "role": role}]
    return [
        {
            "name": definition.get("ContainerHostname") or f"container-{number}",
            "definition": definition,
            "image": image,
            "role": role,
        }
        for number, (definition, image) in enumerate(zip(request["Containers"], model["images"], strict=True), start=1)
    ]


def mode_of_model(model: Mapping[str, Any]) -> str:
    """Return how a model's containers answer: `Single`, `MultiModel`, `Serial` or `Direct`."""
    request = model["request"]
    if primary := request.get("PrimaryContainer"):
        return "MultiModel" if primary.get("Mode") == "MultiModel" else "Single"
    return str(request.get("InferenceExecutionConfig", {}).get("Mode", "Serial"))


def unpacks_of(definition: Mapping[str, Any]) -> list[Unpack]:
    """Return the archives that a container's model comes in."""
    uri = definition.get("ModelDataUrl")
    archives = [(uri, "model")] if uri else []
    archives += [
        (source["S3Uri"], path) for source, path in _sources(definition) if source["CompressionType"] == "Gzip"
    ]
    return [Unpack(*split_s3_uri(uri), path, max_bytes=MODEL_BYTES) for uri, path in archives]


def fetches_of(definition: Mapping[str, Any]) -> list[Fetch]:
    """Return the plain files that a container's model comes as."""
    return [
        Fetch(path.replace("/", "-"), *split_s3_uri(source["S3Uri"]), path, data_type=source["S3DataType"])
        for source, path in _sources(definition)
        if source["CompressionType"] == "None"
    ]


def _sources(definition: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the `S3DataSource` of each `ModelDataSource`, and the folder that it goes to."""
    if source := definition.get("ModelDataSource"):
        yield source["S3DataSource"], "model"
    for channel in definition.get("AdditionalModelDataSources") or ():
        yield channel["S3DataSource"], f"{ADDITIONAL}/{channel['ChannelName']}"
