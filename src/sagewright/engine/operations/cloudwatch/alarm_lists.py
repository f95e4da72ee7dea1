"""Alarms and their history, listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sagewright.engine.abc import BadToken, Query, Record
from sagewright.engine.operations.cloudwatch.alarm_checks import ACTION_MEMBERS, actions_of
from sagewright.engine.operations.cloudwatch.alarm_history import KIND as HISTORY
from sagewright.engine.operations.cloudwatch.alarm_records import COMPOSITE, KIND, METRIC, records, type_of
from sagewright.engine.operations.cloudwatch.errors import invalid
from sagewright.engine.operations.cloudwatch.pages import mark_in, token_of
from sagewright.engine.operations.cloudwatch.queries import dimensions_in
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.scaling.alarm_rules import Rule, parsed
from sagewright.vocabulary.errors import ApiError

PAGE = 50
_FAMILY = ("ChildrenOfAlarmName", "ParentsOfAlarmName")


def describe_alarms(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of alarms in order of name; of metrics only, unless asked for others."""
    if params.get("AlarmNames") and params.get("AlarmNamePrefix"):
        raise invalid("AlarmNamePrefix and AlarmNames cannot be specified together.")
    for member in _FAMILY:
        if params.get(member):
            return _family(parts, caller, params, member)
    types = params.get("AlarmTypes") or (METRIC,)

    def is_wanted(record: Record) -> bool:
        return type_of(record) in types and _matches(record, params)

    if params.get("AlarmNames"):
        named = [parts.state.get(KIND, caller.scope, name) for name in sorted(set(params["AlarmNames"]))]
        found, token = [record for record in named if record is not None and is_wanted(record)], None
    else:
        found, token = _page(parts, caller, params, is_wanted)
    return {
        "MetricAlarms": [_described(record) for record in found if type_of(record) == METRIC],
        "CompositeAlarms": [_described(record) for record in found if type_of(record) == COMPOSITE],
        "NextToken": token,
    }


def describe_alarms_for_metric(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the alarms that watch exactly this metric, not those on expressions."""

    def is_wanted(record: Record) -> bool:
        request = record.body["request"]
        return (
            type_of(record) == METRIC
            and not request.get("Metrics")
            and (request["Namespace"], request["MetricName"]) == (params["Namespace"], params["MetricName"])
            and dimensions_in(request) == dimensions_in(params)
            and all(params.get(name) in (None, request.get(name)) for name in ("Statistic", "ExtendedStatistic"))
            and all(params.get(name) in (None, request.get(name)) for name in ("Period", "Unit"))
        )

    return {"MetricAlarms": [_described(record) for record in records(parts, caller.scope) if is_wanted(record)]}


def describe_alarm_history(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return what has happened to one or all alarms, those that are gone included; newest first by default."""
    name, types = params.get("AlarmName"), params.get("AlarmTypes") or (METRIC,)
    if name is not None:
        record = parts.state.get(HISTORY, caller.scope, name)
        pasts = [record] if record else []
    else:
        pasts = [record for record in records(parts, caller.scope, HISTORY) if record.body["type"] in types]
    start, end = params.get("StartDate"), params.get("EndDate")
    found = [
        {
            "AlarmName": record.name,
            "AlarmType": record.body["type"],
            "Timestamp": item["at"],
            "HistoryItemType": item["kind"],
            "HistorySummary": item["summary"],
            "HistoryData": item["data"],
        }
        for record in pasts
        for item in record.body["items"]
        if params.get("HistoryItemType") in (None, item["kind"])
        and (start is None or item["at"] >= start.timestamp())
        and (end is None or item["at"] < end.timestamp())
    ]
    found.sort(key=lambda item: item["Timestamp"])
    if params.get("ScanBy") != "TimestampAscending":
        found.reverse()
    first = mark_in(params.get("NextToken"), 0) or 0
    last = first + (params.get("MaxRecords") or 100)
    return {"AlarmHistoryItems": found[first:last], "NextToken": token_of(last) if last < len(found) else None}


def composites_of(parts: Parts, scope: str) -> Iterator[tuple[Record, Rule]]:
    """Yield the composite alarms of a scope with their rules."""
    for record in records(parts, scope):
        if type_of(record) == COMPOSITE:
            yield record, parsed(record.body["request"]["AlarmRule"])


def _family(parts: Parts, caller: Caller, params: Params, member: str) -> Result:
    if any(params.get(other) for other in params if other not in (member, "MaxRecords", "NextToken")):
        raise invalid(f"{member} cannot be specified together with other parameters.")
    name = params[member]
    composites = list(composites_of(parts, caller.scope))
    if member == "ParentsOfAlarmName":
        parents = [record for record, rule in composites if name in rule.names]
        shown = [{"AlarmName": record.name, "AlarmArn": record.body["arn"]} for record in parents]
        return {"MetricAlarms": [], "CompositeAlarms": shown}
    children = {child for record, rule in composites if record.name == name for child in rule.names}
    result: Result = {"MetricAlarms": [], "CompositeAlarms": []}
    for record in records(parts, caller.scope):
        if record.name not in children:
            continue
        body = record.body
        brief = {
            "AlarmName": record.name,
            "AlarmArn": body["arn"],
            "StateValue": body["state"],
            "StateUpdatedTimestamp": body["updated_at"],
        }
        result[f"{type_of(record)}s"].append(brief)
    return result


def _page(
    parts: Parts, caller: Caller, params: Params, is_wanted: Callable[[Record], bool]
) -> tuple[list[Record], str | None]:
    """Return as many alarms as asked for, in order of name."""
    limit, token = params.get("MaxRecords") or PAGE, params.get("NextToken")
    found: list[Record] = []
    while True:
        query = Query(
            KIND,
            caller.scope,
            name_prefix=params.get("AlarmNamePrefix"),
            status=params.get("StateValue"),
            sort_by="name",
            limit=limit - len(found),
            after=token,
        )
        try:
            page = parts.state.list(query)
        except BadToken:
            raise ApiError("InvalidNextToken", "The NextToken of the request is not valid.") from None
        found += [record for record in page.records if is_wanted(record)]
        token = page.next_token
        if token is None or len(found) == limit:
            return found, token


def _matches(record: Record, params: Params) -> bool:
    if params.get("StateValue", record.status) != record.status:
        return False
    prefix = params.get("ActionPrefix", "")
    return not prefix or any(action.startswith(prefix) for action in actions_of(record.body["request"]))


def _described(record: Record) -> dict[str, Any]:
    body = record.body
    common: dict[str, Any] = {"Metrics": []} if type_of(record) == METRIC else {}
    return {
        **common,
        "ActionsEnabled": True,
        **{member: [] for member in ACTION_MEMBERS},
        **body["request"],
        "AlarmArn": body["arn"],
        "AlarmConfigurationUpdatedTimestamp": body["configured_at"],
        "StateValue": body["state"],
        "StateReason": body["reason"],
        "StateReasonData": body.get("reason_data"),
        "StateUpdatedTimestamp": body["updated_at"],
        "StateTransitionedTimestamp": body["transitioned_at"],
    }
