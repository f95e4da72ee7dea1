"""Names that v2's users import from here (v2's own path)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Union

from sagewright.vocabulary.names import (
    base_from_name,
    base_name_from_image,
    name_from_base,
    sagemaker_short_timestamp,
    sagemaker_timestamp,
    unique_name_from_base,
)

__all__ = [
    "base_from_name",
    "base_name_from_image",
    "format_tags",
    "name_from_base",
    "name_from_image",
    "sagemaker_short_timestamp",
    "sagemaker_timestamp",
    "secondary_training_status_changed",
    "secondary_training_status_message",
    "unique_name_from_base",
]

Tags = Union[Sequence[Mapping[str, str]], Mapping[str, str], None]  # noqa: UP007 - read by Python 3.10 at import


def name_from_image(image: str, max_length: int = 63) -> str:
    """Return the name of an image's repository with a timestamp."""
    return name_from_base(base_name_from_image(image), max_length)


def format_tags(tags: Tags) -> list[dict[str, str]] | None:
    """Return tags as a list of `{"Key", "Value"}`; a plain dict becomes one."""
    if tags is None:
        return None
    if isinstance(tags, Mapping):
        return [{"Key": str(key), "Value": str(value)} for key, value in tags.items()]
    return [dict(tag) for tag in tags]


def secondary_training_status_changed(
    current_job_description: Mapping[str, Any] | None, prev_job_description: Mapping[str, Any] | None
) -> bool:
    """Tell whether a job's last status or its message is another than it was."""
    latest = _transitions(current_job_description)
    if not latest:
        return False
    before = _transitions(prev_job_description)
    return not before or latest[-1]["StatusMessage"] != before[-1]["StatusMessage"] or len(latest) != len(before)


def secondary_training_status_message(
    job_description: Mapping[str, Any] | None, prev_description: Mapping[str, Any] | None
) -> str:
    """Return a line for each status that is new, with the time of the job's last change (UTC)."""
    latest, before = _transitions(job_description), _transitions(prev_description)
    if not latest or job_description is None:
        return ""
    shown = latest[-1:] if len(latest) == len(before) else latest[len(before) :]
    changed = datetime.fromtimestamp(time.mktime(job_description["LastModifiedTime"].timetuple()), timezone.utc)
    stamp = changed.strftime("%Y-%m-%d %H:%M:%S")
    return "\n".join(f"{stamp} {transition['Status']} - {transition['StatusMessage']}" for transition in shown)


def _transitions(description: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    return (description or {}).get("SecondaryStatusTransitions") or []
