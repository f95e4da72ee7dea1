"""The functions of expressions."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from itertools import pairwise

from sagewright.engine.operations.cloudwatch.mathematics.grammar import BadExpression
from sagewright.engine.operations.cloudwatch.mathematics.series import (
    Series,
    Value,
    combined,
    each,
    made_of,
    mapped,
    of_number,
    times_of,
)

Points = Sequence[tuple[float, float]]


def aggregated(name: str, value: Value) -> Value:
    """Return a statistic: of a series a number, of several a series of each moment's values."""
    function = AGGREGATES[name]
    if isinstance(value, list):
        times = times_of(*value)
        rows = {time: [one.points[time] for one in value if time in one.points] for time in times}
        if name == "AVG":  # what is missing counts as 0
            rows = {time: [one.points.get(time, 0.0) for one in value] for time in times}
        first = value[0] if value else Series(name, name, 60.0, {})
        return made_of(first, {time: function(row) for time, row in rows.items()})
    if isinstance(value, float):
        raise BadExpression(f"{name} needs series")
    return function(list(value.points.values())) if value.points or name in ("SUM", "DATAPOINT_COUNT") else math.nan


AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "SUM": lambda values: float(sum(values)),
    "MIN": min,
    "MAX": max,
    "STDDEV": statistics.pstdev,
    "DATAPOINT_COUNT": lambda values: float(len(values)),
}

OF_VALUES: Mapping[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": lambda value: float(math.ceil(value)),
    "FLOOR": lambda value: float(math.floor(value)),
    "LOG": math.log,
    "LOG10": math.log10,
}

OF_TIMES: Mapping[str, Callable[[datetime], float]] = {
    "MINUTE": lambda time: float(time.minute),
    "HOUR": lambda time: float(time.hour),
    "DAY": lambda time: float(time.isoweekday()),
    "DATE": lambda time: float(time.day),
    "MONTH": lambda time: float(time.month),
    "YEAR": lambda time: float(time.year),
    "EPOCH": lambda time: time.timestamp(),
}


def of_values(name: str, value: Value) -> Value:
    """Return a function's value of each point."""
    if isinstance(value, float):
        return of_number(OF_VALUES[name], value)
    return each(value, lambda series: mapped(series, OF_VALUES[name]))


def of_times(name: str, series: Series, times: Sequence[float]) -> Series:
    """Return a part of each moment's date, whether there is a point or not."""
    part = OF_TIMES[name]
    return made_of(series, {time: part(datetime.fromtimestamp(time, timezone.utc)) for time in times})


def of_steps(name: str, value: Value) -> Value:
    """Return what each point is to the one before."""
    step: Callable[[float, float, float], float] = {
        "DIFF": lambda value, before, _: value - before,
        "DIFF_TIME": lambda _, __, seconds: seconds,
        "RATE": lambda value, before, seconds: (value - before) / seconds,
    }[name]

    def of(series: Series) -> Series:
        points = sorted(series.points.items())
        return made_of(
            series,
            {time: step(found, before, time - earlier) for (earlier, before), (time, found) in pairwise(points)},
        )

    return each(value, of)


def running_sum(value: Value) -> Value:
    def of(series: Series) -> Series:
        total, points = 0.0, {}
        for time, found in sorted(series.points.items()):
            total += found
            points[time] = total
        return made_of(series, points)

    return each(value, of)


def filled(value: Value, filler: Value | str, times: Callable[[Series], Sequence[float]]) -> Value:
    """Return series without gaps: filled with a number, with another series' points, or with what stands around."""

    def of(series: Series) -> Series:
        points = dict(series.points)
        for time in times(series):
            if time not in points:
                found = _filler(series, filler, time)
                if found is not None:
                    points[time] = found
        return made_of(series, points)

    return each(value, of)


def _filler(series: Series, filler: Value | str, time: float) -> float | None:
    if isinstance(filler, float):
        return filler
    if isinstance(filler, Series):
        return filler.points.get(time)
    if isinstance(filler, list):
        raise BadExpression("FILL needs one series to fill with")
    before = max((found for found in series.points if found < time), default=None)
    if filler == "REPEAT":
        return None if before is None else series.points[before]
    after = min((found for found in series.points if found > time), default=None)
    if before is None or after is None:
        return None
    rise = (series.points[after] - series.points[before]) / (after - before)
    return series.points[before] + rise * (time - before)


def chosen(condition: Value, then: Value, other: Value | None) -> Value:
    """Return `IF`: at each moment the one value or the other.

    Raises:
        BadExpression: Arrays are given.
    """
    if isinstance(condition, list) or isinstance(then, list) or isinstance(other, list):
        raise BadExpression("IF takes single series")
    if isinstance(condition, float):
        found = then if condition else other
        if isinstance(found, Series):
            return found
        if found is None and isinstance(then, Series):
            return made_of(then, {})
        raise BadExpression("IF needs a series")
    points = {}
    for time, value in condition.points.items():
        found = _at(then, time, 0.0) if value else (None if other is None else _at(other, time, None))
        if found is not None:
            points[time] = found
    return made_of(condition, points)


def _at(value: float | Series, time: float, missing: float | None) -> float | None:
    return value.points.get(time, missing) if isinstance(value, Series) else value


def sorted_series(value: Value, by: str, order: str, limit: Value | None) -> list[Series]:
    """Return series in the order of a statistic of theirs; those without points come last."""
    if not isinstance(value, list) or by not in ("AVG", "MIN", "MAX", "SUM") or order not in ("ASC", "DESC"):
        raise BadExpression("SORT takes an array, one of AVG, MIN, MAX, SUM, and ASC or DESC")
    function = AGGREGATES[by]
    full = [series for series in value if series.points]
    full.sort(key=lambda series: function(list(series.points.values())), reverse=order == "DESC")
    found = [*full, *(series for series in value if not series.points)]
    return found if limit is None else found[: whole(limit)]


def sliced(value: Value, start: Value, end: Value | None) -> Value:
    """Return a part of an array; of a single place, that series and all behind it."""
    if not isinstance(value, list):
        raise BadExpression("SLICE takes an array")
    return value[whole(start) : None if end is None else whole(end)]


def whole(value: Value) -> int:
    if not isinstance(value, float) or value < 0:
        raise BadExpression("a number that is not negative was expected")
    return int(value)


def negative(value: Value) -> Value:
    return combined("*", value, -1.0)
