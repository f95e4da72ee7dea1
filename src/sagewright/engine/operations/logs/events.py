"""Log events (`contract.md` 8.10)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sagewright.engine.abc import LogEvent
from sagewright.engine.operations.logs.errors import invalid_parameter, log_errors
from sagewright.engine.operations.logs.groups import page_of
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_EVENTS = 10_000
MOST_BYTES = 1 << 20  # of one answer to GetLogEvents, and of one batch of PutLogEvents
EVENT_OVERHEAD_BYTES = 26
_CHUNK = 10_000
_TOKEN = re.compile(r"([fb])/0*(\d+)/s")


def put_log_events(parts: Parts, caller: Caller, params: Params) -> Result:
    """Append events to a stream that exists."""
    given = params["logEvents"]
    times = [event["timestamp"] for event in given]
    if times != sorted(times):
        raise invalid_parameter("Log events in a single PutLogEvents request must be in chronological order.")
    size = sum(len(event["message"].encode()) + EVENT_OVERHEAD_BYTES for event in given)
    if size > MOST_BYTES:
        raise invalid_parameter(f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}")
    group, stream = params["logGroupName"], params["logStreamName"]
    with log_errors():
        parts.logs.read(group, stream, limit=0)
    parts.logs.append(group, stream, [LogEvent(event["timestamp"], event["message"]) for event in given])
    return {"nextSequenceToken": "0"}


def get_log_events(parts: Parts, caller: Caller, params: Params) -> Result:
    """Read a stream forward from its head or a token, or backward from its end.

    A forward token is a position in the stream, so that following a log costs what is new. At either end the token
    that was given comes back.
    """
    group, stream = _names(params)
    limit = params.get("limit", MOST_EVENTS)
    direction, position = _position(params.get("nextToken"))
    wanted = _between(params.get("startTime"), params.get("endTime"))
    with log_errors():
        if direction == "b" or (direction is None and not params.get("startFromHead")):
            shown, start, end = _before(parts, group, stream, position, limit, wanted)
        else:
            shown, start, end = _after(parts, group, stream, position or 0, limit, wanted)
    return {
        "events": [_describe(e) for e in shown],
        "nextForwardToken": _token("f", end),
        "nextBackwardToken": _token("b", start),
    }


def filter_log_events(parts: Parts, caller: Caller, params: Params) -> Result:
    """Find events in some or all streams of a group, in the order of their time."""
    group, names = params.get("logGroupName", ""), params.get("logStreamNames")
    prefix = params.get("logStreamNamePrefix")
    if names and prefix:
        raise invalid_parameter("logStreamNames and logStreamNamePrefix are mutually exclusive.")
    wanted = _between(params.get("startTime"), params.get("endTime"))
    matches = _pattern(params.get("filterPattern", ""))
    found: list[tuple[int, str, int, LogEvent]] = []
    with log_errors():
        for stream in names or [stream.name for stream in parts.logs.streams(group, prefix or "")]:
            for number, event in enumerate(_all(parts, group, stream)):
                if wanted(event) and matches(event.message):
                    found.append((event.timestamp_ms, stream, number, event))
    found.sort(key=lambda item: item[:3])
    shown, token = page_of(found, params.get("limit", MOST_EVENTS), params.get("nextToken"))
    return {
        "events": [
            {"logStreamName": stream, "eventId": _event_id(stream, number), **_describe(event)}
            for _, stream, number, event in shown
        ],
        "searchedLogStreams": [],
        "nextToken": token,
    }


def _names(params: Params) -> tuple[str, str]:
    group = params.get("logGroupName") or str(params.get("logGroupIdentifier", "")).rpartition("log-group:")[2]
    return group.removesuffix(":*"), params["logStreamName"]


Wanted = Callable[[LogEvent], bool]


def _between(start_ms: int | None, end_ms: int | None) -> Wanted:
    def wanted(event: LogEvent) -> bool:
        return (start_ms is None or event.timestamp_ms >= start_ms) and (end_ms is None or event.timestamp_ms < end_ms)

    return wanted


def _after(
    parts: Parts, group: str, stream: str, start: int, limit: int, wanted: Wanted
) -> tuple[Sequence[LogEvent], int, int]:
    """Return up to `limit` events from a position on, that position and the one behind the last."""
    shown: list[LogEvent] = []
    size, position = 0, start
    while len(shown) < limit:
        events, behind = parts.logs.read(group, stream, position, min(limit - len(shown), _CHUNK))
        if not events:
            return shown, start, behind
        for event in events:
            size += len(event.message.encode(errors="replace")) + EVENT_OVERHEAD_BYTES
            if size > MOST_BYTES and shown:
                return shown, start, _behind(parts, group, stream, position, events.index(event))
            if wanted(event):
                shown.append(event)
        position = behind
    return shown, start, position


def _behind(parts: Parts, group: str, stream: str, position: int, count: int) -> int:
    """Return the position `count` events further on."""
    return parts.logs.read(group, stream, position, count)[1] if count else position


def _before(
    parts: Parts, group: str, stream: str, end: int | None, limit: int, wanted: Wanted
) -> tuple[Sequence[LogEvent], int, int]:
    """Return the last `limit` events before a position (None: the end), where they begin, and the position."""
    placed: list[tuple[int, int, LogEvent]] = []  # where the event's chunk begins, and its number in there
    position, size = 0, _CHUNK
    while True:
        events, behind = parts.logs.read(group, stream, position, size)
        if not events:
            break
        if end is not None and behind > end:
            if size == 1:
                break
            size = 1  # the last steps to the position, one by one
            continue
        placed += [(position, number, event) for number, event in enumerate(events) if wanted(event)]
        position = behind
    shown = placed[-limit:]
    start = 0 if len(shown) == len(placed) else _behind(parts, group, stream, *shown[0][:2])
    return [event for _, _, event in shown], start, position


def _all(parts: Parts, group: str, stream: str) -> Iterator[LogEvent]:
    position = 0
    while True:
        events, position = parts.logs.read(group, stream, position, _CHUNK)
        if not events:
            return
        yield from events


def _describe(event: LogEvent) -> dict[str, Any]:
    return {"timestamp": event.timestamp_ms, "message": event.message, "ingestionTime": event.ingested_ms}


def _token(direction: str, position: int) -> str:
    return f"{direction}/{position:056d}/s"


def _position(token: str | None) -> tuple[str | None, int | None]:
    if token is None:
        return None, None
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise invalid_parameter("The specified nextToken is invalid.")
    return match[1], int(match[2])


def _event_id(stream: str, number: int) -> str:
    digest = hashlib.sha256(f"{stream}/{number}".encode()).hexdigest()
    return str(int(digest[:46], 16)).zfill(56)


_TERM = re.compile(r'(-|\?)?(?:"((?:[^"\\]|\\.)*)"|([\w.:/@-]+))\s*')


def _pattern(text: str) -> Callable[[str], bool]:
    """Return the test of a filter pattern of terms: `a "b c"` all of them, `?a ?b` any, `-a` not.

    Raises:
        ApiError: `InvalidParameterException` for the other pattern languages, which are not built.
    """
    rest = text.strip()
    every: list[str] = []
    any_: list[str] = []
    none: list[str] = []
    while rest:
        match = _TERM.match(rest)
        if match is None:
            raise invalid_parameter(
                f"The filter pattern `{text}` is not one of terms, which are all that is built here."
            )
        term = match[2].replace('\\"', '"') if match[2] is not None else match[3]
        {None: every, "?": any_, "-": none}[match[1]].append(term)
        rest = rest[match.end() :]

    def matches(message: str) -> bool:
        return (
            all(term in message for term in every)
            and (not any_ or any(term in message for term in any_))
            and not any(term in message for term in none)
        )

    return matches
