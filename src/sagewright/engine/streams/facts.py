"""Facts of streams, read from their files and remembered while those stay as they are."""

from __future__ import annotations

import os

from sagewright.engine.abc import LogEvent, LogStream
from sagewright.engine.streams.lines import event_of, head_of

_FRONT_BYTES = 1 << 12
_MOST_REMEMBERED = 200_000

_Mark = tuple[int, int, int]


class StreamFacts:
    """Reads the facts of streams' files; those of a file that has not changed are not read again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Mark, LogStream]] = {}

    def of(self, group: str, name: str | None, path: str) -> LogStream:
        """Return a stream's facts.

        Args:
            name: None where the file's head must say it.

        Raises:
            FileNotFoundError: There is no such file.
        """
        status = os.stat(path)
        known = self._known.get(path)
        if known is not None and known[0] == _mark(status):
            return known[1]
        mark, facts = _read(group, name, path)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[path] = (mark, facts)
        return facts

    def forget(self) -> None:
        """Forget everything: files have been removed, and another one may look the same to the file system."""
        self._known.clear()


def _mark(status: os.stat_result) -> _Mark:
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _read(group: str, name: str | None, path: str) -> tuple[_Mark, LogStream]:
    with open(path, "rb", buffering=0) as file:
        descriptor = file.fileno()
        status = os.fstat(descriptor)
        front = os.pread(descriptor, _FRONT_BYTES, 0)
        head = head_of(front[: front.find(b"\n") + 1] or _line_at(descriptor, 0) or b"")
        if status.st_size <= len(front):  # then all of it has been read
            events = [event for line in front.split(b"\n")[:-1] if (event := event_of(line))]
            first, last = (events[0], events[-1]) if events else (None, None)
        else:
            first, last = _first(descriptor, head.size), _last(descriptor, status.st_size)
    facts = LogStream(
        group,
        name if name is not None else str(head.name),
        head.created_ms if isinstance(head.created_ms, int) else int(status.st_ctime * 1000),
        first.timestamp_ms if first else None,
        last.timestamp_ms if last else None,
        status.st_size,
        head.id or f"{group}/{name}",
        last.ingested_ms if last else None,
    )
    return _mark(status), facts


def _first(descriptor: int, place: int) -> LogEvent | None:
    """Return the first event, passing over torn lines."""
    while (line := _line_at(descriptor, place)) is not None:
        event = event_of(line)
        if event is not None:
            return event
        place += len(line)
    return None


def _last(descriptor: int, size: int) -> LogEvent | None:
    """Return the last event; a line may be longer than what is looked at first."""
    back = _FRONT_BYTES
    while True:
        lines = os.pread(descriptor, min(back, size), max(0, size - back)).split(b"\n")[:-1]
        found = next((event for line in reversed(lines) if (event := event_of(line))), None)
        if found is not None or back >= size:
            return found
        back *= 16


def _line_at(descriptor: int, place: int) -> bytes | None:
    """Return the whole line that begins at a place, or None."""
    data = b""
    while True:
        block = os.pread(descriptor, _FRONT_BYTES, place + len(data))
        end = block.find(b"\n")
        if end >= 0:
            return data + block[: end + 1]
        if not block:
            return None
        data += block
