"""Statistics of a period's values (CloudWatch User Guide, "Statistics definitions").

Four are had from a summary; the others need the values themselves: percentiles (`p99.9`), and what is had of the values
within bounds: trimmed mean `tm`, winsorized mean `wm`, trimmed count `tc`, trimmed sum `ts`, percentile rank `PR`.
Bounds are percents (`TM(10%:90%)`, `tm90`) or values (`TM(150:1000)`, the lower one excluded).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sagewright.engine.abc import Summary

Values = Sequence[tuple[float, float]]
"""Values and how often they came, in order of value; a value may come again."""


class Statistic(NamedTuple):
    """How a statistic is had: of a period's summary, or of its values (None where those say nothing)."""

    of_summary: Callable[[Summary], float] | None = None
    of_values: Callable[[Values], float | None] | None = None


def statistic(name: str) -> Statistic | None:
    """Return how a statistic is had; None: there is none of that name."""
    if name in _SIMPLE:
        return Statistic(of_summary=_SIMPLE[name])
    if name == "IQM":
        return Statistic(of_values=_within("tm", 25.0, 75.0, is_percent=True))
    if match := _SHORT.fullmatch(name):
        kind, percent = match[1], float(match[2])
        if percent > 100:
            return None
        if kind == "p":
            return Statistic(of_values=lambda values: percentile(values, percent))
        return Statistic(of_values=_within(kind, 0.0, percent, is_percent=True))
    if match := _LONG.fullmatch(name):
        return _long(match[1].lower(), match[2], match[3])
    return None


def percentile(values: Values, percent: float) -> float | None:
    """Return a percentile by linear interpolation between the closest ranks."""
    if all(times == 1.0 for _, times in values):
        count, at = float(len(values)), _single
    else:
        count, at = sum(times for _, times in values), _at
    if not count:
        return None
    place = max(count - 1, 0.0) * percent / 100
    below = at(values, int(place))
    above = at(values, int(place) + 1)
    return below + (above - below) * (place - int(place))


_SIMPLE: Mapping[str, Callable[[Summary], float]] = {
    "Average": lambda summary: summary.total / summary.samples,
    "Sum": lambda summary: summary.total,
    "Minimum": lambda summary: summary.low,
    "Maximum": lambda summary: summary.high,
    "SampleCount": lambda summary: summary.samples,
}
_SHORT = re.compile(r"(p|tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)")
_BOUND = r"(\d+(?:\.\d+)?%?)?"
_LONG = re.compile(rf"(TM|WM|TC|TS|PR)\({_BOUND}:{_BOUND}\)", re.IGNORECASE)


def _long(kind: str, low: str | None, high: str | None) -> Statistic | None:
    bounds = [bound for bound in (low, high) if bound]
    is_percent = any(bound.endswith("%") for bound in bounds)
    if not bounds or is_percent != all(bound.endswith("%") for bound in bounds) or (kind == "pr" and is_percent):
        return None
    least = float(low.rstrip("%")) if low else (0.0 if is_percent else -float("inf"))
    most = float(high.rstrip("%")) if high else (100.0 if is_percent else float("inf"))
    return Statistic(of_values=_within(kind, least, most, is_percent=is_percent))


def _within(kind: str, low: float, high: float, *, is_percent: bool) -> Callable[[Values], float | None]:
    def of(values: Values) -> float | None:
        count = sum(times for _, times in values)
        kept = _ranked(values, count * low / 100, count * high / 100) if is_percent else _between(values, low, high)
        left = sum(times for _, times in kept)
        total = sum(value * times for value, times in kept)
        if kind == "tc":
            return left
        if kind == "ts":
            return total
        if kind == "pr":
            return 100.0 * left / count if count else None
        if kind == "tm" or not left:
            return total / left if left else None
        edges = sum(
            times * (kept[0][0] if value < kept[0][0] else kept[-1][0]) for value, times in _without(values, kept)
        )
        return (total + edges) / count

    return of


def _between(values: Values, low: float, high: float) -> Values:
    return [(value, times) for value, times in values if low < value <= high]


def _ranked(values: Values, low: float, high: float) -> Values:
    """Return the values whose ranks lie between two; one across a bound counts for the part that does."""
    kept, rank = [], 0.0
    for value, times in values:
        part = min(rank + times, high) - max(rank, low)
        if part > 1e-9:
            kept.append((value, part))
        rank += times
    return kept


def _without(values: Values, kept: Values) -> Values:
    left: Counter[float] = Counter()
    for value, times in values:
        left[value] += times  # type: ignore[assignment]
    for value, times in kept:
        left[value] -= times  # type: ignore[assignment]
    return list(left.items())


def _single(values: Values, rank: int) -> float:
    return values[min(rank, len(values) - 1)][0]


def _at(values: Values, rank: int) -> float:
    """Return the value of a rank, the first being 0; the last value stands for all that follow."""
    passed = 0.0
    for value, times in values:
        passed += times
        if rank < passed:
            return value
    return values[-1][0]
