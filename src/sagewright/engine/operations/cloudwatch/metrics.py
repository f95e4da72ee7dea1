"""CloudWatch metrics (CloudWatch API Reference; `contract.md` 1.10)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Datum
from sagewright.engine.hosting.later import flush
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

PAGE = 500
MOST_POINTS = 100_800

Statistic = Callable[[Sequence[float]], float]


def put_metric_data(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store points."""
    if params.get("EntityMetricData"):
        raise _invalid("`EntityMetricData` is not built into the Sagewright engine (target `local`).")
    namespace, now = params["Namespace"], parts.clock.now()
    data: list[Datum] = []
    for item in params.get("MetricData", ()):
        data += _points(namespace, item, now)
    parts.metrics.put(data)
    return {}


def get_metric_data(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return series of statistics, newest first unless asked otherwise."""
    flush()
    start, end = params["StartTime"].timestamp(), params["EndTime"].timestamp()
    if start >= end:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime.")
    results = []
    for query in params["MetricDataQueries"]:
        if "MetricStat" not in query:
            raise _invalid(f"`MetricDataQueries.{query.get('Id')}.Expression` is not built into the Sagewright engine.")
        if not query.get("ReturnData", True):
            continue
        stat = query["MetricStat"]
        series = _series(parts, stat["Metric"], start, end, stat["Period"], stat.get("Unit"))
        compute = _statistic(stat["Stat"])
        points = [(time, compute(values)) for time, values in sorted(series.items())][:MOST_POINTS]
        if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
            points.reverse()
        results.append(
            {
                "Id": query["Id"],
                "Label": query.get("Label") or stat["Metric"]["MetricName"],
                "Timestamps": [time for time, _ in points],
                "Values": [value for _, value in points],
                "StatusCode": "Complete",
            }
        )
    return {"MetricDataResults": results, "Messages": []}


def get_metric_statistics(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the statistics of one metric."""
    flush()
    start, end = params["StartTime"].timestamp(), params["EndTime"].timestamp()
    names = [*params.get("Statistics", ()), *params.get("ExtendedStatistics", ())]
    if not names:
        raise _invalid("At least one of the parameters Statistics and ExtendedStatistics must be specified.")
    metric = {name: params.get(name) for name in ("Namespace", "MetricName", "Dimensions")}
    series = _series(parts, metric, start, end, params["Period"], params.get("Unit"))
    return {
        "Label": params["MetricName"],
        "Datapoints": [_datapoint(time, values, params) for time, values in sorted(series.items())],
    }


def list_metrics(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the metrics that have points."""
    flush()
    found = [
        {"Namespace": namespace, "MetricName": name, "Dimensions": _pairs(dimensions)}
        for namespace, name, dimensions in parts.metrics.list(params.get("Namespace"), params.get("MetricName"))
        if _has_all(dimensions, params.get("Dimensions", ()))
    ]
    start = _start(params.get("NextToken"))
    end = start + PAGE
    answer: Result = {"Metrics": found[start:end]}
    if end < len(found):
        answer["NextToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return answer


def statistics(
    parts: Parts, metric: Mapping[str, Any], start: float, end: float, period_s: float, stat: str
) -> dict[float, float]:
    """Return a statistic of each period that has any value, under the period's beginning in unix seconds."""
    compute, series = _statistic(stat), _series(parts, metric, start, end, period_s, metric.get("Unit"))
    return {time: compute(values) for time, values in series.items()}


def check_statistic(name: str) -> None:
    """Check that a statistic can be computed.

    Raises:
        ApiError: `InvalidParameterValue`.
    """
    _statistic(name)


def _points(namespace: str, item: Mapping[str, Any], now: float) -> list[Datum]:
    time = item["Timestamp"].timestamp() if "Timestamp" in item else now
    dimensions = {pair["Name"]: pair["Value"] for pair in item.get("Dimensions", ())}
    if "StatisticValues" in item:
        raise _invalid("`MetricData.StatisticValues` is not built into the Sagewright engine.\nhint: give Values.")
    values = item.get("Values") or ([item["Value"]] if "Value" in item else [])
    counts = item.get("Counts") or [1.0] * len(values)
    if len(values) != len(counts) or not values:
        raise _invalid(f"The metric {item['MetricName']} needs Value, or Values with as many Counts.")
    return [
        Datum(namespace, item["MetricName"], dimensions, time, value, item.get("Unit", "None"))
        for value, count in zip(values, counts, strict=True)
        for _ in range(int(count))
    ]


def _series(
    parts: Parts, metric: Mapping[str, Any], start: float, end: float, period_s: float, unit: str | None
) -> dict[float, list[float]]:
    """Return the values of each period that has any, under the period's beginning in unix seconds."""
    dimensions = {pair["Name"]: pair["Value"] for pair in metric.get("Dimensions") or ()}
    first = start - start % period_s
    series: dict[float, list[float]] = {}
    for datum in parts.metrics.query(metric["Namespace"], metric["MetricName"], dimensions, first, end):
        if unit in (None, datum.unit):
            series.setdefault(datum.timestamp - datum.timestamp % period_s, []).append(datum.value)
    return series


def _statistic(name: str) -> Statistic:
    known: Mapping[str, Statistic] = {
        "Average": lambda values: sum(values) / len(values),
        "Sum": sum,
        "Minimum": min,
        "Maximum": max,
        "SampleCount": lambda values: float(len(values)),
    }
    if name in known:
        return known[name]
    text = name.removeprefix("p")
    if name.startswith("p") and text.replace(".", "", 1).isdigit() and float(text) <= 100:
        return lambda values: _percentile(sorted(values), float(text))
    raise _invalid(f"The statistic `{name}` is not built into the Sagewright engine.")


def _percentile(ordered: Sequence[float], percent: float) -> float:
    """Return a percentile by linear interpolation between the closest ranks."""
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _datapoint(time: float, values: Sequence[float], params: Params) -> dict[str, Any]:
    point: dict[str, Any] = {"Timestamp": time, "Unit": params.get("Unit", "None")}
    for name in params.get("Statistics", ()):
        point[name] = _statistic(name)(values)
    extended = {name: _statistic(name)(values) for name in params.get("ExtendedStatistics", ())}
    if extended:
        point["ExtendedStatistics"] = extended
    return point


def _pairs(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _has_all(dimensions: Mapping[str, str], filters: Sequence[Mapping[str, str]]) -> bool:
    return all(item["Name"] in dimensions and item.get("Value") in (None, dimensions[item["Name"]]) for item in filters)


def _start(token: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode())) if token else 0
    except ValueError:
        raise _invalid("The parameter NextToken is not valid.") from None


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterValue", message)
