"""CloudWatch alarms as records (CloudWatch API Reference). The steward evaluates them while it works."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.cloudwatch.alarm_checks import check_metric_alarm
from sagewright.engine.operations.cloudwatch.alarm_history import configured, note, state_updated
from sagewright.engine.operations.cloudwatch.alarm_lists import composites_of
from sagewright.engine.operations.cloudwatch.alarm_records import KIND, METRIC, type_of
from sagewright.engine.operations.cloudwatch.errors import invalid
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.scaling.alarms import ALARM, INSUFFICIENT, OK
from sagewright.vocabulary.arns import Arn, partition_of
from sagewright.vocabulary.errors import ApiError

ACTIONS = {OK: "OKActions", ALARM: "AlarmActions", INSUFFICIENT: "InsufficientDataActions"}


def put_metric_alarm(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make an alarm, or change one; a changed one keeps its state until it is evaluated again.

    Raises:
        ApiError: `ValidationError`.
    """
    check_metric_alarm(params)
    request = {member: value for member, value in params.items() if member != "Tags"}
    if "Metrics" not in params:
        request["Dimensions"] = list(params.get("Dimensions", ()))
    put_alarm(parts, caller.scope, request, METRIC, params.get("Tags") or ())
    parts.ring()
    return {}


def delete_alarms(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget alarms, all or none.

    Raises:
        ApiError: `ResourceNotFound`: one of them is missing; `ValidationError`: a composite alarm that stays names one.
    """
    names = list(dict.fromkeys(params["AlarmNames"]))
    records = [find(parts, caller, name) for name in names]
    for composite, rule in composites_of(parts, caller.scope):
        if composite.name not in names and (used := next((name for name in names if name in rule.names), None)):
            raise invalid(f"Cannot delete the alarm {used}: the composite alarm {composite.name} depends on it.")
    for record in records:
        parts.state.delete(KIND, caller.scope, record.name)
        note(parts, record, configured("Delete", record.body["request"]))
    return {}


def set_alarm_state(parts: Parts, caller: Caller, params: Params) -> Result:
    """Put an alarm into a state, until it is evaluated again; the steward runs the actions of a state that is new."""
    _check_reason_data(params.get("StateReasonData"))
    while True:
        record = find(parts, caller, params["AlarmName"])
        body = turned(record.body, params["StateValue"], params["StateReason"], parts.clock.now())
        body["reason_data"] = params.get("StateReasonData")
        is_new = body["state"] != record.body["state"]
        if is_new:
            body["untold"] = {"was": record.body["state"]}
        try:
            changed = parts.state.put(replace(record, body=body, status=body["state"]), expected_version=record.version)
        except VersionConflict:
            continue
        break
    if is_new:
        note(parts, changed, state_updated(record.body, body))
    parts.ring()
    return {}


def enable_alarm_actions(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let alarms run their actions; names of none are passed over."""
    return _set_enabled(parts, caller, params["AlarmNames"], is_enabled=True)


def disable_alarm_actions(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let alarms change their states only; names of none are passed over."""
    return _set_enabled(parts, caller, params["AlarmNames"], is_enabled=False)


def put_alarm(
    parts: Parts,
    scope: str,
    request: Mapping[str, Any],
    alarm_type: str = METRIC,
    tags: Sequence[Mapping[str, str]] = (),
) -> str:
    """Write an alarm and return its ARN.

    Args:
        request: The members of `PutMetricAlarm` or `PutCompositeAlarm`, checked.
        tags: Of a new alarm; those of one that exists stay as they are.

    Raises:
        ApiError: `ValidationError`: there is an alarm of the other type under that name.
    """
    account, _, region = scope.partition("/")
    name, now = request["AlarmName"], parts.clock.now()
    arn = str(Arn(partition_of(region), "cloudwatch", region, account, f"alarm:{name}"))
    while True:
        record = parts.state.get(KIND, scope, name)
        if record is not None and type_of(record) != alarm_type:
            raise invalid(f"The alarm {name} is a {type_of(record)}; it cannot become a {alarm_type}.")
        body: dict[str, Any] = dict(record.body) if record else _new_body(now, tags)
        body |= {"request": dict(request), "arn": arn, "configured_at": now, "type": alarm_type}
        try:
            made = parts.state.put(
                Record(KIND, scope, name, body, body["state"]), expected_version=record.version if record else 0
            )
        except VersionConflict:
            continue
        note(parts, made, configured("Update" if record else "Create", request))
        return arn


def turned(body: Mapping[str, Any], state: str, reason: str, now: float) -> dict[str, Any]:
    """Return the body of an alarm that has come into a state."""
    changed = {**body, "state": state, "reason": reason[:1023], "updated_at": now}
    if body.get("state") != state:
        changed["transitioned_at"] = now
    return changed


def find(parts: Parts, caller: Caller, name: str) -> Record:
    """Return an alarm.

    Raises:
        ApiError: `ResourceNotFound`.
    """
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        raise ApiError("ResourceNotFound", f"Unable to find alarm {name}.", 404)
    return record


def _new_body(now: float, tags: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    body = turned({}, INSUFFICIENT, "Unchecked: Initial alarm creation", now)
    if tags:
        body["tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    return body


def _set_enabled(parts: Parts, caller: Caller, names: Sequence[str], *, is_enabled: bool) -> Result:
    for name in names:
        while True:
            record = parts.state.get(KIND, caller.scope, name)
            if record is None or record.body["request"].get("ActionsEnabled", True) == is_enabled:
                break
            request = {**record.body["request"], "ActionsEnabled": is_enabled}
            body = {**record.body, "request": request, "configured_at": parts.clock.now()}
            try:
                changed = parts.state.put(replace(record, body=body), expected_version=record.version)
            except VersionConflict:
                continue
            note(parts, changed, configured("Update", request))
            break
    return {}


def _check_reason_data(text: str | None) -> None:
    try:
        if text:
            json.loads(text)
    except (ValueError, RecursionError):
        raise ApiError("InvalidFormat", "StateReasonData is not a valid JSON document.") from None
