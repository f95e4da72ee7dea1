"""What differs between the image that a job names and the environment that it runs in."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping

from sagewright.vocabulary.script_mode import IMAGE_VERSIONS

_INFO = ".dist-info"

# A library goes by several names on the package index.
_NAMES = {
    "xgboost": ("xgboost", "xgboost-cpu"),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-macos"),
}


def difference(environment: Mapping[str, str], what: str = "The job runs") -> str | None:
    """Return one line on the versions that differ; None: none does.

    Args:
        what: How the line begins.
    """
    found = list(_differences(json.loads(environment.get(IMAGE_VERSIONS) or "{}")))
    if not found:
        return None
    return f"{what} in this Python environment, not in the image: {'; '.join(found)}."


def _differences(wanted: Mapping[str, str]) -> Iterator[str]:
    for name, version in wanted.items():
        present = _installed(name)
        if present and _numbers(version) != _numbers(present)[: len(_numbers(version))]:
            yield f"{name} {present}, the image has {version}"


def _installed(name: str) -> str | None:
    if name == "Python":
        return f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = {_plain(other) for other in _NAMES.get(name, (name,))}
    for folder in sys.path:  # `importlib.metadata` would cost a job more than all else that is done here
        for entry in os.listdir(folder) if os.path.isdir(folder) else ():
            distribution, _, version = entry.removesuffix(_INFO).partition("-")
            if entry.endswith(_INFO) and _plain(distribution) in wanted:
                return version
    return None


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _numbers(version: str) -> list[str]:
    """`1.2-1`, the second build of 1.2 -> `["1", "2"]`; at most the two that change what code means."""
    return re.split(r"[^0-9]+", version.partition("-")[0].partition("+")[0])[:2]
