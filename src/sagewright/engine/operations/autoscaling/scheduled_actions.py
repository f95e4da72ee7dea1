"""Scheduled actions: put, describe, delete (Application Auto Scaling API Reference)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.autoscaling.records import (
    NAMESPACE,
    SCHEDULED,
    check_resource,
    find_target,
    key,
    list_page,
    not_found,
)
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.scaling.schedules import BadSchedule, next_time, zone
from sagewright.vocabulary.arns import Arn, partition_of
from sagewright.vocabulary.errors import ApiError, validation_error


def put_scheduled_action(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a scheduled action, or change the members of one that are given.

    Raises:
        ApiError: `ObjectNotFoundException` where the target is not registered; `ValidationException`.
    """
    check_resource(params)
    target = find_target(parts, caller, params)
    name = key(params, params["ScheduledActionName"])
    record = parts.state.get(SCHEDULED, caller.scope, name)
    request = {**(record.body["request"] if record else {}), **params}
    for member in ("StartTime", "EndTime"):
        if member in params:
            request[member] = params[member].timestamp()
    _check(request, target.body["request"])
    body = {
        "request": request,
        "arn": record.body["arn"] if record else _arn(parts, caller, params),
        "next_at": _first(request, parts.clock.now()),
    }
    try:
        parts.state.put(Record(SCHEDULED, caller.scope, name, body), expected_version=record.version if record else 0)
    except VersionConflict:
        raise ApiError("ConcurrentUpdateException", "The scheduled action is being changed by somebody else.") from None
    parts.ring()
    return {}


def describe_scheduled_actions(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of scheduled actions."""
    return list_page(
        parts,
        caller,
        params,
        SCHEDULED,
        "ScheduledActions",
        _described,
        names=params.get("ScheduledActionNames") or None,
    )


def delete_scheduled_action(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a scheduled action.

    Raises:
        ApiError: `ObjectNotFoundException`.
    """
    check_resource(params)
    name = key(params, params["ScheduledActionName"])
    if parts.state.get(SCHEDULED, caller.scope, name) is None:
        raise not_found("scheduled action found", params, f", scheduled action name: {params['ScheduledActionName']}")
    parts.state.delete(SCHEDULED, caller.scope, name)
    return {}


def due_next(request: Mapping[str, Any], after: float) -> float | None:
    """Return when a scheduled action is due next, in unix seconds; None: never again."""
    since = request.get("StartTime", after)
    due = next_time(request["Schedule"], max(after, since - 1), since, zone(request.get("Timezone")))
    return due if due is None or due <= request.get("EndTime", due) else None


def _first(request: dict[str, Any], now: float) -> float | None:
    try:
        if request["Schedule"].startswith("rate("):
            request.setdefault("StartTime", now)
        due = due_next(request, now)
    except BadSchedule as error:
        raise validation_error(f"The schedule `{request['Schedule']}` is not valid: {error}.") from None
    if due is None:
        raise validation_error(f"The schedule `{request['Schedule']}` is never due: it lies in the past.")
    return due


def _check(request: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    if not request.get("Schedule"):
        raise validation_error("Schedule is required to create a scheduled action.")
    action = request.get("ScalableTargetAction") or {}
    if not action:
        raise validation_error("ScalableTargetAction needs a MinCapacity, a MaxCapacity, or both.")
    low, high = action.get("MinCapacity", target["MinCapacity"]), action.get("MaxCapacity", target["MaxCapacity"])
    if high < low:
        raise validation_error("Maximum capacity cannot be less than minimum capacity")
    if low < min(target["MinCapacity"], 1):
        raise validation_error("Minimum capacity must be greater than or equal to 1.")
    if request.get("Timezone") and request["Schedule"].startswith("rate("):
        raise validation_error("A Timezone is only for at and cron expressions.")


def _described(record: Record) -> Result:
    return {**record.body["request"], "ScheduledActionARN": record.body["arn"], "CreationTime": record.created_at}


def _arn(parts: Parts, caller: Caller, params: Params) -> str:
    identity, name = uuid.UUID(parts.ids.new()), params["ScheduledActionName"]
    resource = f"scheduledAction:{identity}:resource/{NAMESPACE}/{params['ResourceId']}:scheduledActionName/{name}"
    return str(Arn(partition_of(caller.region), "autoscaling", caller.region, caller.account, resource))
