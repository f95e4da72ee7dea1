"""How many instances a scaling policy asks for (Application Auto Scaling User Guide; `contract.md` 2.13)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

COOLDOWN_S = 300.0


def tracked(capacity: int, value: float, target: float) -> int:
    """Return the capacity that brings a metric per instance to its target, in proportion.

    Without instances, the metric is the whole load.
    """
    return math.ceil(max(capacity, 1) * value / target - 1e-9)


def stepped(config: Mapping[str, Any], threshold: float, capacity: int, value: float) -> int | None:
    """Return the capacity that a step scaling policy asks for; None: no step covers the breach.

    Args:
        config: `StepScalingPolicyConfiguration`.
        threshold: Of the alarm: the bounds of steps are differences from it.
    """
    step = _step(config["StepAdjustments"], value - threshold)
    if step is None:
        return None
    adjustment = step["ScalingAdjustment"]
    kind = config["AdjustmentType"]
    if kind == "ExactCapacity":
        return int(adjustment)
    change = adjustment if kind == "ChangeInCapacity" else _percent(capacity, adjustment, config)
    return max(0, capacity + int(change))


def base(capacity: int, last: Mapping[str, Any] | None, cooldown_s: float, now: float) -> int:
    """Return the capacity that a scale-out starts from.

    While the one before cools down, what that has added counts as part of the next one: a larger scale-out goes on at
    once, one that is no larger changes nothing.
    """
    if last is not None and now < last["at"] + cooldown_s:
        return int(last["before"])
    return capacity


def is_cooling(last: Mapping[str, Any] | None, cooldown_s: float, now: float) -> bool:
    return last is not None and now < last["at"] + cooldown_s


def within(capacity: int, low: int, high: int) -> int:
    return max(low, min(high, capacity))


def _step(steps: Sequence[Mapping[str, Any]], breach: float) -> Mapping[str, Any] | None:
    """Return the step whose bounds hold the breach: above the threshold the lower bound is inside, below the upper."""
    for step in steps:
        low = step.get("MetricIntervalLowerBound", -math.inf)
        high = step.get("MetricIntervalUpperBound", math.inf)
        if low <= breach < high if breach >= 0 else low < breach <= high:
            return step
    return None


def _percent(capacity: int, adjustment: int, config: Mapping[str, Any]) -> int:
    """Return a change in percent as one in instances, rounded as the service does: away from changing too much."""
    change = capacity * adjustment / 100
    if 0 < abs(change) < 1:
        change = math.copysign(1, change)
    least = config.get("MinAdjustmentMagnitude", 0)
    if adjustment and abs(change) < least:
        return int(math.copysign(least, adjustment))
    return math.floor(change) if change > 0 else math.ceil(change)
