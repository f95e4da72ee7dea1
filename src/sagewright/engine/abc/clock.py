"""Time and names: the interfaces of where the engine gets them from."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Where the engine gets the time from."""

    def now(self) -> float:
        """Return the unix time in seconds."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. A fake clock moves its own time instead."""
        ...


class Ids(Protocol):
    """Where the engine gets unique names from."""

    def new(self) -> str:
        """Return a fresh identifier: 32 lower-case hexadecimal digits."""
        ...
