"""What a CloudWatch alarm on a metric says of its periods (CloudWatch User Guide, "Evaluating an alarm")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
FURTHER_PERIODS = 2  # that are looked at beyond those to be evaluated, in case some of these have no data

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
        values: The statistic of each of the last periods, oldest first; None: it has no data. They are at least
            `EvaluationPeriods`; with more of them, real data are preferred to what missing data count as.
        was: The state so far.
    """
    periods = request["EvaluationPeriods"]
    newest_first = [(age, value) for age, value in enumerate(reversed(values), start=1) if value is not None]
    present = newest_first[:periods]
    breaching = [age for age, value in present if _breaches(request, value)]
    state = _state(request, present, breaching, periods - len(present), was)
    return state, _reason(request, state, [value for _, value in reversed(present)], len(values))


def _state(
    request: Mapping[str, Any], present: Sequence[tuple[int, float]], breaching: Sequence[int], missing: int, was: str
) -> str:
    """Return the state, given which of the values that are there breach the threshold, and how many are not there."""
    needed = request.get("DatapointsToAlarm") or request["EvaluationPeriods"]
    treatment = request.get("TreatMissingData", "missing")
    counted = len(breaching) + (missing if treatment == "breaching" else 0)
    if counted >= needed:
        return ALARM
    if not missing or treatment in ("breaching", "notBreaching") or len(breaching) < len(present):
        return OK
    if treatment == "ignore":
        return was
    # Too few data, and all of them breach: not an alarm before the first of them is as old as an alarm needs.
    return ALARM if breaching and breaching[-1] >= needed else INSUFFICIENT


def _breaches(request: Mapping[str, Any], value: float) -> bool:
    return _BREACHES[request["ComparisonOperator"]](value, request["Threshold"])


def _reason(request: Mapping[str, Any], state: str, present: Sequence[float], looked_at: int) -> str:
    if not present:
        if request.get("TreatMissingData") == "ignore":
            return "no datapoints were received, and missing data is ignored"
        if state == INSUFFICIENT:
            return f"Insufficient Data: {looked_at} datapoints were unknown."
        return (
            f"Threshold Crossed: no datapoints were received for {looked_at} periods "
            f"and missing data was treated as [{_kind(state)}]."
        )
    if state == INSUFFICIENT:
        return f"Insufficient Data: {looked_at - len(present)} datapoints were unknown."
    listed = ", ".join(f"{value:g}" for value in present)
    relation = request["ComparisonOperator"].removesuffix("Threshold")
    words = {
        "GreaterThan": "greater than",
        "GreaterThanOrEqualTo": "greater than or equal to",
        "LessThan": "less than",
        "LessThanOrEqualTo": "less than or equal to",
    }[relation]
    verb = "were" if state == ALARM else "were not all"
    return f"Threshold Crossed: datapoints [{listed}] {verb} {words} the threshold ({request['Threshold']:g})."


def _kind(state: str) -> str:
    return "Breaching" if state == ALARM else "NonBreaching"
