"""What differs between the image that a job names and the environment that it runs in."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata

from sagewright.vocabulary.script_mode import IMAGE_VERSIONS

# A library goes by several names on the package index.
_NAMES = {
    "xgboost": ("xgboost", "xgboost-cpu"),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-macos"),
}


def difference(environment: Mapping[str, str]) -> str | None:
    """Return one line on the versions that differ; None: none does."""
    found = list(_differences(json.loads(environment.get(IMAGE_VERSIONS) or "{}")))
    if not found:
        return None
    return f"The job runs in this Python environment, not in the image: {'; '.join(found)}."


def _differences(wanted: Mapping[str, str]) -> Iterator[str]:
    for name, version in wanted.items():
        present = _installed(name)
        if present and _numbers(version) != _numbers(present)[: len(_numbers(version))]:
            yield f"{name} {present}, the image has {version}"


def _installed(name: str) -> str | None:
    if name == "Python":
        return f"{sys.version_info.major}.{sys.version_info.minor}"
    for distribution in _NAMES.get(name, (name,)):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return None


def _numbers(version: str) -> list[str]:
    """`1.2-1`, the second build of 1.2 -> `["1", "2"]`; at most the two that change what code means."""
    return re.split(r"[^0-9]+", version.partition("-")[0].partition("+")[0])[:2]
