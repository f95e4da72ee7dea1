"""Log events: written, and read stream by stream (`contract.md` 8.10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sagewright.engine.abc import LogEvent, PlacedEvent
from sagewright.engine.operations.logs.addresses import group_in
from sagewright.engine.operations.logs.errors import invalid_parameter, log_errors
from sagewright.engine.operations.logs.groups import DAY_MS, oldest_kept_ms
from sagewright.engine.operations.logs.metric_filters import has_filters
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_EVENTS = 10_000
MOST_BYTES = 1 << 20  # of one answer, and of one batch of PutLogEvents
EVENT_OVERHEAD_BYTES = 26
OLDEST_MS, NEWEST_MS = 14 * DAY_MS, 2 * 3_600_000
SEQUENCE_TOKEN = "0" * 56  # any is taken since 2023; it only looks like one
_TOKEN = re.compile(r"([fb])/0*(\d+)/s")


def put_log_events(parts: Parts, caller: Caller, params: Params) -> Result:
    """Append events to a stream that exists; those that are too old or too new are left out, and told."""
    given = params["logEvents"]
    _check(given)
    group, stream = params["logGroupName"], params["logStreamName"]
    with log_errors():
        parts.logs.stream(group, stream)
        kept, rejected = _accepted(given, int(parts.clock.now() * 1000), oldest_kept_ms(parts, group))
    if kept:
        parts.logs.append(group, stream, [LogEvent(event["timestamp"], event["message"]) for event in kept])
    if kept and has_filters(parts, group):
        parts.ring()
    answer: Result = {"nextSequenceToken": SEQUENCE_TOKEN}
    if rejected:
        answer["rejectedLogEventsInfo"] = rejected
    if params.get("entity"):  # entities are not built here, and the service has a way to say so
        answer["rejectedEntityInfo"] = {"errorType": "UnsupportedLogGroupType"}
    return answer


def get_log_events(parts: Parts, caller: Caller, params: Params) -> Result:
    """Read a stream forward from its head or a token, or backward from its end.

    A token is a position in the stream, so that following a log costs what is new. At either end the token that was
    given comes back.
    """
    group, stream = group_in(params), params["logStreamName"]
    direction, position = _position(params.get("nextToken"))
    is_back = direction == "b" or (direction is None and not params.get("startFromHead"))
    with log_errors():
        start_ms = latest(params.get("startTime"), oldest_kept_ms(parts, group))
        end_ms = params.get("endTime")
        if is_back:
            found: Iterable[PlacedEvent] = parts.logs.scan_back(group, stream, position, start_ms, end_ms)
        else:
            found = parts.logs.scan(group, stream, position or 0, start_ms, end_ms)
    shown = _page(found, params.get("limit") or MOST_EVENTS)
    if is_back:
        shown.reverse()
    start = shown[0].begin if shown else position or 0
    end = (position if is_back and position is not None else shown[-1].end) if shown else position or 0
    # In the order of their times, which is that of their coming unless batches came out of it.
    events = sorted((placed.event for placed in shown), key=lambda event: event.timestamp_ms)
    return {
        "events": [described(event) for event in events],
        "nextForwardToken": _token("f", end),
        "nextBackwardToken": _token("b", start),
    }


def described(event: LogEvent) -> dict[str, Any]:
    """Return an event as answers have it."""
    return {"timestamp": event.timestamp_ms, "message": event.message, "ingestionTime": event.ingested_ms}


def size_of(event: LogEvent) -> int:
    """Return the bytes that an event counts for in an answer."""
    return len(event.message.encode(errors="replace")) + EVENT_OVERHEAD_BYTES


def latest(*times_ms: int | None) -> int | None:
    return max((time for time in times_ms if time is not None), default=None)


def _check(given: Sequence[Any]) -> None:
    times = [event["timestamp"] for event in given]
    if times != sorted(times):
        raise invalid_parameter("Log events in a single PutLogEvents request must be in chronological order.")
    size = sum(len(event["message"].encode(errors="replace")) + EVENT_OVERHEAD_BYTES for event in given)
    if size > MOST_BYTES:
        raise invalid_parameter(f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}")
    if times and times[-1] - times[0] > DAY_MS:
        raise invalid_parameter(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
        )


def _accepted(given: Sequence[Any], now_ms: int, oldest_kept: int | None) -> tuple[Sequence[Any], dict[str, int]]:
    """Return the events that are taken, and which are not."""
    rejected = {}
    too_old = sum(1 for event in given if event["timestamp"] < now_ms - OLDEST_MS)
    expired = sum(1 for event in given if oldest_kept is not None and event["timestamp"] < oldest_kept)
    young = sum(1 for event in given if event["timestamp"] <= now_ms + NEWEST_MS)
    if too_old:
        rejected["tooOldLogEventEndIndex"] = too_old
    if expired:
        rejected["expiredLogEventEndIndex"] = expired
    if young < len(given):
        rejected["tooNewLogEventStartIndex"] = young
    return given[max(too_old, expired) : young], rejected


def _page(found: Iterable[PlacedEvent], limit: int) -> list[PlacedEvent]:
    """Return the first events of what is found: as many as an answer holds."""
    shown: list[PlacedEvent] = []
    size = 0
    for placed in found:
        size += size_of(placed.event)
        if shown and size > MOST_BYTES:
            break
        shown.append(placed)
        if len(shown) == limit:
            break
    return shown


def _token(direction: str, position: int) -> str:
    return f"{direction}/{position:056d}/s"


def _position(token: str | None) -> tuple[str | None, int | None]:
    if token is None:
        return None, None
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise invalid_parameter("The specified nextToken is invalid.")
    return match[1], int(match[2])
