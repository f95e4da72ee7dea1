"""How long a training job may run, wait and be pending, and when a spot job is interrupted (`contract.md` 1.5).

Nothing interrupts a job on this machine by itself. What a job's code does then can be tried out all the same: the
variable `SAGEWRIGHT_INTERRUPT_AFTER_S` in the request's `Environment` holds the seconds from the beginning of
`Training` after which the first attempt, the second, ... is interrupted, separated by commas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.vocabulary.spot import INTERRUPT_VARIABLE

DEFAULT_MAX_RUNTIME_S = 86_400
_ACCELERATED = ("ml.p", "ml.g", "ml.trn")  # the only ones that `MaxPendingTimeInSeconds` is for

Request = Mapping[str, Any]


def max_runtime_s(request: Request) -> int:
    """Return how long all attempts may run together."""
    return int(request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DEFAULT_MAX_RUNTIME_S))


def max_wait_s(request: Request) -> float | None:
    """Return how long a spot job may take from its creation; None: for ever."""
    if not request.get("EnableManagedSpotTraining"):
        return None
    wait = request.get("StoppingCondition", {}).get("MaxWaitTimeInSeconds")
    return None if wait is None else float(wait)


def max_pending_s(request: Request) -> float | None:
    """Return how long a job may wait for its turn; None: for ever."""
    pending = request.get("StoppingCondition", {}).get("MaxPendingTimeInSeconds")
    kind = str(request["ResourceConfig"].get("InstanceType", ""))
    return float(pending) if pending is not None and kind.startswith(_ACCELERATED) else None


def interruptions_s(request: Request) -> list[float]:
    """Return after how many seconds each of the first attempts is interrupted.

    Raises:
        ValueError: The variable holds no numbers.
    """
    text = (request.get("Environment") or {}).get(INTERRUPT_VARIABLE, "")
    return [float(word) for word in text.split(",")] if text else []


def interruption_is_due(body: Mapping[str, Any], now: float) -> bool:
    """Tell whether the present attempt of a job is to be interrupted, and has not been told yet."""
    if not body["request"].get("EnableManagedSpotTraining") or body["secondary"] not in ("Downloading", "Training"):
        return False
    if body.get("interrupt_asked"):
        return True
    planned, number = interruptions_s(body["request"]), body.get("interruptions", 0)
    began: float = body["transitions"][-1]["StartTime"]
    return bool(body["secondary"] == "Training" and number < len(planned) and now - began >= planned[number])
