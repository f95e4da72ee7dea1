"""Metrics in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sagewright.engine.abc import Datum

_Series = tuple[str, str, tuple[tuple[str, str], ...]]


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
