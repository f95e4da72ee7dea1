"""Metrics in memory."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sagewright.engine.abc import Datum, Summary

_Series = tuple[str, str, tuple[tuple[str, str], ...]]
_Key = tuple[str, float]


class MemoryMetricStore:
    """A `MetricStore` that lives as long as its object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[_Series, list[Datum]] = {}

    def put(self, data: Sequence[Datum]) -> None:
        with self._lock:
            for datum in data:
                if math.isfinite(datum.value):
                    kept = replace(datum, dimensions=dict(datum.dimensions))
                    self._series.setdefault(_key(datum.namespace, datum.name, datum.dimensions), []).append(kept)

    def query(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float
    ) -> Sequence[Datum]:
        with self._lock:
            points = self._series.get(_key(namespace, name, dimensions), [])
            found = [replace(datum, dimensions=dict(datum.dimensions)) for datum in points]
        return sorted((datum for datum in found if start <= datum.timestamp < end), key=lambda datum: datum.timestamp)

    def summarise(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[_Key, Summary]:
        summaries: dict[_Key, Summary] = {}
        for datum in self.query(namespace, name, dimensions, start, end):
            key = (datum.unit, start + (datum.timestamp - start) // period_s * period_s)
            known = summaries.get(key)
            summaries[key] = datum.summary if known is None else known.with_all_of(datum.summary)
        return summaries

    def values(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[_Key, Sequence[tuple[float, float]]]:
        found: dict[_Key, list[tuple[float, float]]] = {}
        for datum in self.query(namespace, name, dimensions, start, end):
            if datum.low == datum.high:
                key = (datum.unit, start + (datum.timestamp - start) // period_s * period_s)
                found.setdefault(key, []).append((datum.value if datum.low is None else datum.low, datum.count))
        return {key: sorted(values) for key, values in found.items()}

    def list(
        self, namespace: str | None = None, name: str | None = None, active_after: float | None = None
    ) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        with self._lock:
            keys = sorted(
                key
                for key, points in self._series.items()
                if active_after is None or any(point.timestamp >= active_after for point in points)
            )
        return [
            (space, metric, dict(dimensions))
            for space, metric, dimensions in keys
            if namespace in (None, space) and name in (None, metric)
        ]

    def sweep(self, now: float) -> int:
        return 0

    def close(self) -> None:
        """Keep everything: the points live as long as the store's object."""


def _key(namespace: str, name: str, dimensions: Mapping[str, str]) -> _Series:
    return namespace, name, tuple(sorted(dimensions.items()))
