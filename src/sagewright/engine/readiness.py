"""Waiting for something to read, whatever numbers its descriptors have: `select.select` takes those below 1024 only."""

from __future__ import annotations

import selectors
from collections.abc import Iterable
from typing import Any, Protocol


class _HasDescriptor(Protocol):
    def fileno(self) -> int: ...


_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)


def readable(sources: Iterable[int | _HasDescriptor], timeout_s: float | None = None) -> list[Any]:
    """Return those sources that have something to read, or have ended; none when the time is over.

    Args:
        timeout_s: None: wait for ever; 0: do not wait.
    """
    with _Selector() as selector:
        for source in sources:
            selector.register(source, selectors.EVENT_READ)
        return [key.fileobj for key, _ in selector.select(timeout_s)]
