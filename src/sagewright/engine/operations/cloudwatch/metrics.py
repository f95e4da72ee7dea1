"""CloudWatch metrics: stored and listed (CloudWatch API Reference; `contract.md` 1.10)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Datum, Query
from sagewright.engine.hosting.later import flush
from sagewright.engine.operations.cloudwatch.alarm_records import KIND as ALARM
from sagewright.engine.operations.cloudwatch.errors import (
    invalid_combination,
    invalid_value,
    missing_parameter,
    unbuilt,
)
from sagewright.engine.operations.cloudwatch.pages import mark_in, token_of
from sagewright.engine.parts import Caller, Params, Parts, Result

PAGE = 500
MOST_METRICS, MOST_VALUES, MOST_DIMENSIONS = 1000, 150, 30
OLDEST_S, NEWEST_S = 14 * 86_400, 2 * 3600
LISTED_S = 14 * 86_400  # a metric without points for so long is not listed
GREATEST = 2.0**360


def put_metric_data(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store points, all or none."""
    if params.get("EntityMetricData"):
        raise unbuilt("EntityMetricData")
    items = params.get("MetricData") or ()
    if not items:
        raise missing_parameter("The parameter MetricData is required.")
    if len(items) > MOST_METRICS:
        raise invalid_value(f"The collection MetricData must not have a size greater than {MOST_METRICS}.")
    now = parts.clock.now()
    data = [
        datum
        for number, item in enumerate(items, start=1)
        for datum in _points(params["Namespace"], item, f"MetricData.member.{number}", now)
    ]
    parts.metrics.put(data)
    if parts.state.count(Query(ALARM, caller.scope)):
        parts.ring()
    return {}


def list_metrics(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the metrics that have had points lately."""
    flush()
    if params.get("OwningAccount") not in (None, caller.account) or params.get("IncludeLinkedAccounts"):
        raise unbuilt("IncludeLinkedAccounts")
    since = parts.clock.now() - (3 * 3600 if params.get("RecentlyActive") else LISTED_S)
    found = [
        {"Namespace": namespace, "MetricName": name, "Dimensions": _pairs(dimensions)}
        for namespace, name, dimensions in parts.metrics.list(
            params.get("Namespace"), params.get("MetricName"), active_after=since
        )
        if _has_all(dimensions, params.get("Dimensions") or ())
    ]
    start = mark_in(params.get("NextToken"), 0) or 0
    end = start + PAGE
    return {"Metrics": found[start:end], "NextToken": token_of(end) if end < len(found) else None}


def _points(namespace: str, item: Mapping[str, Any], path: str, now: float) -> list[Datum]:
    dimensions = _dimensions(item, path)
    time = item["Timestamp"].timestamp() if item.get("Timestamp") else now
    if not now - OLDEST_S <= time <= now + NEWEST_S:
        raise invalid_value(
            f"The parameter {path}.Timestamp must specify a time no more than two weeks in the past, "
            "and no more than two hours in the future."
        )
    if item.get("StorageResolution", 60) not in (1, 60):
        raise invalid_value(f"The parameter {path}.StorageResolution must be 1 or 60.")
    unit, name = item.get("Unit") or "None", item["MetricName"]
    if item.get("StatisticValues"):
        if "Value" in item or item.get("Values"):
            raise invalid_combination(
                f"The parameters {path}.Value and {path}.StatisticValues are mutually exclusive "
                "and you have specified both."
            )
        return [_statistic_set(item["StatisticValues"], path, (namespace, name, dimensions, time), unit)]
    return [
        Datum(namespace, name, dimensions, time, value, unit, count)
        for value, count in _values(item, path)
        if count > 0
    ]


def _values(item: Mapping[str, Any], path: str) -> list[tuple[float, float]]:
    values, counts = item.get("Values") or (), item.get("Counts") or ()
    if "Value" in item and values:
        raise invalid_value(
            f"The parameters {path}.Value and {path}.Values are mutually exclusive and you have specified both."
        )
    if "Value" in item:
        return [(_number(item["Value"], f"{path}.Value"), 1.0)]
    if not values:
        raise missing_parameter(
            f"At least one of the parameters {path}.Value and {path}.StatisticValues must be specified."
        )
    if len(values) > MOST_VALUES:
        raise invalid_value(f"The collection {path}.Values must not have a size greater than {MOST_VALUES}.")
    if counts and len(counts) != len(values):
        raise invalid_value(f"The parameters {path}.Values and {path}.Counts must be of the same size.")
    whole = [_number(count, f"{path}.Counts") for count in counts] or [1.0] * len(values)
    if any(count < 0 for count in whole):
        raise invalid_value(f"The parameter {path}.Counts must not be negative.")
    return [(_number(value, f"{path}.Values"), count) for value, count in zip(values, whole, strict=True)]


def _statistic_set(given: Mapping[str, Any], path: str, address: tuple[Any, ...], unit: str) -> Datum:
    names = ("SampleCount", "Sum", "Minimum", "Maximum")
    for name in names:
        if given.get(name) is None:
            raise missing_parameter(f"The parameter {path}.StatisticValues.{name} is required.")
    count, total, low, high = (_number(given[name], f"{path}.StatisticValues.{name}") for name in names)
    if count <= 0:
        raise invalid_value(f"The parameter {path}.StatisticValues.SampleCount must be greater than 0.")
    if low > high:
        raise invalid_value(
            f"The parameter {path}.StatisticValues.Minimum must be less than or equal to "
            f"the parameter {path}.StatisticValues.Maximum."
        )
    namespace, name, dimensions, time = address
    return Datum(namespace, name, dimensions, time, total, unit, count, low, high)


def _number(value: Any, path: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        shown = "NaN" if math.isnan(number) else value
        raise invalid_value(f"The value {shown} for parameter {path} is invalid.")
    if abs(number) > GREATEST:
        raise invalid_value(f"The value {value} for parameter {path} is out of range.")
    return number


def _dimensions(item: Mapping[str, Any], path: str) -> dict[str, str]:
    pairs: Sequence[Any] = item.get("Dimensions") or ()
    if len(pairs) > MOST_DIMENSIONS:
        raise invalid_value(f"The collection {path}.Dimensions must not have a size greater than {MOST_DIMENSIONS}.")
    for number, pair in enumerate(pairs, start=1):
        for member in ("Name", "Value"):
            if not str(pair.get(member) or "").strip():
                raise invalid_value(f"The parameter {path}.Dimensions.member.{number}.{member} must not be blank.")
    dimensions = {pair["Name"]: pair["Value"] for pair in pairs}
    if any(dimensions[pair["Name"]] != pair["Value"] for pair in pairs):
        raise invalid_value(f"The names in {path}.Dimensions must be unique.")
    return dimensions


def _pairs(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _has_all(dimensions: Mapping[str, str], filters: Sequence[Mapping[str, str]]) -> bool:
    return all(item["Name"] in dimensions and item.get("Value") in (None, dimensions[item["Name"]]) for item in filters)
