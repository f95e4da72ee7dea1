"""What moto keeps in large dictionaries and lists, piece by piece, so that a change costs what it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Container(Protocol):
    """A dictionary or list of moto's that knows which of its pieces have changed.

    Attributes:
        id: Where its pieces lie.
        seq: The change that it is up to date with; None: it has never been stored.
    """

    kind: str
    id: str
    seq: int | None

    def changes(self) -> Mapping[str, Any]:
        """Return the pieces that have changed since they were saved, by their keys; None for those that are gone."""
        ...

    def saved(self) -> None:
        """Take note that the changes are stored."""
        ...

    def absorb(self, key: str, piece: Any) -> None:
        """Take over a piece that another process has changed; None: it is gone."""
        ...

    def part_with(self, id: str) -> None:
        """Be a container of its own from now on, all of whose pieces are to be stored."""
        ...


KINDS: dict[str, Callable[[str], Container]] = {}
"""What makes an empty container of a kind with a given id."""
