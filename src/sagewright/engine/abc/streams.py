"""Streams: logs and metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True)
class LogEvent:
    """One line of a log stream; times in unix milliseconds."""

    timestamp_ms: int
    message: str
    ingested_ms: int = 0


@dataclass(frozen=True)
class LogStream:
    """A log stream's facts; times in unix milliseconds, None while it holds no event.

    `id` is its own for ever: a stream that is made anew under the same name has another one.
    """

    group: str
    name: str
    created_ms: int
    first_event_ms: int | None
    last_event_ms: int | None
    stored_bytes: int
    id: str = ""
    ingested_ms: int | None = None  # when the last event came


@dataclass(frozen=True)
class LogGroup:
    """A log group's facts; `settings` is what has been set on it (`retention`, `tags`, ...): JSON values."""

    name: str
    created_ms: int
    settings: Mapping[str, Any] = field(default_factory=dict)


class PlacedEvent(NamedTuple):
    """An event of a stream, the position where it begins, and the one behind it."""

    begin: int
    end: int
    event: LogEvent


class NoSuchLog(KeyError):
    """The log group or stream does not exist; `args[0]` says which: `group` or `stream`."""


class LogStore(Protocol):
    """Streams of log lines in groups. Groups and streams come into being when they are first written."""

    def create_group(self, group: str) -> bool:
        """Make an empty group; False: it exists."""
        ...

    def create_stream(self, group: str, stream: str) -> bool:
        """Make an empty stream in a group that exists; False: the stream exists.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def append(self, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        """Write events at the end, all of them or, where the writer is killed, a whole number of them.

        Durable against the death of any process (not necessarily of the machine). Appends of several writers to
        one stream do not tear each other's lines.
        """
        ...

    def read(self, group: str, stream: str, after: int = 0, limit: int = 10_000) -> tuple[Sequence[LogEvent], int]:
        """Return events from position `after` on, oldest first, and the position behind the last of them.

        Position 0 is the beginning; at the end of the stream no events and the same position come back.

        Raises:
            NoSuchLog: The group or stream is missing.
        """
        ...

    def streams(self, group: str, prefix: str = "") -> Sequence[LogStream]:
        """Return the group's streams whose names begin with `prefix`, in order of name.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def scan(
        self, group: str, stream: str, after: int = 0, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        """Yield the events from position `after` on with `start_ms <= timestamp_ms < end_ms`, in the order they came.

        Raises:
            NoSuchLog: The group or stream is missing; at once, not at the first event.
        """
        ...

    def scan_back(
        self, group: str, stream: str, before: int | None = None, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[PlacedEvent]:
        """Yield the events that end at position `before` (None: the end) or earlier, the last one first.

        Raises:
            NoSuchLog: As for `scan`.
        """
        ...

    def stream(self, group: str, stream: str) -> LogStream:
        """Return one stream's facts.

        Raises:
            NoSuchLog: The group or stream is missing.
        """
        ...

    def stream_names(self, group: str, prefix: str = "") -> Sequence[str]:
        """Return the names of the group's streams that begin with `prefix`, in order: cheaper than `streams`.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def delete_stream(self, group: str, stream: str) -> None:
        """Remove a stream and its events.

        Raises:
            NoSuchLog: The group or stream is missing.
        """
        ...

    def groups(self, prefix: str = "") -> Sequence[str]:
        """Return the names of the groups that begin with `prefix`, in order."""
        ...

    def group(self, group: str) -> LogGroup:
        """Return one group's facts.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def stored_bytes(self, group: str) -> int:
        """Return how many bytes a group's streams take, without looking into them.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def configure_group(self, group: str, setting: str, value: Any) -> None:
        """Replace one setting of a group by a JSON value; None removes it.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def expire(self, group: str, before_ms: int) -> int:
        """Forget the events at the head of each stream that are older than `before_ms`; return how many bytes went.

        Positions behind them stay valid, writers under way lose nothing, and the streams stay. A stream with little
        that is old may be left as it is.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def sweep(self) -> int:
        """Remove what killed processes have left behind; return how many pieces went."""
        ...

    def delete_group(self, group: str) -> None:
        """Remove a group and its streams.

        Raises:
            NoSuchLog: The group is missing.
        """
        ...

    def close(self) -> None: ...


class Summary(NamedTuple):
    """What some values of a metric come to."""

    samples: float
    total: float
    low: float
    high: float

    def with_all_of(self, other: Summary) -> Summary:
        return Summary(
            self.samples + other.samples, self.total + other.total, min(self.low, other.low), max(self.high, other.high)
        )


@dataclass(frozen=True)
class Datum:
    """One value of a metric, or several of one moment.

    Attributes:
        dimensions: Compare without regard to order.
        timestamp: Unix seconds.
        value: The value; of a statistic set, the sum of its values.
        count: How often the value came; of a statistic set, how many values it sums up.
        low, high: The least and the greatest value of a statistic set; None: it is none.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    timestamp: float
    value: float
    unit: str = "None"
    count: float = 1.0
    low: float | None = None
    high: float | None = None

    @property
    def summary(self) -> Summary:
        if self.low is None or self.high is None:
            return Summary(self.count, self.value * self.count, self.value, self.value)
        return Summary(self.count, self.value, self.low, self.high)


class MetricStore(Protocol):
    """Points of metrics, none merged, for as long as the values themselves are kept."""

    def put(self, data: Sequence[Datum]) -> None:
        """Store the points; those that are not finite numbers are passed over.

        Raises:
            OSError: There is no room for them.
        """
        ...

    def query(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float
    ) -> Sequence[Datum]:
        """Return the points with exactly these dimensions and `start <= timestamp < end`, oldest first."""
        ...

    def summarise(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[tuple[str, float], Summary]:
        """Return the summary of each unit's points in each period that has any, by `(unit, beginning of the period)`.

        The periods follow each other from `start` on. Where `start` and the period are whole minutes, so is what is
        looked at: a minute belongs to where it begins, and values are found here that are too old for `query`.
        """
        ...

    def values(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[tuple[str, float], Sequence[tuple[float, float]]]:
        """Return each unit's values in each period that has any, by `(unit, beginning of the period)`.

        A value comes with how often it came, and may come again; they are in order of value. Of statistic sets only
        those are here whose values are all the same.
        """
        ...

    def list(
        self, namespace: str | None = None, name: str | None = None, active_after: float | None = None
    ) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        """Return the distinct `(namespace, name, dimensions)`, in that order.

        Args:
            active_after: Leaves those out that have no point of this unix time or later.
        """
        ...

    def sweep(self, now: float) -> int:
        """Remove or make coarser what is too old to be kept as it is; return how many rows went."""
        ...

    def close(self) -> None: ...
