"""From what a program writes to log events and metric points."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from sagewright.engine.abc import Clock, Datum, LogEvent, LogStore, MetricStore
from sagewright.engine.executors.metric_lines import MetricFinder
from sagewright.engine.planning.document import Metrics

MAX_LINE_BYTES = 256 * 1024  # an event of CloudWatch Logs (`contract.md` 8.10); a longer line is cut in pieces
TAIL_LINES = 20


class LineSplitter:
    """Cuts a stream of bytes into lines, however the pieces fall."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[str]:
        """Return the lines that `piece` completes."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        while len(self._rest) > MAX_LINE_BYTES:
            lines.append(self._rest[:MAX_LINE_BYTES])
            self._rest = self._rest[MAX_LINE_BYTES:]
        return [_text(line) for line in lines]

    def finish(self) -> list[str]:
        """Return what stands behind the last line end."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


class LogWriter:
    """Writes a program's lines to its log stream and the numbers in them to the metric store.

    Args:
        guarded: As for `MetricFinder`.
    """

    def __init__(
        self,
        logs: LogStore,
        group: str,
        stream: str,
        metric_store: MetricStore,
        metrics: Metrics | None,
        clock: Clock,
        *,
        guarded: bool = False,
    ) -> None:
        self._logs, self._group, self._stream = logs, group, stream
        self._store, self._metrics, self._clock = metric_store, metrics, clock
        self._finder = MetricFinder(metrics.definitions if metrics else (), guarded=guarded)
        self.last: dict[str, tuple[float, float]] = {}  # metric -> (value, unix seconds), the latest
        self.tail: list[str] = []  # the last lines written

    def write(self, lines: Sequence[str]) -> None:
        """Write lines, all as of now."""
        if not lines:
            return
        now = self._clock.now()
        self._append(lines, now)
        self.tail = (self.tail + list(lines))[-TAIL_LINES:]
        self._measure(lines, now)

    def _append(self, lines: Sequence[str], now: float) -> None:
        now_ms = int(now * 1000)
        self._logs.append(self._group, self._stream, [LogEvent(now_ms, line, now_ms) for line in lines])

    def _measure(self, lines: Sequence[str], now: float) -> None:
        if self._metrics is None:
            return
        given_up = len(self._finder.given_up)
        found = self._finder.find(lines)
        self.last.update({name: (value, now) for name, value in found})
        for name in self._finder.given_up[given_up:]:
            self._append(
                [f"sagewright: the Regex of the metric `{name}` takes too long; it is looked for no more"], now
            )
        if found:
            namespace, dimensions = self._metrics.namespace, self._metrics.dimensions
            with contextlib.suppress(OSError):  # the disk is full: the line is there all the same
                self._store.put([Datum(namespace, name, dimensions, now, value) for name, value in found])


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
