"""Series and what operators make of them.

A value is a scalar (float), a series, or a list of series. Between two series a point that one of them lacks counts as
0; a point that has no value (a division by zero, the logarithm of 0) is dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sagewright.engine.operations.cloudwatch.mathematics.grammar import BadExpression


@dataclass(frozen=True)
class Series:
    """Points by their unix seconds; `period_s` is theirs, `is_metric` tells those that are no result."""

    id: str
    label: str
    period_s: float
    points: Mapping[float, float]
    is_metric: bool = False


Value = float | Series | list[Series]
Operator = Callable[[float, float], float]

OPERATORS: Mapping[str, Operator] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": math.pow,  # which raises where the result would be complex
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "&&": lambda a, b: float(bool(a) and bool(b)),
    "||": lambda a, b: float(bool(a) or bool(b)),
}


def combined(sign: str, left: Value, right: Value) -> Value:
    """Return what an operator makes of two values.

    Returns:
        Of two scalars that have no value together: not a number.

    Raises:
        BadExpression: Both are arrays, of different lengths.
    """
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            raise BadExpression(f"`{sign}` of arrays of different lengths")
        return [_of_two(sign, one, other) for one, other in zip(left, right, strict=True)]
    if isinstance(left, list):
        return [_series(combined(sign, one, right)) for one in left]
    if isinstance(right, list):
        return [_series(combined(sign, left, other)) for other in right]
    if isinstance(left, Series) and isinstance(right, Series):
        return _of_two(sign, left, right)
    operator = OPERATORS[sign]
    if isinstance(left, Series):
        bound = right
        return mapped(left, lambda value: operator(value, float(bound)))  # type: ignore[arg-type]
    if isinstance(right, Series):
        return mapped(right, lambda value: operator(left, value))
    return of_number(lambda number: operator(number, right), left)


def of_number(function: Callable[[float], float], number: float) -> float:
    """Return a function's value, or not a number where it has none."""
    value = _computed(lambda: function(number))
    return math.nan if value is None else value


def mapped(series: Series, function: Callable[[float], float]) -> Series:
    """Return a series with a function's value of each point, where it has one."""
    found = ((time, _computed(lambda value=value: function(value))) for time, value in series.points.items())  # type: ignore[misc]
    return made_of(series, {time: value for time, value in found if value is not None})


def made_of(series: Series, points: Mapping[float, float]) -> Series:
    """Return a result that takes id, label and period of a series over."""
    return replace(series, points=points, is_metric=False)


def each(value: Value, function: Callable[[Series], Series]) -> Value:
    """Apply a function to a series, or to each of several."""
    if isinstance(value, float):
        raise BadExpression("a series was expected instead of a number")
    return [function(one) for one in value] if isinstance(value, list) else function(value)


def times_of(*series: Series) -> Sequence[float]:
    return sorted({time for one in series for time in one.points})


def _of_two(sign: str, left: Series, right: Series) -> Series:
    operator, points = OPERATORS[sign], {}
    for time in times_of(left, right):
        a, b = left.points.get(time, 0.0), right.points.get(time, 0.0)
        value = _computed(lambda a=a, b=b: operator(a, b))  # type: ignore[misc]
        if value is not None:
            points[time] = value
    return made_of(left, points)


def _series(value: Value) -> Series:
    assert isinstance(value, Series)
    return value


def _computed(function: Callable[[], float]) -> float | None:
    try:
        value = function()
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return value if math.isfinite(value) else None
