"""The value of an expression."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sagewright.engine.operations.cloudwatch.mathematics import functions
from sagewright.engine.operations.cloudwatch.mathematics.grammar import (
    Array,
    BadExpression,
    Call,
    Name,
    Node,
    Number,
    Text,
    Word,
    parsed,
)
from sagewright.engine.operations.cloudwatch.mathematics.series import OPERATORS, Series, Value, combined

UNBUILT = ("ANOMALY_DETECTION_BAND", "INSIGHT_RULE_METRIC", "SERVICE_QUOTA", "LAMBDA", "DB_PERF_INSIGHTS")


@dataclass(frozen=True)
class Surroundings:
    """What an expression is evaluated in.

    Attributes:
        result: Returns what a query of an id has given.
        metrics: The series of the request's metrics, in its order.
        search: Returns the series that a search expression finds: expression, statistic, period in seconds.
        start, end: Unix seconds.
        period_s: The expression's own.
    """

    result: Callable[[str], Value]
    metrics: Sequence[Series]
    search: Callable[[str, str, float], list[Series]]
    start: float
    end: float
    period_s: float

    def times(self, period_s: float) -> Sequence[float]:
        """Return when the periods begin."""
        count = max(0, math.ceil((self.end - self.start) / period_s))
        return [self.start + number * period_s for number in range(min(count, 100_800))]


def evaluated(expression: str, around: Surroundings) -> list[Series]:
    """Return the series that an expression comes to.

    Raises:
        BadExpression: It means nothing, or comes to a number.
    """
    value = _value(parsed(expression), around)
    if isinstance(value, float):
        raise BadExpression("the result is a number, not a series")
    return value if isinstance(value, list) else [value]


def _value(node: Node, around: Surroundings) -> Value:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return around.result(node.id)
    if isinstance(node, Array):
        return _array(node, around)
    if isinstance(node, Call):
        return _called(node, around)
    raise BadExpression(f"`{node.word if isinstance(node, Word) else node.value}` is no value")


def _array(node: Array, around: Surroundings) -> list[Series]:
    found: list[Series] = []
    for item in node.items:
        value = _value(item, around)
        if isinstance(value, float):
            raise BadExpression("an array holds series")
        found += value if isinstance(value, list) else [value]
    return found


def _called(node: Call, around: Surroundings) -> Value:
    name, arguments = node.function, node.arguments
    if name in OPERATORS:
        return combined(name, _value(arguments[0], around), _value(arguments[1], around))
    if name in UNBUILT:
        raise BadExpression(f"the function {name} is not built into the Sagewright engine")
    if name not in _FUNCTIONS:
        raise BadExpression(f"there is no function {name}")
    counts, function = _FUNCTIONS[name]
    if len(arguments) not in counts:
        raise BadExpression(f"{name} takes {' or '.join(map(str, counts))} arguments, not {len(arguments)}")
    return function(name, arguments, around)


Function = Callable[[str, Sequence[Node], Surroundings], Value]


def _aggregate(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    return functions.aggregated(name, _value(arguments[0], around))


def _metrics(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    part = _text(arguments[0]) if arguments else ""
    return [series for series in around.metrics if part in series.id]


def _metric_count(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    return float(len(_many(arguments[0], around)))


def _period(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    return float(_single(arguments[0], around).period_s)


def _time_series(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    value = _value(arguments[0], around)
    if not isinstance(value, float):
        raise BadExpression("TIME_SERIES takes a number")
    times = around.times(around.period_s) if math.isfinite(value) else ()
    return Series("", "", around.period_s, dict.fromkeys(times, value))


def _of_times(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    series = _single(arguments[0], around)
    return functions.of_times(name, series, around.times(series.period_s))


def _fill(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    filler = arguments[1]
    if isinstance(filler, Word) and filler.word not in ("REPEAT", "LINEAR"):
        raise BadExpression("FILL takes a number, a series, REPEAT or LINEAR")
    with_what = filler.word if isinstance(filler, Word) else _value(filler, around)
    return functions.filled(_value(arguments[0], around), with_what, lambda series: around.times(series.period_s))


def _if(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    values = [_value(argument, around) for argument in arguments]
    return functions.chosen(values[0], values[1], values[2] if len(values) > 2 else None)


def _sort(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    by, order = (_word(argument) for argument in arguments[1:3])
    limit = _value(arguments[3], around) if len(arguments) > 3 else None
    return functions.sorted_series(_value(arguments[0], around), by, order, limit)


def _slice(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    values = [_value(argument, around) for argument in arguments]
    return functions.sliced(values[0], values[1], values[2] if len(values) > 2 else None)


def _end(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    found = _many(arguments[0], around)
    if not found:
        raise BadExpression(f"{name} of an empty array")
    return found[0 if name == "FIRST" else -1]


def _remove_empty(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    return [series for series in _many(arguments[0], around) if series.points]


def _search(name: str, arguments: Sequence[Node], around: Surroundings) -> Value:
    period = _value(arguments[2], around) if len(arguments) > 2 else around.period_s
    return around.search(_text(arguments[0]), _text(arguments[1]), float(functions.whole(period)))


def _single(node: Node, around: Surroundings) -> Series:
    value = _value(node, around)
    if not isinstance(value, Series):
        raise BadExpression("a single series was expected")
    return value


def _many(node: Node, around: Surroundings) -> list[Series]:
    value = _value(node, around)
    if not isinstance(value, list):
        raise BadExpression("an array of series was expected")
    return value


def _text(node: Node) -> str:
    if not isinstance(node, Text):
        raise BadExpression("a text in quotes was expected")
    return node.value


def _word(node: Node) -> str:
    if not isinstance(node, Word):
        raise BadExpression("a word such as AVG or DESC was expected")
    return node.word


_FUNCTIONS: Mapping[str, tuple[Sequence[int], Function]] = {
    **dict.fromkeys(functions.AGGREGATES, ((1,), _aggregate)),
    **{name: ((1,), lambda n, a, s: functions.of_values(n, _value(a[0], s))) for name in functions.OF_VALUES},
    **dict.fromkeys(functions.OF_TIMES, ((1,), _of_times)),
    **{name: ((1,), lambda n, a, s: functions.of_steps(n, _value(a[0], s))) for name in ("DIFF", "DIFF_TIME", "RATE")},
    "RUNNING_SUM": ((1,), lambda _, a, s: functions.running_sum(_value(a[0], s))),
    "negative": ((1,), lambda _, a, s: functions.negative(_value(a[0], s))),
    "METRICS": ((0, 1), _metrics),
    "METRIC_COUNT": ((1,), _metric_count),
    "PERIOD": ((1,), _period),
    "TIME_SERIES": ((1,), _time_series),
    "FILL": ((2,), _fill),
    "IF": ((2, 3), _if),
    "SORT": ((3, 4), _sort),
    "SLICE": ((2, 3), _slice),
    "FIRST": ((1,), _end),
    "LAST": ((1,), _end),
    "REMOVE_EMPTY": ((1,), _remove_empty),
    "SEARCH": ((2, 3), _search),
}
