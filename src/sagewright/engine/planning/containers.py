"""What is different where an image runs as it is, in a container (`contract.md` 1.4, 2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright import settings
from sagewright.engine.images import Image
from sagewright.engine.planning import hosts as naming
from sagewright.engine.planning.document import Container, Fetch, HostDocument
from sagewright.vocabulary.instance_types import instance
from sagewright.vocabulary.s3_uris import split_s3_uri
from sagewright.vocabulary.script_mode import SUBMIT_DIRECTORY, submit_directory_of

_CODE = "input/sourcedir"
_HYPERPARAMETERS = "input/config/hyperparameters.json"


def inherited(region: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a container takes over of the variables that a process would inherit: it has its own libraries."""
    kept = (settings.MEMORY_MIB.variable,)
    return {"AWS_REGION": region, **{name: environment[name] for name in kept if name in environment}}


def in_container(document: HostDocument, request: Mapping[str, Any], image: Image) -> HostDocument:
    """Return the document of a training job's host whose program is its image."""
    specification, groups = request["AlgorithmSpecification"], naming.groups_of(request["ResourceConfig"])
    entry_point, arguments = specification.get("ContainerEntrypoint"), specification.get("ContainerArguments")
    own = next(group for group in groups if document.host in group.hosts)
    return replace(
        _with_code(document, request),
        command=list(arguments or (() if entry_point else ("train",))),
        container=container_of(image, entry_point, instance(own.instance_type).vcpus),
    )


def _with_code(document: HostDocument, request: Mapping[str, Any]) -> HostDocument:
    """Bring a script's archive along, and say where it is: the image's script mode cannot ask this engine for it."""
    hyperparameters, environment = request.get("HyperParameters") or {}, request.get("Environment") or {}
    uri = submit_directory_of(hyperparameters, environment) or ""
    if not uri.startswith("s3://"):
        return document
    bucket, key = split_s3_uri(uri)
    place = f"/opt/ml/{_CODE}/{key.rpartition('/')[2]}"
    changed = {**hyperparameters, SUBMIT_DIRECTORY: json.dumps(place)}
    is_parameter, variable = SUBMIT_DIRECTORY in hyperparameters, SUBMIT_DIRECTORY.upper()
    return replace(
        document,
        fetches=[*document.fetches, Fetch("sourcedir", bucket, key, _CODE)],
        files={**document.files, **({_HYPERPARAMETERS: json.dumps(changed)} if is_parameter else {})},
        environment={**document.environment, **({variable: place} if variable in environment else {})},
    )


def container_of(image: Image, entry_point: list[str] | None = None, cpus: float = 0.0) -> Container:
    """Return the container that an image becomes."""
    return Container(image.uri, image.engine, entry_point, image.pull, cpus)
