"""Log groups and streams (`contract.md` 8.10)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, TypeVar

from sagewright.engine.abc import LogStream
from sagewright.engine.operations.logs.errors import exists, invalid_parameter, log_errors
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import partition_of

T = TypeVar("T")
PAGE = 50


def create_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a group."""
    if not parts.logs.create_group(params["logGroupName"]):
        raise exists("group")
    return {}


def delete_log_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a group and its streams."""
    with log_errors():
        parts.logs.delete_group(params["logGroupName"])
    return {}


def describe_log_groups(parts: Parts, caller: Caller, params: Params) -> Result:
    """List groups in order of name."""
    if params.get("logGroupNamePrefix") and params.get("logGroupNamePattern"):
        raise invalid_parameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    names = [
        name
        for name in parts.logs.groups(params.get("logGroupNamePrefix", ""))
        if params.get("logGroupNamePattern", "").lower() in name.lower()
    ]
    shown, token = page_of(names, params.get("limit", PAGE), params.get("nextToken"))
    groups = [
        {"logGroupName": name, "arn": f"{arn_of(caller, name)}:*", "logGroupArn": arn_of(caller, name)}
        for name in shown
    ]
    return {"logGroups": groups, "nextToken": token}


def create_log_stream(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a stream."""
    with log_errors():
        if not parts.logs.create_stream(params["logGroupName"], params["logStreamName"]):
            raise exists("stream")
    return {}


def describe_log_streams(parts: Parts, caller: Caller, params: Params) -> Result:
    """List a group's streams, by name or by the time of their last event."""
    by_time = params.get("orderBy") == "LastEventTime"
    if by_time and params.get("logStreamNamePrefix"):
        raise invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
    group = _group_name(params)
    with log_errors():
        streams = list(parts.logs.streams(group, params.get("logStreamNamePrefix", "")))
    if by_time:
        streams.sort(key=lambda stream: (stream.last_event_ms or 0, stream.name))
    if params.get("descending"):
        streams.reverse()
    shown, token = page_of(streams, params.get("limit", PAGE), params.get("nextToken"))
    return {"logStreams": [_describe(caller, stream) for stream in shown], "nextToken": token}


def arn_of(caller: Caller, group: str) -> str:
    return f"arn:{partition_of(caller.region)}:logs:{caller.region}:{caller.account}:log-group:{group}"


def page_of(items: Sequence[T], limit: int, token: str | None) -> tuple[Sequence[T], str | None]:
    """Return a page of what is listed, and the token of the next one.

    Raises:
        ApiError: `InvalidParameterException` for a token that is not ours.
    """
    start = 0
    if token is not None:
        try:
            start = int(base64.urlsafe_b64decode(token.encode()))
        except ValueError:
            raise invalid_parameter("The specified nextToken is invalid.") from None
    end = start + limit
    return items[start:end], base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else None


def _group_name(params: Params) -> str:
    name = params.get("logGroupName") or str(params.get("logGroupIdentifier", "")).rpartition("log-group:")[2]
    if not name:
        raise invalid_parameter("Either logGroupName or logGroupIdentifier must be specified.")
    return name.removesuffix(":*")


def _describe(caller: Caller, stream: LogStream) -> dict[str, Any]:
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        "firstEventTimestamp": stream.first_event_ms,
        "lastEventTimestamp": stream.last_event_ms,
        "arn": f"{arn_of(caller, stream.group)}:log-stream:{stream.name}",
        "storedBytes": 0,  # as the service has answered since June 2019
    }
