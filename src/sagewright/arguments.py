"""Arguments that nobody takes: typos are caught where they are made."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger("sagemaker")

# v1's names, which v2 still takes with a warning (`contract.md` 9.1).
RENAMED: Mapping[str, str] = {
    "train_instance_count": "instance_count",
    "train_instance_type": "instance_type",
    "train_max_run": "max_run",
    "train_use_spot_instances": "use_spot_instances",
    "train_max_wait": "max_wait",
    "train_volume_size": "volume_size",
    "train_volume_kms_key": "volume_kms_key",
    "image_name": "image_uri",
    "image": "image_uri",
}

# v1's arguments that mean nothing any more. v2 takes them, as it takes any, and says nothing.
OUTLIVED = ("script_mode", "training_steps", "evaluation_steps", "checkpoint_path", "requirements_file")


def renamed(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return, under their names of today, the arguments that go by a name of v1, and take them out of `arguments`."""
    found = {}
    for old, new in RENAMED.items():
        if old in arguments:
            logger.warning(
                "%s has been renamed in sagemaker>=2.\n"
                "See: https://sagemaker.readthedocs.io/en/stable/v2.html for details.",
                old,
            )
            found[new] = arguments.pop(old)
    return found


def no_surplus(what: str, surplus: Mapping[str, Any], *functions: Callable[..., Any]) -> None:
    """Refuse arguments that none of the functions names, but for those that once were.

    Raises:
        TypeError: There are some; the message names the nearest that exists.
    """
    for name in surplus:
        if name in OUTLIVED:
            logger.warning("%s has no argument `%s` any more; it changes nothing.", what, name)
            continue
        import difflib  # only those who mistype need them
        import inspect

        named = [known for function in functions for known in inspect.signature(function).parameters]
        known = [known for known in named if known not in ("self", "args", "kwargs")]
        near = difflib.get_close_matches(name, known, 1)
        meant = f"\nhint: did you mean `{near[0]}`?" if near else ""
        raise TypeError(f"{what} got an unexpected keyword argument `{name}`{meant}")


def not_built(what: str, given: Mapping[str, Any]) -> None:
    """Refuse arguments whose effect is not built yet.

    Raises:
        NotImplementedError: One of them is given.
    """
    for name, value in given.items():
        if value:
            raise NotImplementedError(f"`{name}` of {what} is not built into Sagewright yet.\nhint: leave it out.")
