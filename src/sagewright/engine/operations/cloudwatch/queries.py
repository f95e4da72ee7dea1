"""Metric queries: statistics of metrics, and expressions over them (`GetMetricData`, alarms)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Summary
from sagewright.engine.operations.cloudwatch.errors import invalid, invalid_value
from sagewright.engine.operations.cloudwatch.mathematics.evaluation import Surroundings, evaluated
from sagewright.engine.operations.cloudwatch.mathematics.grammar import BadExpression, names_in, parsed
from sagewright.engine.operations.cloudwatch.mathematics.search import MOST_FOUND, found_by
from sagewright.engine.operations.cloudwatch.mathematics.series import Series, Value
from sagewright.engine.operations.cloudwatch.statistic import Statistic, statistic
from sagewright.engine.parts import Parts

MOST_QUERIES = 500
PERIODS_BELOW_A_MINUTE = (1, 5, 10, 20, 30)
_ID = re.compile(r"[a-z]\w*")


def statistics(
    parts: Parts, metric: Mapping[str, Any], start: float, end: float, period_s: float, stat: str
) -> dict[float, float]:
    """Return a statistic of each period that has any value, under the period's beginning in unix seconds.

    Args:
        metric: `Namespace`, `MetricName`, `Dimensions`, and `Unit` where only values of one are wanted.
        start: Where the first period begins.
    """
    how = check_statistic(stat)
    address = (metric["Namespace"], metric["MetricName"], dimensions_in(metric))
    unit = metric.get("Unit")
    if how.of_summary is not None:
        summaries: dict[float, Summary] = {}
        for (own, time), summary in parts.metrics.summarise(*address, start, end, period_s).items():
            if unit in (None, own):
                summaries[time] = summaries[time].with_all_of(summary) if time in summaries else summary
        return {time: how.of_summary(summary) for time, summary in sorted(summaries.items()) if summary.samples}
    periods: dict[float, list[tuple[float, float]]] = {}
    for (own, time), values in parts.metrics.values(*address, start, end, period_s).items():
        if unit in (None, own):
            periods[time] = sorted([*periods[time], *values]) if time in periods else list(values)
    assert how.of_values is not None
    found = {time: how.of_values(values) for time, values in sorted(periods.items())}
    return {time: value for time, value in found.items() if value is not None}


def check_statistic(name: str) -> Statistic:
    """Return how a statistic is had.

    Raises:
        ApiError: `InvalidParameterValue`.
    """
    found = statistic(name)
    if found is None:
        raise invalid_value(f"The statistic `{name}` is not one of those that there are.")
    return found


def dimensions_in(metric: Mapping[str, Any]) -> dict[str, str]:
    return {pair["Name"]: pair["Value"] for pair in metric.get("Dimensions") or ()}


def check_queries(queries: Sequence[Mapping[str, Any]]) -> None:
    """Check that queries hold together.

    Raises:
        ApiError: `ValidationError`.
    """
    if len(queries) > MOST_QUERIES:
        raise invalid(f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}.")
    ids = Counter(query["Id"] for query in queries)
    if twice := next((name for name, count in ids.items() if count > 1), None):
        raise invalid(f"The values for parameter id in MetricDataQueries must be unique: `{twice}` is given twice.")
    for number, query in enumerate(queries, start=1):
        _check_query(query, f"MetricDataQueries.member.{number}", ids)


def evaluate(
    parts: Parts,
    queries: Sequence[Mapping[str, Any]],
    start: float,
    end: float,
    wanted: Sequence[str],
    pace: float = 1.0,
) -> dict[str, list[Series]]:
    """Return the series that some queries come to, by their ids.

    Args:
        start, end: Unix seconds.
        pace: Seconds that a second of the queries' periods lasts.

    Raises:
        ApiError: `ValidationError`: an expression means nothing.
    """
    return _Evaluation(parts, queries, start, end, pace).of(wanted)


def align(time: float, period_s: float, now: float) -> float:
    """Return a request's start, rounded down as the service does: more coarsely the longer ago it is."""
    age = now - time
    step: float = 60 if age < 15 * 86_400 else 300 if age < 63 * 86_400 else 3600
    if age < 10_800:  # until then periods below a minute are there
        step = min(step, period_s)
    return time // step * step


