"""The lines of a stream's file: a head, then one line per event.

The head is a JSON object, `{"name", "created_ms", "id", "from"}`. `from` is the position of the byte behind the head,
and is there once old events have been cut off; a position is a number of bytes of the file as it would be without that.
An event is `<timestamp ms> <ingested ms> <message as a JSON string>`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sagewright.engine.abc import LogEvent, PlacedEvent

_BLOCK = 1 << 16
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Head:
    """What the first line says; `shift` is what positions are ahead of places in the file, `size` its bytes."""

    name: str | None
    created_ms: int | None
    id: str
    shift: int
    size: int


def new_head(name: str, created_ms: int) -> bytes:
    """Return the first line of a new file."""
    return json.dumps({"name": name, "created_ms": created_ms, "id": uuid.uuid4().hex}).encode() + b"\n"


def cut_head(head: Head, start: int) -> bytes:
    """Return the first line of a file that begins at position `start`."""
    members = {"name": head.name, "created_ms": head.created_ms, "id": head.id, "from": start}
    return json.dumps(members).encode() + b"\n"


def head_of(line: bytes) -> Head:
    """Read the first line of a file; one that a killed writer left torn says nothing."""
    try:
        members = json.loads(line) if line.startswith(b"{") else None
    except ValueError:
        members = None
    if not isinstance(members, dict):
        return Head(None, None, "", 0, 0)
    size = len(line)
    return Head(
        members.get("name"), members.get("created_ms"), members.get("id", ""), members.get("from", size) - size, size
    )


def written(events: Sequence[LogEvent], now_ms: int) -> bytes:
    """Return the lines of events."""
    return "".join(f"{e.timestamp_ms} {e.ingested_ms or now_ms} {json.dumps(e.message)}\n" for e in events).encode()


def event_of(line: bytes) -> LogEvent | None:
    """Return the event of a line; None for a head and for what is torn."""
    try:
        timestamp, ingested, message = line.split(b" ", 2)
        text = _DECODER.decode(message.decode())
        return LogEvent(int(timestamp), text, int(ingested)) if isinstance(text, str) else None
    except ValueError:
        return None


def forward(path: Path, after: int, start_ms: int | None, end_ms: int | None) -> Iterator[PlacedEvent]:
    """Yield the whole lines' events from a position on. The file is opened now, and read as it is asked for."""
    return _forward(path.open("rb", buffering=_BLOCK), after, start_ms, end_ms)


def backward(path: Path, before: int | None, start_ms: int | None, end_ms: int | None) -> Iterator[PlacedEvent]:
    """Yield the events that end at a position or before, the last one first."""
    return _backward(path.open("rb"), before, start_ms, end_ms)


def _forward(file: BinaryIO, after: int, start_ms: int | None, end_ms: int | None) -> Iterator[PlacedEvent]:
    low, high = _bounds(start_ms, end_ms)
    with file:
        head = head_of(file.readline())
        place = max(after - head.shift, head.size)
        file.seek(place)
        begin = place + head.shift
        for line in file:
            if not line.endswith(b"\n"):
                return
            end = begin + len(line)
            event = _within(line, low, high)
            if event is not None:
                yield PlacedEvent(begin, end, event)
            begin = end


def _backward(file: BinaryIO, before: int | None, start_ms: int | None, end_ms: int | None) -> Iterator[PlacedEvent]:
    low, high = _bounds(start_ms, end_ms)
    with file:
        head = head_of(file.readline())
        size = file.seek(0, 2)
        place = size if before is None else min(max(before - head.shift, head.size), size)
        for begin, line in _lines_back(file, head.size, place):
            event = _within(line, low, high)
            if event is not None:
                yield PlacedEvent(begin + head.shift, begin + head.shift + len(line) + 1, event)


def _lines_back(file: BinaryIO, floor: int, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield where each line between two places begins, and the line; one that is torn at the end is passed over."""
    kept = b""  # what has been read from `place` on and not been given yet
    while place > floor:
        start = max(floor, place - _BLOCK)
        file.seek(start)
        kept, place = file.read(place - start) + kept, start
        cut = kept.find(b"\n") + 1 if place > floor else 0  # before it, a line's beginning may lack
        if place > floor and not cut:
            continue
        *lines, torn = kept[cut:].split(b"\n")
        end = place + len(kept) - len(torn)
        for line in reversed(lines):
            end -= len(line) + 1
            yield end, line
        kept = kept[:cut]


def _bounds(start_ms: int | None, end_ms: int | None) -> tuple[float, float]:
    return (-float("inf") if start_ms is None else start_ms), (float("inf") if end_ms is None else end_ms)


def _within(line: bytes, low: float, high: float) -> LogEvent | None:
    """Return the event of a line if its time is within bounds; most lines of another time cost no decoding."""
    blank = line.find(b" ", 0, 24)
    try:
        if not low <= int(line[:blank]) < high:
            return None
    except ValueError:
        return None
    return event_of(line)
