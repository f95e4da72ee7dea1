"""Logs and metrics in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sagewright.engine.abc import Clock, Datum, LogEvent, LogStream, NoSuchLog

_Series = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass
class _Stream:
    created_ms: int
    events: list[LogEvent] = field(default_factory=list)

    def facts(self, group: str, name: str) -> LogStream:
        return LogStream(
            group,
            name,
            self.created_ms,
            self.events[0].timestamp_ms if self.events else None,
            self.events[-1].timestamp_ms if self.events else None,
            sum(len(event.message.encode(errors="surrogatepass")) for event in self.events),
        )


class MemoryLogStore:
    """A `LogStore` that lives as long as its object. A position is the number of events before it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._groups: dict[str, dict[str, _Stream]] = {}

    def create_group(self, group: str) -> bool:
        with self._lock:
            if group in self._groups:
                return False
            self._groups[group] = {}
            return True

    def create_stream(self, group: str, stream: str) -> bool:
        with self._lock:
            streams = self._group(group)
            if stream in streams:
                return False
            streams[stream] = _Stream(self._now_ms())
            return True

    def append(self, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        with self._lock:
            self.create_group(group)
            self.create_stream(group, stream)
            now = self._now_ms()
            kept = [event if event.ingested_ms else replace(event, ingested_ms=now) for event in events]
            self._groups[group][stream].events.extend(kept)

    def read(self, group: str, stream: str, after: int = 0, limit: int = 10_000) -> tuple[Sequence[LogEvent], int]:
        with self._lock:
            streams = self._group(group)
            if stream not in streams:
                raise NoSuchLog("stream", stream)
            events = streams[stream].events[after : after + max(limit, 0)]
        return events, after + len(events)

    def streams(self, group: str, prefix: str = "") -> Sequence[LogStream]:
        with self._lock:
            streams = self._group(group)
            return [streams[name].facts(group, name) for name in sorted(streams) if name.startswith(prefix)]

    def groups(self, prefix: str = "") -> Sequence[str]:
        with self._lock:
            return sorted(name for name in self._groups if name.startswith(prefix))

    def delete_group(self, group: str) -> None:
        with self._lock:
            self._group(group)
            del self._groups[group]

    def close(self) -> None:
        """Keep everything: the events live as long as the store's object."""

    def _group(self, group: str) -> dict[str, _Stream]:
        if group not in self._groups:
            raise NoSuchLog("group", group)
        return self._groups[group]

    def _now_ms(self) -> int:
        return int(self._clock.now() * 1000)


class MemoryMetricStore:
    """A `MetricStore` that lives as long as its object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[_Series, list[Datum]] = {}

    def put(self, data: Sequence[Datum]) -> None:
        with self._lock:
            for datum in data:
                key = (datum.namespace, datum.name, tuple(sorted(datum.dimensions.items())))
                kept = replace(datum, dimensions=dict(datum.dimensions))
                self._series.setdefault(key, []).append(kept)

    def query(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float
    ) -> Sequence[Datum]:
        with self._lock:
            points = self._series.get((namespace, name, tuple(sorted(dimensions.items()))), [])
            found = [replace(datum, dimensions=dict(datum.dimensions)) for datum in points]
        return sorted((datum for datum in found if start <= datum.timestamp < end), key=lambda datum: datum.timestamp)

    def list(
        self, namespace: str | None = None, name: str | None = None
    ) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        with self._lock:
            keys = sorted(self._series)
        return [
            (space, metric, dict(dimensions))
            for space, metric, dimensions in keys
            if namespace in (None, space) and name in (None, metric)
        ]

    def close(self) -> None:
        """Keep everything: the points live as long as the store's object."""
