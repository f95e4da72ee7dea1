"""What serves a model, and how its code comes to that (`contract.md` 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sagewright.engine.images import Image
from sagewright.engine.planning.document import Fetch, Unpack
from sagewright.vocabulary.instance_types import instance
from sagewright.vocabulary.s3_uris import split_s3_uri
from sagewright.vocabulary.script_mode import CODE_BYTES, ISOLATED, SUBMIT_DIRECTORY, program_of, submit_directory_of
from sagewright.vocabulary.serving import CODE_WITH_MODEL, FRAMEWORK, MEMORY_BYTES

_ARCHIVE = "input/sourcedir"


class ServedCode(NamedTuple):
    """What brings a model's code of S3 to its server."""

    unpacks: Sequence[Unpack] = ()
    fetches: Sequence[Fetch] = ()
    environment: Mapping[str, str] = MappingProxyType({})


def server_command(image: Image, definition: Mapping[str, Any]) -> list[str]:
    """Return what serves a model of an image; empty: nothing does.

    An image that is an algorithm and a framework's serves by a script where the model names one (`contract.md` 7.3.4).
    """
    is_by_script = program_of({}, definition.get("Environment") or {}) or not image.serve_command
    return list(image.script_server if image.script_server and is_by_script else image.serve_command)


def code_of(definition: Mapping[str, Any], image: Image) -> ServedCode:
    """Return how code of S3 comes to a server, which cannot ask this engine for it.

    It lies where the framework's container has it: beside the model where the SDK packs it into the archive, else in
    a folder of its own. A container gets the archive as it is, and is told where.
    """
    uri = submit_directory_of({}, definition.get("Environment") or {}) or ""
    if not uri.startswith("s3://"):
        return ServedCode()
    bucket, key = split_s3_uri(uri)
    if image.engine:
        place = f"/opt/ml/{_ARCHIVE}/{key.rpartition('/')[2]}"
        fetch = Fetch("sourcedir", bucket, key, _ARCHIVE)
        return ServedCode(fetches=[fetch], environment={SUBMIT_DIRECTORY.upper(): place})
    if server_command(image, definition) != list(image.script_server):
        return ServedCode()
    is_beside = image.serving_environment.get(FRAMEWORK) in CODE_WITH_MODEL and definition.get("Mode") != "MultiModel"
    return ServedCode([Unpack(bucket, key, "model/code" if is_beside else "code", what="code", max_bytes=CODE_BYTES)])


def instance_environment(body: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, str]:
    """Return what the server of an instance is told of it: its memory, and that it has no network."""
    return _memory(body, variant) | ({ISOLATED: "1"} if variant.get("network_isolation") else {})


def _memory(body: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, str]:
    config = body.get("config") or {}
    wanted = [*(config.get("ProductionVariants") or ()), *(config.get("ShadowProductionVariants") or ())]
    types = [item.get("InstanceType") for item in wanted if item["VariantName"] == variant["name"]]
    size_bytes = variant.get("memory_bytes") or (instance(types[0]).memory_bytes if types and types[0] else 0)
    return {MEMORY_BYTES: str(size_bytes)} if size_bytes else {}
