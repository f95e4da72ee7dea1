"""The life of a training job (`contract.md` 1.3).

A job's secondary status is its state; the primary status follows from it. An attempt walks

    Starting -> (Pending -> Starting) -> Downloading -> Training -> Uploading -> Completed

and may leave that path for Failed or Stopping at every step. A host that dies under a job with a `RetryStrategy` sends
it back to Starting; so does, by way of Interrupted, the interruption of a spot job, unless its program was done when
the notice came. Stopping ends in Stopped, or in MaxRuntimeExceeded or MaxWaitTimeExceeded where a limit was the cause;
a job that was finishing anyway when it was told to stop still counts as stopped. The ends have no way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ENDS = frozenset({"Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded"})

_LEAVE = frozenset({"Failed", "Stopping"})

MOVES: Mapping[str, frozenset[str]] = {
    "Starting": frozenset({"Pending", "Downloading", "Training"}) | _LEAVE,
    "Pending": frozenset({"Starting", "Downloading", "Training"}) | _LEAVE,
    "Downloading": frozenset({"Training", "Starting", "Interrupted"}) | _LEAVE,
    "Training": frozenset({"Uploading", "Completed", "Starting", "Interrupted"}) | _LEAVE,
    "Interrupted": frozenset({"Starting", "Uploading", "Completed"}) | _LEAVE,
    "Uploading": frozenset({"Completed", "Starting"}) | _LEAVE,
    "Stopping": frozenset({"Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded", "Failed"}),
    "Completed": frozenset(),
    "Failed": frozenset(),
    "Stopped": frozenset(),
    "MaxRuntimeExceeded": frozenset(),
    "MaxWaitTimeExceeded": frozenset(),
}

PRIMARY: Mapping[str, str] = {
    "Starting": "InProgress",
    "Pending": "InProgress",
    "Downloading": "InProgress",
    "Training": "InProgress",
    "Interrupted": "InProgress",
    "Uploading": "InProgress",
    "Completed": "Completed",
    "Failed": "Failed",
    "Stopping": "Stopping",
    "Stopped": "Stopped",
    "MaxRuntimeExceeded": "Stopped",
    "MaxWaitTimeExceeded": "Stopped",
}

MESSAGES: Mapping[str, str] = {
    "Starting": "Starting the training job",
    "Pending": "Training job waiting for capacity",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Interrupted": "Training job interrupted",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "MaxWaitTimeExceeded": "Training job exceeded MaxWaitTimeInSeconds provided",
}


class IllegalMove(ValueError):
    """The table has no such move."""


def begin(now: float) -> dict[str, Any]:
    """Return the members of a new job's body that this machine keeps."""
    return {"secondary": "Starting", "transitions": [_entry("Starting", now)]}


def move(body: Mapping[str, Any], to: str, now: float) -> dict[str, Any]:
    """Return the body of a job that has moved to the secondary status `to` at `now` (unix seconds).

    Raises:
        IllegalMove: The table does not allow it.
    """
    was = body["secondary"]
    if to not in MOVES[was]:
        raise IllegalMove(f"a training job cannot go from {was} to {to}")
    *before, last = body["transitions"]
    last = {**last, "EndTime": now}
    entry = _entry(to, now)
    if to in ENDS:
        entry["EndTime"] = now
    return {**body, "secondary": to, "transitions": [*before, last, entry]}


def say(body: Mapping[str, Any], message: str) -> dict[str, Any]:
    """Return the body of a job whose present status has another message, in the place of the one before."""
    *before, last = body["transitions"]
    return {**body, "transitions": [*before, {**last, "StatusMessage": message}]}


def is_over(body: Mapping[str, Any]) -> bool:
    """Tell whether the job has reached one of its ends."""
    return body["secondary"] in ENDS


def primary(body: Mapping[str, Any]) -> str:
    """Return the `TrainingJobStatus`."""
    return PRIMARY[body["secondary"]]


def _entry(status: str, now: float) -> dict[str, Any]:
    return {"Status": status, "StartTime": now, "StatusMessage": MESSAGES[status]}
