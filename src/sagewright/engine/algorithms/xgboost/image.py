"""What differs between the versions of AWS's images, by the image's tag."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from sagewright.vocabulary.xgboost import REPOSITORIES

VARIABLE = "SAGEWRIGHT_IMAGE"  # the URI of the job's or the model's image, set by the engine
_LEGACY = (0, 72)  # of the library in the repository `xgboost`
_NEWEST = (99, 0)


def library_version(environment: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """Return the library's version in the image, `sagemaker-xgboost:1.7-1` -> `(1, 7)`; unknown: the newest."""
    name, _, tag = environment.get(VARIABLE, "").rpartition("/")[2].partition("@")[0].partition(":")
    if name == REPOSITORIES[1] and not re.match(r"\d+\.\d", tag):
        return _LEGACY
    found = re.match(r"(\d+)\.(\d+)", tag)
    return (int(found[1]), int(found[2])) if found else _NEWEST


def is_pickled(version: tuple[int, int]) -> bool:
    """Tell whether images of this version leave the model as a pickle (`contract.md` 7.3.4)."""
    return version < (1, 3)


def is_one_line(version: tuple[int, int]) -> bool:
    """Tell whether images of this version answer CSV on one line, whatever the number of rows."""
    return version == _LEGACY
