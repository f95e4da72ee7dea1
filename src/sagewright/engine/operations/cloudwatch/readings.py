"""Reading metrics (CloudWatch API Reference)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Summary
from sagewright.engine.hosting.later import flush
from sagewright.engine.operations.cloudwatch.errors import invalid, invalid_combination, invalid_value
from sagewright.engine.operations.cloudwatch.mathematics.series import Series
from sagewright.engine.operations.cloudwatch.pages import mark_in, token_of
from sagewright.engine.operations.cloudwatch.queries import (
    align,
    check_period,
    check_queries,
    check_statistic,
    dimensions_in,
    evaluate,
    statistics,
)
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_POINTS = 100_800  # of an answer to GetMetricData
MOST_DATAPOINTS = 1440  # of one to GetMetricStatistics


def get_metric_data(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return series of statistics and expressions, newest point first unless asked otherwise."""
    flush()
    start, end = params["StartTime"].timestamp() // 1, params["EndTime"].timestamp() // 1
    if start >= end:
        raise invalid(
            "The parameter StartTime must not equal parameter EndTime."
            if start == end
            else "The parameter EndTime must be greater than StartTime."
        )
    queries = params["MetricDataQueries"]
    check_queries(queries)
    wanted = [query["Id"] for query in queries if query.get("ReturnData", True)]
    found = evaluate(parts, queries, start, end, wanted)
    is_descending = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    by_id = {query["Id"]: query for query in queries}
    series = [one for name in wanted for one in found[name]]
    shown, token = _page(series, params, is_descending)
    return {
        "MetricDataResults": [
            {
                "Id": one.id,
                "Label": _label(one, by_id[one.id], caller),
                "Timestamps": [time for time, _ in points],
                "Values": [value for _, value in points],
                "StatusCode": "Complete" if is_whole else "PartialData",
            }
            for one, points, is_whole in shown
        ],
        "Messages": [],
        "NextToken": token,
    }


def get_metric_statistics(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the statistics of one metric, for each of its units."""
    flush()
    start, end = params["StartTime"].timestamp() // 1, params["EndTime"].timestamp() // 1
    if start >= end:
        raise invalid_value("The parameter StartTime must be less than the parameter EndTime.")
    period = params["Period"]
    check_period(period)
    extended = params.get("ExtendedStatistics") or ()
    if not extended and not params.get("Statistics"):
        raise invalid_combination("Must specify either Statistics or ExtendedStatistics")
    for name in extended:
        check_statistic(name)
    first = align(start, period, parts.clock.now())
    count = -(-(end - first) // period)
    if count > MOST_DATAPOINTS:
        raise invalid_combination(
            f"You have requested up to {int(count):,} datapoints, which exceeds the limit of 1,440. You may reduce the "
            "datapoints requested by increasing Period, or decreasing the time range."
        )
    address = (params["Namespace"], params["MetricName"], dimensions_in(params))
    summaries = parts.metrics.summarise(*address, first, end, period)
    units = {unit for unit, _ in summaries if params.get("Unit") in (None, unit)}
    further = {
        (unit, name): statistics(parts, {**params, "Unit": unit}, first, end, period, name)
        for unit in units
        for name in extended
    }
    points = []
    for (unit, time), summary in sorted(summaries.items(), key=lambda item: item[0][::-1]):
        if unit in units:
            more = {name: value[time] for (own, name), value in further.items() if own == unit and time in value}
            points.append(_datapoint(unit, time, summary, params.get("Statistics") or (), more))
    return {"Label": params["MetricName"], "Datapoints": points}


def _datapoint(
    unit: str, time: float, summary: Summary, names: Sequence[str], extended: Mapping[str, float]
) -> dict[str, Any]:
    point: dict[str, Any] = {"Timestamp": time, "Unit": unit}
    for name in names:
        how = check_statistic(name).of_summary
        if how is None:
            raise invalid_value(f"The value {name} for parameter Statistics is not supported.")
        point[name] = how(summary)
    if extended:
        point["ExtendedStatistics"] = dict(extended)
    return point


Shown = tuple[Series, Sequence[tuple[float, float]], bool]


def _page(series: Sequence[Series], params: Params, is_descending: bool) -> tuple[list[Shown], str | None]:
    """Return some of the points of all series, each with whether it ends here, and the token of what follows."""
    most = min(params.get("MaxDatapoints") or MOST_POINTS, MOST_POINTS)
    first, place = mark_in(params.get("NextToken"), [0, 0]) or (0, 0)
    shown: list[Shown] = []
    left = most
    for number, one in enumerate(series[first:], start=first):
        points = sorted(one.points.items(), reverse=is_descending)[place:]
        if len(points) > left:
            if left:
                shown.append((one, points[:left], False))
            return shown, token_of([number, place + left])
        shown.append((one, points, True))
        left, place = left - len(points), 0
    return shown, None


_DYNAMIC = re.compile(r"\$\{([A-Z_]+)(?:\('([^']*)'\))?\}")


def _label(series: Series, query: Mapping[str, Any], caller: Caller) -> str:
    """Return a series' label with its dynamic parts filled in, `${MAX}`, `${PROP('Dim.Host')}` and the like."""
    if "${" not in series.label:
        return series.label
    values = [value for _, value in sorted(series.points.items())]
    facts = {
        "LABEL": query["Id"],
        "DATAPOINT_COUNT": str(len(values)),
        **(
            {
                "AVG": f"{sum(values) / len(values):g}",
                "MIN": f"{min(values):g}",
                "MAX": f"{max(values):g}",
                "SUM": f"{sum(values):g}",
                "FIRST": f"{values[0]:g}",
                "LAST": f"{values[-1]:g}",
            }
            if values
            else {}
        ),
    }

    def fill(match: re.Match[str]) -> str:
        if match[1] == "PROP" and match[2]:
            return _property(match[2], query, caller)
        if match[1] not in facts and match[1] in ("AVG", "MIN", "MAX", "SUM", "FIRST", "LAST"):
            return "--"
        if match[1] not in facts:
            raise invalid(f"`{match[0]}` in a label is not built into the Sagewright engine.")
        return str(facts[match[1]])

    return _DYNAMIC.sub(fill, series.label)


def _property(name: str, query: Mapping[str, Any], caller: Caller) -> str:
    stat = query.get("MetricStat") or {}
    metric = stat.get("Metric", {})
    if name.startswith("Dim."):
        return dimensions_in(metric).get(name[4:], "")
    known = {
        "AccountId": caller.account,
        "Region": caller.region,
        "MetricName": metric.get("MetricName", ""),
        "Namespace": metric.get("Namespace", ""),
        "Period": str(stat.get("Period", "")),
        "Stat": stat.get("Stat", ""),
    }
    if name not in known:
        raise invalid(f"`${{PROP('{name}')}}` in a label is not built into the Sagewright engine.")
    return str(known[name])
