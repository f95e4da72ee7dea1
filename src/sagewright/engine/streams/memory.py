"""Logs in memory."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sagewright.engine.abc import Clock, LogEvent, LogGroup, LogStream, NoSuchLog, PlacedEvent


@dataclass
class _Stream:
    created_ms: int
    events: list[LogEvent] = field(default_factory=list)
    gone: int = 0  # events that were cut off at the head
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def facts(self, group: str, name: str) -> LogStream:
        first, last = (self.events[0], self.events[-1]) if self.events else (None, None)
        return LogStream(
            group,
            name,
            self.created_ms,
            first.timestamp_ms if first else None,
            last.timestamp_ms if last else None,
            sum(len(event.message.encode(errors="surrogatepass")) for event in self.events),
            self.id,
            last.ingested_ms if last else None,
        )

    def placed(self) -> list[PlacedEvent]:
        return [PlacedEvent(n, n + 1, event) for n, event in enumerate(self.events, self.gone)]


@dataclass
class _Group:
    created_ms: int
    settings: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, _Stream] = field(default_factory=dict)


class MemoryLogStore:
    """A `LogStore` that lives as long as its object. A position is the number of events before it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._groups: dict[str, _Group] = {}

    # Groups

    def create_group(self, group: str) -> bool:
        with self._lock:
            if group in self._groups:
                return False
            self._groups[group] = _Group(self._now_ms())
            return True

    def group(self, group: str) -> LogGroup:
        with self._lock:
            found = self._group(group)
            return LogGroup(group, found.created_ms, dict(found.settings))

    def groups(self, prefix: str = "") -> Sequence[str]:
        with self._lock:
            return sorted(name for name in self._groups if name.startswith(prefix))

    def stored_bytes(self, group: str) -> int:
        return sum(stream.stored_bytes for stream in self.streams(group))

    def configure_group(self, group: str, setting: str, value: Any) -> None:
        with self._lock:
            settings = self._group(group).settings
            settings.pop(setting, None)
            if value is not None:
                settings[setting] = value

    def delete_group(self, group: str) -> None:
        with self._lock:
            self._group(group)
            del self._groups[group]

    # Streams

    def create_stream(self, group: str, stream: str) -> bool:
        with self._lock:
            streams = self._group(group).streams
            if stream in streams:
                return False
            streams[stream] = _Stream(self._now_ms())
            return True

    def stream(self, group: str, stream: str) -> LogStream:
        with self._lock:
            return self._stream(group, stream).facts(group, stream)

    def stream_names(self, group: str, prefix: str = "") -> Sequence[str]:
        with self._lock:
            return sorted(name for name in self._group(group).streams if name.startswith(prefix))

    def streams(self, group: str, prefix: str = "") -> Sequence[LogStream]:
        with self._lock:
            return [self.stream(group, name) for name in self.stream_names(group, prefix)]

    def delete_stream(self, group: str, stream: str) -> None:
        with self._lock:
            self._stream(group, stream)
            del self._groups[group].streams[stream]

    # Events

    def append(self, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        with self._lock:
            self.create_group(group)
            self.create_stream(group, stream)
            now = self._now_ms()
            kept = [event if event.ingested_ms else replace(event, ingested_ms=now) for event in events]
            self._stream(group, stream).events.extend(kept)

    def read(self, group: str, stream: str, after: int = 0, limit: int = 10_000) -> tuple[Sequence[LogEvent], int]:
        found = list(self.scan(group, stream, after))[: max(limit, 0)]
        return [event for _, _, event in found], found[-1].end if found else after

    def scan(
        self, group: str, stream: str, after: int = 0, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        placed = self._placed(group, stream, start_ms, end_ms)
        return iter([each for each in placed if each.begin >= after])

    def scan_back(
        self, group: str, stream: str, before: int | None = None, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        placed = self._placed(group, stream, start_ms, end_ms)
        return reversed([each for each in placed if before is None or each.end <= before])

    def expire(self, group: str, before_ms: int) -> int:
        with self._lock:
            return sum(_cut(stream, before_ms) for stream in self._group(group).streams.values())

    def sweep(self) -> int:
        return 0

    def close(self) -> None:
        """Keep everything: the events live as long as the store's object."""

    def _placed(self, group: str, stream: str, start_ms: int | None, end_ms: int | None) -> list[PlacedEvent]:
        with self._lock:
            placed = self._stream(group, stream).placed()
        return [
            each
            for each in placed
            if (start_ms is None or each.event.timestamp_ms >= start_ms)
            and (end_ms is None or each.event.timestamp_ms < end_ms)
        ]

    def _group(self, group: str) -> _Group:
        if group not in self._groups:
            raise NoSuchLog("group", group)
        return self._groups[group]

    def _stream(self, group: str, stream: str) -> _Stream:
        streams = self._group(group).streams
        if stream not in streams:
            raise NoSuchLog("stream", stream)
        return streams[stream]

    def _now_ms(self) -> int:
        return int(self._clock.now() * 1000)


def _cut(stream: _Stream, before_ms: int) -> int:
    young = next((n for n, event in enumerate(stream.events) if event.timestamp_ms >= before_ms), len(stream.events))
    went = sum(len(event.message.encode(errors="surrogatepass")) for event in stream.events[:young])
    del stream.events[:young]
    stream.gone += young
    return went
