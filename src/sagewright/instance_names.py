"""What the names of instance types say."""

from __future__ import annotations

from typing import Any

from sagewright.distribution import family_of
from sagewright.vocabulary.variables import is_variable

_WITHOUT_VOLUME = ("g5", "g6", "p5", "trn1")  # families whose storage is in the machine


def get_instance_type_family(instance_type: Any) -> str:
    """Return an instance type's family: `ml.c5.xlarge` -> `c5`; empty where it is no such name."""
    return family_of(instance_type)


def volume_size_supported(instance_type: Any) -> bool:
    """Tell whether a volume's size can be chosen: not where the machine brings its storage, and not here.

    Raises:
        ValueError: It is no instance type.

    Example:
        >>> from sagewright.utils import volume_size_supported
        >>> volume_size_supported("ml.m5.large"), volume_size_supported("ml.m5d.large")
        (True, False)
    """
    if is_variable(instance_type):
        return False
    if not isinstance(instance_type, str):
        raise ValueError(f"Failed to parse instance type '{instance_type}': it is no text")
    if instance_type.startswith("local"):
        return False
    parts = instance_type.split(".")
    if len(parts) == 3 and parts[0] == "ml":
        parts = parts[1:]
    if len(parts) != 2:
        failed = f"Failed to parse instance type '{instance_type}'"
        raise ValueError(f"{failed}: {failed}")  # as v2 says it
    return "d" not in parts[0] and not parts[0].startswith(_WITHOUT_VOLUME)


def instance_supports_kms(instance_type: Any) -> bool:
    """Tell whether an instance's volume can be encrypted with a key: where its size can be chosen."""
    return volume_size_supported(instance_type)