class _Evaluation:
    """Evaluates each query once."""

    def __init__(
        self, parts: Parts, queries: Sequence[Mapping[str, Any]], start: float, end: float, pace: float
    ) -> None:
        self._parts, self._start, self._end, self._pace = parts, start, end, pace
        self._queries = {query["Id"]: query for query in queries}
        self._known: dict[str, list[Series]] = {}
        self._under_way: list[str] = []

    def of(self, wanted: Sequence[str]) -> dict[str, list[Series]]:
        return {name: self._result(name) for name in wanted}

    def _result(self, name: str) -> list[Series]:
        if name in self._under_way:
            raise invalid(f"Error in expression '{name}': it depends on itself")
        if name not in self._known:
            self._under_way.append(name)
            query = self._queries[name]
            self._known[name] = [self._metric(query)] if query.get("MetricStat") else self._expression(query)
            self._under_way.pop()
        return self._known[name]

    def _metric(self, query: Mapping[str, Any]) -> Series:
        stat = query["MetricStat"]
        period_s = stat["Period"] * self._pace
        metric = {**stat["Metric"], "Unit": stat.get("Unit")}
        points = statistics(self._parts, metric, self._aligned(period_s), self._end, period_s, stat["Stat"])
        return Series(query["Id"], self._label(query), period_s, points, is_metric=True)

    def _label(self, query: Mapping[str, Any]) -> str:
        """Return the label of a metric: its name, with the statistic where the request has several of the metric."""
        if query.get("Label"):
            return str(query["Label"])
        stat = query["MetricStat"]
        of_it = [
            q for q in self._queries.values() if q.get("MetricStat") and q["MetricStat"]["Metric"] == stat["Metric"]
        ]
        name = str(stat["Metric"]["MetricName"])
        return f"{name} {stat['Stat']}" if len(of_it) > 1 else name

    def _expression(self, query: Mapping[str, Any]) -> list[Series]:
        name, expression = query["Id"], query["Expression"]
        period_s = self._period(query)
        around = Surroundings(
            self._named,
            [self._result(q["Id"])[0] for q in self._queries.values() if q.get("MetricStat")]
            if "METRICS" in expression
            else (),
            self._search,
            self._aligned(period_s),
            self._end,
            period_s,
        )
        try:
            found = evaluated(expression, around)
        except BadExpression as error:
            raise invalid(f"Error in expression '{name}': {error}") from None
        label = query.get("Label")
        if len(found) == 1:
            own = label if label is not None else name if found[0].is_metric or not _is_search(expression) else None
            return [Series(name, own if own is not None else found[0].label, found[0].period_s, found[0].points)]
        return [
            Series(name, f"{label} {one.label}".strip() if label else one.label, one.period_s, one.points)
            for one in found
        ]

    def _named(self, name: str) -> Value:
        if name not in self._queries:
            raise BadExpression(f"there is no query `{name}`")
        found = self._result(name)
        return found[0] if len(found) == 1 else found

    def _period(self, query: Mapping[str, Any], seen: tuple[str, ...] = ()) -> float:
        """Return an expression's period: its own, the greatest of what it names, or of all metrics."""
        if query.get("MetricStat"):
            return float(query["MetricStat"]["Period"]) * self._pace
        if query.get("Period"):
            return float(query["Period"]) * self._pace
        try:
            named = [n for n in names_in(parsed(query["Expression"])) if n in self._queries and n not in seen]
        except BadExpression:
            named = []
        others = [self._queries[n] for n in named] or [q for q in self._queries.values() if q.get("MetricStat")]
        return max((self._period(other, (*seen, query["Id"])) for other in others), default=60.0 * self._pace)

    def _search(self, expression: str, stat: str, period_s: float) -> list[Series]:
        test = found_by(expression)
        found = [metric for metric in self._parts.metrics.list(active_after=self._start) if test(metric)]
        return [self._found(metric, stat, period_s * self._pace) for metric in found[:MOST_FOUND]]

    def _found(self, metric: tuple[str, str, Mapping[str, str]], stat: str, period_s: float) -> Series:
        namespace, name, dimensions = metric
        address = {
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        }
        points = statistics(self._parts, address, self._aligned(period_s), self._end, period_s, stat)
        return Series("", " ".join([*dimensions.values(), name]), period_s, points, is_metric=True)

    def _aligned(self, period_s: float) -> float:
        """Return where the first period begins."""
        if self._pace != 1.0:
            return self._start
        return align(self._start, period_s, self._parts.clock.now())


def _is_search(expression: str) -> bool:
    return expression.lstrip().startswith("SEARCH(")


def _check_query(query: Mapping[str, Any], path: str, ids: Mapping[str, int]) -> None:
    stat, expression = query.get("MetricStat"), query.get("Expression")
    if not _ID.fullmatch(query["Id"]):
        raise invalid(f"Member must satisfy regular expression pattern: ^[a-z][a-zA-Z0-9_]*$: '{query['Id']}'")
    if query.get("AccountId"):
        raise invalid(f"`{path}.AccountId` is not built into the Sagewright engine (target `local`).")
    if (stat is None) and (expression is None):
        raise invalid(f"The parameter {path}.MetricStat is required.\n")
    if stat is not None and expression is not None:
        raise invalid(f"The parameters {path}.Expression and {path}.MetricStat are mutually exclusive.")
    if stat is not None:
        check_statistic(stat["Stat"])
        check_period(stat["Period"])
        return
    if str(expression).lstrip().upper().startswith("SELECT "):
        raise invalid(
            f"Error in expression '{query['Id']}': Metrics Insights queries are not built into the Sagewright engine.\n"
            "hint: use SEARCH, or metric maths over MetricStat queries."
        )
    try:
        named = set(names_in(parsed(str(expression))))
    except BadExpression as error:
        raise invalid(f"Error in expression '{query['Id']}': {error}") from None
    if missing := sorted(named - set(ids)):
        raise invalid(f"Error in expression '{query['Id']}': there is no query `{missing[0]}`")


def check_period(period: int) -> None:
    if period not in PERIODS_BELOW_A_MINUTE and period % 60:
        raise invalid_value("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
