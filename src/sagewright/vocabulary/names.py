"""Default names of jobs, models and endpoints (`contract.md` 9.4)."""

from __future__ import annotations

import os
import re
import time
from typing import Any

from sagewright.vocabulary.variables import is_variable

_IMAGE = re.compile(r"(?:.*/)?([^/:@]+)(?:[:@].*)?")
_STAMPED = re.compile(r"(.*)-(?:\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}-\d{3}|\d{6}-\d{4})")


def sagemaker_timestamp() -> str:
    """Return the time in UTC, to the millisecond: `2026-01-31-23-59-59-123`."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%d-%H-%M-%S', time.gmtime(now))}-{int(now * 1000) % 1000:03d}"


def sagemaker_short_timestamp() -> str:
    """Return the local time to the minute: `260131-2359`."""
    return time.strftime("%y%m%d-%H%M")


def name_from_base(base: str, max_length: int = 63, short: bool = False) -> str:
    """Return a name with a timestamp, `base` being cut so that it fits `max_length` characters."""
    stamp = sagemaker_short_timestamp() if short else sagemaker_timestamp()
    return f"{base[: max_length - len(stamp) - 1]}-{stamp}"


def unique_name_from_base(base: str, max_length: int = 63) -> str:
    """Return a name with the time in seconds and four random hexadecimal digits."""
    unique = f"{int(time.time())}-{os.urandom(2).hex()}"
    return f"{base[: max_length - len(unique) - 1]}-{unique}"


def unique_name_from_base_uuid4(base: str, max_length: int = 63) -> str:
    """Return a name with a random UUID."""
    import uuid

    unique = str(uuid.uuid4())
    return f"{base[: max_length - len(unique) - 1]}-{unique}"


def base_name_from_image(image: Any, default_base_name: str | None = None) -> str:
    """Return the repository's own name: `1.dkr.ecr.x.amazonaws.com/linear-learner:1` -> `linear-learner`.

    Of an image that only a pipeline's run decides, that of the parameter's default value.
    """
    if is_variable(image):
        image = getattr(image, "default_value", None)
        if not image:
            return default_base_name or "base_name"
    match = _IMAGE.fullmatch(image)
    return match.group(1) if match else default_base_name or image


def base_from_name(name: str) -> str:
    """Return a name without the timestamp that `name_from_base` has put behind it."""
    match = _STAMPED.fullmatch(name)
    return match.group(1) if match else name
