"""What a CloudWatch alarm on a metric says of its periods (CloudWatch User Guide, "Evaluating an alarm")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"

_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
OPERATORS = tuple(_BREACHES)


def state_of(request: Mapping[str, Any], values: Sequence[float | None], was: str) -> tuple[str, str]:
    """Return an alarm's state and the reason for it.

    Args:
        request: The members of `PutMetricAlarm`.
        values: The statistic of each of the last `EvaluationPeriods` periods, oldest first; None: it has no data.
        was: The state so far.
    """
    present = [value for value in values if value is not None]
    missing = request.get("TreatMissingData", "missing")
    if not present and missing in ("missing", "ignore"):
        if missing == "ignore":
            return was, "no datapoints were received, and missing data is ignored"
        return INSUFFICIENT, f"Insufficient Data: {len(values)} datapoints were unknown."
    count = sum(1 for value in values if _breaches(request, value, missing))
    needed = request.get("DatapointsToAlarm") or request["EvaluationPeriods"]
    return (ALARM if count >= needed else OK), _reason(request, present, count >= needed)


def _breaches(request: Mapping[str, Any], value: float | None, missing: str) -> bool:
    if value is None:
        return missing == "breaching"
    return _BREACHES[request["ComparisonOperator"]](value, request["Threshold"])


def _reason(request: Mapping[str, Any], present: Sequence[float], alarm: bool) -> str:
    listed = ", ".join(f"{value:g}" for value in present)
    relation = request["ComparisonOperator"].removesuffix("Threshold")
    words = {
        "GreaterThan": "greater than",
        "GreaterThanOrEqualTo": "greater than or equal to",
        "LessThan": "less than",
        "LessThanOrEqualTo": "less than or equal to",
    }[relation]
    verb = "were" if alarm else "were not all"
    return f"Threshold Crossed: datapoints [{listed}] {verb} {words} the threshold ({request['Threshold']:g})."
