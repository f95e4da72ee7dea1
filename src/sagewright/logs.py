"""Reading logs of CloudWatch: streams one behind the other or as one, and lines in the colour of their stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Event = dict[str, Any]

_COLOURS = (34, 35, 32, 36, 33)


class ColorWrap:
    """Prints lines in the colour of their stream, in a terminal and in a notebook.

    Args:
        force: Wherever they go.

    Example:
        >>> from sagewright.logs import ColorWrap
        >>> ColorWrap()(0, "a line of the first stream")
        a line of the first stream
    """

    def __init__(self, force: bool = False) -> None:
        self.colorize = force or wants_colour()

    def __repr__(self) -> str:
        return f"ColorWrap(force={self.colorize})"

    def __call__(self, index: int, s: str) -> None:
        """Print a line.

        Args:
            index: The stream's number.
        """
        print(coloured(index, s) if self.colorize else s)  # noqa: T201


class Position(NamedTuple):
    """Where to go on reading a stream: at a time, in milliseconds, behind so many events of it."""

    timestamp: int
    skip: int


def wants_colour() -> bool:
    """Tell whether what is printed may have colours: in a terminal or a notebook, unless `NO_COLOR` is set."""
    return (sys.stdout.isatty() or "JPY_PARENT_PID" in os.environ) and not os.environ.get("NO_COLOR")


def coloured(number: int, text: str) -> str:
    """Return text in the colour of a stream."""
    return f"\x1b[{_COLOURS[number % len(_COLOURS)]}m{text}\x1b[0m"


def multi_stream_iter(
    client: Any, log_group: str, streams: Sequence[str], positions: Mapping[str, Position] | None = None
) -> Iterator[tuple[int, Event]]:
    """Yield the events that several streams have by now, in the order of their times, with the streams' numbers.

    Args:
        positions: Where to begin in each stream; None: at its beginning.
    """
    begins = positions or dict.fromkeys(streams, Position(0, 0))
    readers = [log_stream(client, log_group, stream, *begins[stream]) for stream in streams]
    waiting = [next(reader, None) for reader in readers]
    while some(waiting):
        number = argmin(waiting, lambda event: event["timestamp"])
        assert number is not None
        yield number, waiting[number] or {}
        waiting[number] = next(readers[number], None)


def log_stream(client: Any, log_group: str, stream_name: str, start_time: int = 0, skip: int = 0) -> Iterator[Event]:
    """Yield the events that a stream has by now.

    Args:
        start_time: In milliseconds.
        skip: How many events from then on are known already.
    """
    token: dict[str, str] = {}
    while True:
        page = client.get_log_events(
            logGroupName=log_group, logStreamName=stream_name, startTime=start_time, startFromHead=True, **token
        )
        events, token = page["events"], {"nextToken": page["nextForwardToken"]}
        if not events:
            return
        yield from events[skip:]
        skip = max(0, skip - len(events))


def argmin(arr: Sequence[Any], f: Callable[[Any], Any]) -> int | None:
    """Return the place of what `f` makes least of, the first of several; what is None does not count.

    Example:
        >>> from sagewright.logs import argmin
        >>> argmin([None, 3, 2, 2], lambda number: number)
        2
    """
    places = [place for place, item in enumerate(arr) if item is not None]
    return min(places, key=lambda place: f(arr[place]), default=None)


def some(arr: Sequence[Any]) -> bool:
    """Tell whether something in a list is not None."""
    return any(item is not None for item in arr)
