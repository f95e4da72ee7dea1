"""Metric filters: numbers found in log events become metrics. The steward applies them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import NoSuchLog, Query, Record, VersionConflict
from sagewright.engine.operations.logs.addresses import PAGE, mark_in
from sagewright.engine.operations.logs.errors import invalid_parameter, log_errors, missing, unbuilt
from sagewright.engine.operations.logs.patterns import compiled
from sagewright.engine.operations.logs.patterns.pattern import number_of
from sagewright.engine.operations.page_marks import token_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

KIND = "log-metric-filter"
PROGRESS = "log-metric-progress"  # per group: how far each stream has been looked at
MOST_FILTERS = 100  # of one group
_UNBUILT = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")


def put_metric_filter(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a filter, or change one; it sees the events that come from now on."""
    for member in _UNBUILT:
        if params.get(member):
            raise unbuilt(member)
    group, name = params["logGroupName"], params["filterName"]
    _check(params)
    with log_errors():
        begin_progress(parts, group)
    key = f"{group}:{name}"
    before = parts.state.get(KIND, caller.scope, key)
    if before is None and parts.state.count(Query(KIND, caller.scope, name_prefix=f"{group}:")) >= MOST_FILTERS:
        raise ApiError("LimitExceededException", "Resource limit exceeded.")
    body = {**{member: params[member] for member in _MEMBERS}, "created_ms": int(parts.clock.now() * 1000)}
    try:
        parts.state.put(Record(KIND, caller.scope, key, body), expected_version=before.version if before else 0)
    except VersionConflict:
        raise ApiError(
            "OperationAbortedException", "Multiple requests to update the same resource were in conflict."
        ) from None
    return {}


def describe_metric_filters(parts: Parts, caller: Caller, params: Params) -> Result:
    """List filters in the order of their groups and names."""
    group, metric, namespace = params.get("logGroupName"), params.get("metricName"), params.get("metricNamespace")
    if (metric is None) != (namespace is None):
        raise invalid_parameter("metricName and metricNamespace must be given together.")
    if group is not None:
        with log_errors():
            parts.logs.group(group)
    prefix = params.get("filterNamePrefix") or ""
    after, limit = mark_in(params.get("nextToken"), ""), params.get("limit") or PAGE
    found = [
        record
        for record in records_of(parts, caller.scope, group)
        if record.name.partition(":")[2].startswith(prefix)
        and (after is None or record.name > after)
        and (metric is None or namespace is None or _emits(record, metric, namespace))
    ]
    shown = found[:limit]
    return {
        "metricFilters": [_described(record) for record in shown],
        "nextToken": token_of(shown[-1].name) if len(shown) < len(found) else None,
    }


def delete_metric_filter(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a filter."""
    with log_errors():
        parts.logs.group(params["logGroupName"])
    key = f"{params['logGroupName']}:{params['filterName']}"
    if parts.state.get(KIND, caller.scope, key) is None:
        raise missing("metric filter")
    parts.state.delete(KIND, caller.scope, key)
    return {}


def test_metric_filter(parts: Parts, caller: Caller, params: Params) -> Result:
    """Try a pattern on messages."""
    pattern = compiled(params["filterPattern"])
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": dict(pattern.values(message))}
            for number, message in enumerate(params["logEventMessages"], start=1)
            if pattern.matches(message)
        ]
    }


def records_of(parts: Parts, scope: str | None = None, group: str | None = None) -> list[Record]:
    """Return the filters of a scope (None: of all), or those of one group, in order of name."""
    prefix = None if group is None else f"{group}:"
    found: list[Record] = []
    token: str | None = None
    while True:
        page = parts.state.list(Query(KIND, scope, name_prefix=prefix, sort_by="name", limit=1000, after=token))
        found += page.records
        token = page.next_token
        if token is None:
            return found


def has_filters(parts: Parts, group: str) -> bool:
    return parts.state.count(Query(KIND, name_prefix=f"{group}:")) > 0


def forget_filters(parts: Parts, group: str) -> None:
    """Remove what there is of a group that is deleted."""
    for record in records_of(parts, group=group):
        parts.state.delete(KIND, record.scope, record.name)
    parts.state.delete(PROGRESS, "", group)


def begin_progress(parts: Parts, group: str) -> None:
    """Mark what is in a group's streams now as seen, unless the group has a filter already.

    Raises:
        NoSuchLog: The group is missing.
    """
    parts.logs.group(group)
    if has_filters(parts, group):
        return
    ends = {stream.id: end_of(parts, group, stream.name) for stream in parts.logs.streams(group)}
    while True:
        before = parts.state.get(PROGRESS, "", group)
        body = {"ends": ends}
        record = replace(before, body=body) if before else Record(PROGRESS, "", group, body)
        try:
            parts.state.put(record, expected_version=before.version if before else 0)
        except VersionConflict:
            continue
        return


def end_of(parts: Parts, group: str, stream: str) -> int:
    """Return the position behind the last event of a stream."""
    try:
        last = next(iter(parts.logs.scan_back(group, stream)), None)
    except NoSuchLog:
        return 0
    return last.end if last else 0


_MEMBERS = ("logGroupName", "filterName", "filterPattern", "metricTransformations")


def _check(params: Params) -> None:
    compiled(params["filterPattern"])
    for transformation in params["metricTransformations"]:
        value = transformation["metricValue"]
        if not value.startswith("$") and number_of(value) is None:
            raise invalid_parameter(
                f"Invalid metric transformation: the value `{value}` is neither a number nor a field."
            )
        dimensions: Mapping[str, str] = transformation.get("dimensions") or {}
        if len(dimensions) > 3:
            raise invalid_parameter("A metric transformation can have three dimensions.")
        if dimensions and transformation.get("defaultValue") is not None:
            raise invalid_parameter("Invalid metric transformation: dimensions and a default value exclude each other.")
        for field in dimensions.values():
            if not field.startswith("$"):
                raise invalid_parameter(f"Invalid metric transformation: the dimension `{field}` is not a field.")
    if not params["metricTransformations"]:
        raise invalid_parameter("A metric filter needs one metric transformation.")


def _emits(record: Record, metric: str, namespace: str) -> bool:
    transformations: Sequence[Any] = record.body["metricTransformations"]
    return any(each["metricName"] == metric and each["metricNamespace"] == namespace for each in transformations)


def _described(record: Record) -> dict[str, Any]:
    return {**{member: record.body[member] for member in _MEMBERS}, "creationTime": record.body["created_ms"]}
