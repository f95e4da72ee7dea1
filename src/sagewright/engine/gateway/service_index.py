"""Which of botocore's services a request may mean: by the name it is signed for, its target, its host.

botocore has four hundred models, which take seconds to parse. Their first kilobytes hold the metadata; reading those of
all services takes some fifty milliseconds, once in a process.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from botocore.loaders import Loader

_HEAD_BYTES = 16 << 10
_METADATA = re.compile(rb'"metadata"\s*:\s*')
_FILES = ("service-2.json.gz", "service-2.json")


class Service(NamedTuple):
    """What a model's metadata says.

    Attributes:
        name: botocore's.
        signing_name: The service's name in the scope of credentials.
        endpoint_prefix: The head of its hosts' names.
        protocols: All that it speaks.
        target_prefix: What stands before the operation in `X-Amz-Target`; empty where there is none.
    """

    name: str
    signing_name: str
    endpoint_prefix: str
    version: str
    protocols: frozenset[str]
    target_prefix: str


def signed_as(signing_name: str) -> Sequence[Service]:
    """Return the services whose requests are signed for a name, that of the same name first."""
    return _index().by_signing_name.get(signing_name, ())


def with_target(prefix: str) -> Sequence[Service]:
    """Return the services whose targets begin with a prefix."""
    return _index().by_target.get(prefix, ())


def with_endpoint(prefix: str) -> Sequence[Service]:
    """Return the services that are found under a host."""
    return _index().by_endpoint.get(prefix, ())


def with_version(version: str) -> Sequence[Service]:
    """Return the services of the query protocol of an API version."""
    return _index().by_version.get(version, ())


class _Index(NamedTuple):
    by_signing_name: Mapping[str, Sequence[Service]]
    by_target: Mapping[str, Sequence[Service]]
    by_endpoint: Mapping[str, Sequence[Service]]
    by_version: Mapping[str, Sequence[Service]]


@cache
def _index() -> _Index:
    services = [_service(name, metadata) for name, metadata in _all_metadata()]
    return _Index(
        _grouped(services, "signing_name"),
        _grouped([one for one in services if one.target_prefix], "target_prefix"),
        _grouped(services, "endpoint_prefix"),
        _grouped([one for one in services if one.protocols & {"query", "ec2"}], "version"),
    )


def _grouped(services: Sequence[Service], field: str) -> dict[str, Sequence[Service]]:
    groups: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        groups[getattr(service, field)].append(service)
    for key, group in groups.items():
        group.sort(key=lambda one: (one.name != key, len(one.name), one.name))
    return {key: tuple(group) for key, group in groups.items()}


def _service(name: str, metadata: Mapping[str, Any]) -> Service:
    return Service(
        name,
        metadata.get("signingName") or metadata["endpointPrefix"],
        metadata["endpointPrefix"],
        metadata.get("apiVersion", ""),
        frozenset((metadata["protocol"], *metadata.get("protocols", ()))),
        metadata.get("targetPrefix", ""),
    )


def _all_metadata() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each service's name and metadata; as for botocore, the first folder and the latest version count."""
    known: set[str] = set()
    for folder in Loader(include_default_search_paths=True).search_paths:
        if not os.path.isdir(folder):
            continue
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir() and entry.name not in known)
        for name in names:
            head = _head_of(os.path.join(folder, name))
            if head is not None:
                known.add(name)
                yield name, _metadata_in(head)


def _head_of(folder: str) -> bytes | None:
    for version in sorted(os.listdir(folder), reverse=True):
        for file in _FILES:
            path = os.path.join(folder, version, file)
            if os.path.exists(path):
                with open(path, "rb") as stream:
                    head = stream.read(_HEAD_BYTES)
                return zlib.decompressobj(31).decompress(head, _HEAD_BYTES) if file.endswith(".gz") else head
    return None


def _metadata_in(head: bytes) -> Mapping[str, Any]:
    found = _METADATA.search(head)
    if found is None:  # a model that is not written as botocore's are
        return {"endpointPrefix": "", "protocol": ""}
    # Bytes of a character may be cut off at the end; the metadata, which stands at the beginning, holds none.
    document: Mapping[str, Any] = json.JSONDecoder().raw_decode(head[found.end() :].decode("utf-8", "replace"))[0]
    return document
