"""The life of a transform job (`contract.md` 3.2.2).

    InProgress -> Completed

It may leave that path for Failed or, told so, for Stopping at any time. Stopping ends in Stopped, whatever the job was
doing, or in Failed where it could not be ended in order. The ends have no way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ENDS = frozenset({"Completed", "Failed", "Stopped"})

MOVES: Mapping[str, frozenset[str]] = {
    "InProgress": frozenset({"Completed", "Failed", "Stopping"}),
    "Stopping": frozenset({"Stopped", "Failed"}),
    "Completed": frozenset(),
    "Failed": frozenset(),
    "Stopped": frozenset(),
}


class IllegalMove(ValueError):
    """The table has no such move."""


def begin() -> dict[str, Any]:
    """Return the members of a new job's body that this machine keeps."""
    return {"status": "InProgress"}


def move(body: Mapping[str, Any], to: str, now: float) -> dict[str, Any]:
    """Return the body of a job that has moved to the status `to` at `now` (unix seconds).

    Raises:
        IllegalMove: The table does not allow it.
    """
    if to not in MOVES[body["status"]]:
        raise IllegalMove(f"a transform job cannot go from {body['status']} to {to}")
    return {**body, "status": to, **({"ended_at": now} if to in ENDS else {})}


def is_over(body: Mapping[str, Any]) -> bool:
    """Tell whether the job has reached one of its ends."""
    return body["status"] in ENDS
