"""Counts for Prometheus, in its text format (version 0.0.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from sagewright.engine.gateway.mounts.asgi import Answered

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

Gauge = Callable[[], float]


class Metrics:
    """Counts what has been answered. For one thread.

    Args:
        gauges: What is measured when somebody asks: name -> (meaning, value).
    """

    def __init__(self, gauges: Mapping[str, tuple[str, Gauge]]) -> None:
        self._gauges = gauges
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._durations: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS_S) + 1))
        self._seconds: Counter[str] = Counter()
        self._received_bytes = self._sent_bytes = self._aborted = 0

    def count(self, answered: Answered) -> None:
        """Count a request."""
        request = answered.exchange.request
        service = request.service or "none"
        self._requests[service, request.operation or "none", answered.status] += 1
        self._durations[service][bisect_left(BUCKETS_S, answered.duration_s)] += 1
        self._seconds[service] += answered.duration_s  # type: ignore[assignment]
        self._received_bytes += answered.received_bytes
        self._sent_bytes += answered.sent_bytes
        self._aborted += not answered.complete

    def text(self) -> str:
        """Return everything, for a scrape."""
        return "\n".join((*self._counters(), *self._histogram(), *self._measured(), ""))

    def _counters(self) -> Iterator[str]:
        yield from _head("sagewright_requests_total", "counter", "Requests answered.")
        for (service, operation, status), count in sorted(self._requests.items()):
            labels = f'service="{service}",operation="{operation}",status="{status}"'
            yield f"sagewright_requests_total{{{labels}}} {count}"
        for name, meaning, value in (
            ("received_bytes", "Bytes of request bodies.", self._received_bytes),
            ("sent_bytes", "Bytes of response bodies.", self._sent_bytes),
            ("aborted_requests", "Requests whose client went before the end.", self._aborted),
        ):
            yield from _head(f"sagewright_{name}_total", "counter", meaning)
            yield f"sagewright_{name}_total {value}"

    def _histogram(self) -> Iterator[str]:
        name = "sagewright_request_duration_seconds"
        yield from _head(name, "histogram", "From a request's head to the end of its response.")
        for service, counts in sorted(self._durations.items()):
            total = 0
            for bound, count in zip((*map(str, BUCKETS_S), "+Inf"), counts, strict=True):
                total += count
                yield f'{name}_bucket{{service="{service}",le="{bound}"}} {total}'
            yield f'{name}_sum{{service="{service}"}} {self._seconds[service]:.6f}'
            yield f'{name}_count{{service="{service}"}} {total}'

    def _measured(self) -> Iterator[str]:
        for name, (meaning, value) in self._gauges.items():
            yield from _head(f"sagewright_{name}", "gauge", meaning)
            yield f"sagewright_{name} {value():g}"


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"
