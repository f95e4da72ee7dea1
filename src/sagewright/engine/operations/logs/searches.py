"""Searching the streams of a group (`contract.md` 8.10)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sagewright.engine.abc import LogEvent, LogStream
from sagewright.engine.operations.logs.addresses import group_in, mark_in
from sagewright.engine.operations.logs.errors import invalid_parameter, log_errors
from sagewright.engine.operations.logs.events import (
    MOST_BYTES,
    MOST_EVENTS,
    NEWEST_MS,
    described,
    latest,
    size_of,
)
from sagewright.engine.operations.logs.groups import oldest_kept_ms
from sagewright.engine.operations.logs.patterns import compiled
from sagewright.engine.operations.page_marks import token_of
from sagewright.engine.parts import Caller, Params, Parts, Result


class Found(NamedTuple):
    """An event that is meant. In this order: by time, then by stream, then as they came."""

    timestamp_ms: int
    stream: str
    begin: int
    event: LogEvent
    stream_id: str

    @property
    def place(self) -> list[int | str]:
        return [self.timestamp_ms, self.stream, self.begin]


def filter_log_events(parts: Parts, caller: Caller, params: Params) -> Result:
    """Find events in some or all streams of a group, in the order of their time."""
    group, limit = group_in(params), params.get("limit") or MOST_EVENTS
    if params.get("logStreamNames") and params.get("logStreamNamePrefix"):
        raise invalid_parameter("logStreamNames and logStreamNamePrefix are mutually exclusive.")
    if params.get("startTime") is not None and params.get("endTime", params["startTime"]) < params["startTime"]:
        raise invalid_parameter("endTime must not be before startTime.")
    mark = mark_in(params.get("nextToken"), [True, 0, "", 0])
    is_forward = mark[0] if mark else params.get("startFromHead", True)
    with log_errors():
        found = _first(_found(parts, group, params, mark, is_forward), limit + 1, is_forward)
    shown = _fitting(found[:limit])
    return {
        "events": [
            {"logStreamName": each.stream, "eventId": event_id(each.stream_id, each.begin), **described(each.event)}
            for each in shown
        ],
        "searchedLogStreams": [],
        "nextToken": token_of([is_forward, *shown[-1].place]) if len(shown) < len(found) else None,
    }


def event_id(stream_id: str, begin: int) -> str:
    """Return the id of the event at a place of a stream: never another one's, not even of a stream made anew."""
    digest = hashlib.sha256(f"{stream_id}/{begin}".encode(errors="surrogatepass")).hexdigest()
    return str(int(digest[:46], 16)).zfill(56)


def _found(parts: Parts, group: str, params: Params, mark: list[int | str] | None, is_forward: bool) -> Iterator[Found]:
    """Yield the events that are meant and stand behind the mark, stream by stream."""
    matches = compiled(params.get("filterPattern") or "").matches
    start_ms = latest(params.get("startTime"), oldest_kept_ms(parts, group))
    end_ms = params.get("endTime")
    if mark and is_forward:
        start_ms = latest(start_ms, int(mark[1]))
    elif mark:
        end_ms = min(int(mark[1]) + 1, *([] if end_ms is None else [end_ms]), int(mark[1]) + 1)
    for stream in _streams(parts, group, params):
        if stream.ingested_ms is None or (start_ms is not None and stream.ingested_ms + NEWEST_MS < start_ms):
            continue
        for begin, _, event in parts.logs.scan(group, stream.name, 0, start_ms, end_ms):
            found = Found(event.timestamp_ms, stream.name, begin, event, stream.id)
            is_left = mark is None or (found.place > mark[1:] if is_forward else found.place < mark[1:])
            if is_left and matches(event.message):
                yield found


def _streams(parts: Parts, group: str, params: Params) -> Sequence[LogStream]:
    if params.get("logStreamNames"):
        return [parts.logs.stream(group, name) for name in dict.fromkeys(params["logStreamNames"])]
    return parts.logs.streams(group, params.get("logStreamNamePrefix") or "")


def _first(found: Iterable[Found], count: int, is_forward: bool) -> list[Found]:
    """Return the first of what is found, in order, holding no more than some of it at a time."""
    kept: list[Found] = []
    for each in found:
        kept.append(each)
        if len(kept) >= 4 * count + 1000:
            kept = _sorted(kept, is_forward)[:count]
    return _sorted(kept, is_forward)[:count]


def _sorted(found: list[Found], is_forward: bool) -> list[Found]:
    return sorted(found, key=lambda each: each[:3], reverse=not is_forward)


def _fitting(found: Sequence[Found]) -> Sequence[Found]:
    """Return as many of the first as an answer holds."""
    size = 0
    for number, each in enumerate(found):
        size += size_of(each.event)
        if number and size > MOST_BYTES:
            return found[:number]
    return found
