"""Log streams (`contract.md` 8.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.engine.abc import LogStream
from sagewright.engine.operations.logs.addresses import PAGE, arn_of, group_in, mark_in
from sagewright.engine.operations.logs.errors import exists, invalid_parameter, log_errors
from sagewright.engine.operations.logs.events import SEQUENCE_TOKEN
from sagewright.engine.operations.page_marks import token_of
from sagewright.engine.parts import Caller, Params, Parts, Result


def create_log_stream(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a stream."""
    with log_errors():
        if not parts.logs.create_stream(params["logGroupName"], params["logStreamName"]):
            raise exists("stream")
    return {}


def delete_log_stream(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a stream and its events."""
    with log_errors():
        parts.logs.delete_stream(params["logGroupName"], params["logStreamName"])
    return {}


def describe_log_streams(parts: Parts, caller: Caller, params: Params) -> Result:
    """List a group's streams, by name or by the time of their last event."""
    group, prefix = group_in(params), params.get("logStreamNamePrefix") or ""
    by_time = params.get("orderBy") == "LastEventTime"
    if by_time and prefix:
        raise invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
    with log_errors():
        page = _by_time if by_time else _by_name
        streams, token = page(parts, group, prefix, params)
    return {"logStreams": [_described(caller, stream) for stream in streams], "nextToken": token}


def _by_name(parts: Parts, group: str, prefix: str, params: Params) -> tuple[Sequence[LogStream], str | None]:
    """Return a page of streams; only those that are shown are looked at."""
    names = parts.logs.stream_names(group, prefix)
    after, limit, down = mark_in(params.get("nextToken"), ""), params.get("limit") or PAGE, params.get("descending")
    left = [name for name in names if after is None or (name < after if down else name > after)]
    shown = (left[::-1] if down else left)[:limit]
    return [parts.logs.stream(group, name) for name in shown], token_of(shown[-1]) if len(shown) < len(left) else None


def _by_time(parts: Parts, group: str, prefix: str, params: Params) -> tuple[Sequence[LogStream], str | None]:
    after, limit, down = (
        mark_in(params.get("nextToken"), [0, ""]),
        params.get("limit") or PAGE,
        params.get("descending"),
    )
    streams = sorted(parts.logs.streams(group, prefix), key=_place, reverse=bool(down))
    left = [each for each in streams if after is None or (_place(each) < after if down else _place(each) > after)]
    shown = left[:limit]
    return shown, token_of(_place(shown[-1])) if len(shown) < len(left) else None


def _place(stream: LogStream) -> list[Any]:
    return [stream.last_event_ms or 0, stream.name]


def _described(caller: Caller, stream: LogStream) -> dict[str, Any]:
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        "firstEventTimestamp": stream.first_event_ms,
        "lastEventTimestamp": stream.last_event_ms,
        "lastIngestionTime": stream.ingested_ms,
        "uploadSequenceToken": SEQUENCE_TOKEN,
        "arn": f"{arn_of(caller, stream.group)}:log-stream:{stream.name}",
        "storedBytes": 0,  # as the service has answered since June 2019
    }
