"""The steward's loop for metric filters: it follows the streams of groups that have some.

How far each stream has been looked at is written down after the metrics are: whatever is killed in between, no event is
left out, and some may count twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Datum, LogEvent, NoSuchLog, Query, Record, VersionConflict
from sagewright.engine.operations.logs.metric_filters import KIND, PROGRESS, records_of
from sagewright.engine.operations.logs.patterns import compiled
from sagewright.engine.operations.logs.patterns.pattern import number_of
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import ApiError

LOOK_S = 1.0
MOST_EVENTS = 20_000  # of one stream and look

log = logging.getLogger(__name__)

_Key = tuple[str, str, tuple[tuple[str, str], ...], float, float, str]


class MetricFilterReconciler:
    """Turns log events into metrics as filters say."""

    kind = KIND

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._due = 0.0
        self._sizes: dict[str, int] = {}  # of streams that have been looked at to their ends, by id

    def tick(self) -> bool:
        """Look at what has been written since; it is busy while there is more."""
        now = self._parts.clock.now()
        if now < self._due or not self._parts.state.count(Query(KIND)):
            return False
        self._due = now + LOOK_S
        filters: dict[str, list[Record]] = {}
        for record in records_of(self._parts):
            filters.setdefault(record.body["logGroupName"], []).append(record)
        busy = [self._look_at(group, found) for group, found in filters.items()]
        return any(busy)

    def _look_at(self, group: str, filters: Sequence[Record]) -> bool:
        try:
            return self._followed(group, filters)
        except NoSuchLog:
            return False
        except (ApiError, OSError):
            log.exception("the metric filters of %s", group)
            return False

    def _followed(self, group: str, filters: Sequence[Record]) -> bool:
        progress = self._parts.state.get(PROGRESS, "", group)
        ends: dict[str, int] = dict(progress.body["ends"]) if progress else {}
        streams = self._parts.logs.streams(group)
        fresh = [stream for stream in streams if self._sizes.get(stream.id) != stream.stored_bytes]
        if not fresh:
            return False
        found: Counter[_Key] = Counter()
        more = False
        for stream in fresh:
            count = 0
            for _, end, event in self._parts.logs.scan(group, stream.name, ends.get(stream.id, 0)):
                found.update(key for record in filters for key in _keys(record, event))
                ends[stream.id], count = end, count + 1
                if count == MOST_EVENTS:
                    break
            if count == MOST_EVENTS:
                more = True
            else:
                self._sizes[stream.id] = stream.stored_bytes
        self._parts.metrics.put([_datum(key, count) for key, count in found.items()])
        self._write(group, progress, {stream.id: ends[stream.id] for stream in streams if stream.id in ends})
        return more or bool(found)

    def _write(self, group: str, progress: Record | None, ends: Mapping[str, int]) -> None:
        body = {"ends": dict(ends)}
        record = replace(progress, body=body) if progress else Record(PROGRESS, "", group, body)
        try:
            self._parts.state.put(record, expected_version=progress.version if progress else 0)
        except VersionConflict:  # the group is another one by now: its filters begin anew
            self._sizes.clear()


def _keys(record: Record, event: LogEvent) -> Iterator[_Key]:
    """Yield the points that one filter makes of one event."""
    pattern = compiled(record.body["filterPattern"])
    is_meant = pattern.matches(event.message)
    for transformation in record.body["metricTransformations"]:
        if is_meant:
            value = _value(transformation["metricValue"], pattern.value, event.message)
            dimensions = _dimensions(transformation.get("dimensions") or {}, pattern.value, event.message)
        else:
            value, dimensions = transformation.get("defaultValue"), {}
        if value is not None and dimensions is not None:
            yield (
                transformation["metricNamespace"],
                transformation["metricName"],
                tuple(sorted(dimensions.items())),
                event.timestamp_ms / 1000,
                float(value),
                transformation.get("unit") or "None",
            )


def _value(text: str, value_of: Any, message: str) -> float | None:
    return number_of(value_of(message, text) if text.startswith("$") else text)


def _dimensions(fields: Mapping[str, str], value_of: Any, message: str) -> dict[str, str] | None:
    """Return an event's dimensions; None: it lacks one of them, and is no point of the metric."""
    found = {name: value_of(message, field) for name, field in fields.items()}
    if any(value is None for value in found.values()):
        return None
    return {name: str(value) for name, value in found.items()}


def _datum(key: _Key, count: int) -> Datum:
    namespace, name, dimensions, timestamp, value, unit = key
    return Datum(namespace, name, dict(dimensions), timestamp, value, unit, float(count))
