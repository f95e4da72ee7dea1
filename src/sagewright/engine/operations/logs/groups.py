"""Log groups (`contract.md` 8.10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import LogGroup, Query
from sagewright.engine.operations.logs.addresses import PAGE, arn_of, group_of, mark_in
from sagewright.engine.operations.logs.errors import exists, invalid_parameter, log_errors, unbuilt
from sagewright.engine.operations.logs.metric_filters import KIND as METRIC_FILTER
from sagewright.engine.operations.logs.metric_filters import forget_filters
from sagewright.engine.operations.page_marks import token_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
DAY_MS = 86_400_000
_OTHERS = ("accountIdentifiers", "includeLinkedAccounts", "dataSources", "fieldIndexNames")


def create_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a group."""
    if params.get("kmsKeyId"):
        raise unbuilt("kmsKeyId")
    name = params["logGroupName"]
    if not parts.logs.create_group(name):
        raise exists("group")
    for setting, member in (
        ("tags", "tags"),
        ("class", "logGroupClass"),
        ("deletion_protection", "deletionProtectionEnabled"),
    ):
        if params.get(member):
            parts.logs.configure_group(name, setting, params[member])
    return {}


def delete_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a group, its streams and its filters."""
    name = params["logGroupName"]
    with log_errors():
        if parts.logs.group(name).settings.get("deletion_protection"):
            raise ApiError("ValidationException", f"The log group {name} is protected against its deletion.")
        forget_filters(parts, name)
        parts.logs.delete_group(name)
    return {}


def describe_log_groups(parts: Parts, caller: Caller, params: Params) -> Result:
    """List groups in order of name."""
    prefix, pattern = params.get("logGroupNamePrefix"), params.get("logGroupNamePattern")
    if prefix and pattern:
        raise invalid_parameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    only = {group_of(identifier) for identifier in params.get("logGroupIdentifiers") or ()}
    groups, token = _page(
        parts, params, lambda name: (not only or name in only) and (pattern or "").lower() in name.lower()
    )
    return {"logGroups": [_described(parts, caller, group) for group in groups], "nextToken": token}


def list_log_groups(parts: Parts, caller: Caller, params: Params) -> Result:
    """List groups whose names match a regular expression, in order of name."""
    expression = params.get("logGroupNamePattern") or ""
    core = expression.removeprefix("^")
    if not re.fullmatch(r"[.\-_/#A-Za-z0-9|^]*", expression):
        raise invalid_parameter(f"The pattern `{expression}` is not one of names.")
    words = core.split("|")
    is_start = expression.startswith("^")
    tags = params.get("logGroupTags")
    if tags:
        raise unbuilt("logGroupTags")

    def is_wanted(name: str) -> bool:
        return any(name.startswith(word) if is_start else word in name for word in words)

    groups, token = _page(parts, params, is_wanted)
    shown = [
        {
            "logGroupName": group.name,
            "logGroupArn": arn_of(caller, group.name),
            "logGroupClass": group.settings.get("class", "STANDARD"),
        }
        for group in groups
    ]
    return {"logGroups": shown, "nextToken": token}


def put_retention_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let events be forgotten that are older than some days."""
    days = params["retentionInDays"]
    if days not in RETENTION_DAYS:
        listed = ", ".join(map(str, RETENTION_DAYS))
        raise invalid_parameter(
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{listed}]"
        )
    with log_errors():
        parts.logs.configure_group(params["logGroupName"], "retention", days)
    parts.ring()
    return {}


def delete_retention_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Keep events for ever."""
    with log_errors():
        parts.logs.configure_group(params["logGroupName"], "retention", None)
    return {}


def put_log_group_deletion_protection(parts: Parts, caller: Caller, params: Params) -> Result:
    """Protect a group against being deleted, or no more."""
    with log_errors():
        parts.logs.configure_group(
            group_of(params["logGroupIdentifier"]), "deletion_protection", params["deletionProtectionEnabled"] or None
        )
    return {}


def oldest_kept_ms(parts: Parts, group: str) -> int | None:
    """Return the time before which events are forgotten; None: they are kept for ever.

    Raises:
        NoSuchLog: The group is missing.
    """
    days = parts.logs.group(group).settings.get("retention")
    return None if days is None else int(parts.clock.now() * 1000) - days * DAY_MS


def _page(parts: Parts, params: Params, is_wanted: Any) -> tuple[list[LogGroup], str | None]:
    for member in _OTHERS:
        if params.get(member):
            raise unbuilt(member)
    after, limit = mark_in(params.get("nextToken"), ""), params.get("limit") or PAGE
    wanted_class = params.get("logGroupClass")
    groups: list[LogGroup] = []
    for name in parts.logs.groups(params.get("logGroupNamePrefix") or ""):
        if (after is not None and name <= after) or not is_wanted(name):
            continue
        with log_errors():
            group = parts.logs.group(name)
        if wanted_class not in (None, group.settings.get("class", "STANDARD")):
            continue
        if len(groups) == limit:
            return groups, token_of(groups[-1].name)
        groups.append(group)
    return groups, None


def _described(parts: Parts, caller: Caller, group: LogGroup) -> Mapping[str, Any]:
    filters = Query(METRIC_FILTER, caller.scope, name_prefix=f"{group.name}:")
    with log_errors():
        stored = parts.logs.stored_bytes(group.name)
    return {
        "logGroupName": group.name,
        "creationTime": group.created_ms,
        "retentionInDays": group.settings.get("retention"),
        "metricFilterCount": parts.state.count(filters),
        "arn": f"{arn_of(caller, group.name)}:*",
        "logGroupArn": arn_of(caller, group.name),
        "storedBytes": stored,
        "logGroupClass": group.settings.get("class", "STANDARD"),
        "deletionProtectionEnabled": group.settings.get("deletion_protection", False),
    }
