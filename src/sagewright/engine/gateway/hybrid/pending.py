"""What is still to be delivered: rows that become durable with the message that they follow from.

The steward takes what is due, tries it, and removes it, or tries again later (`steward/deliveries.py`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagewright.engine.gateway.hybrid import outbox, store

RETRY_AFTER_S = (1.0, 20.0, 20.0)
"""The pauses between attempts, of which there is one more. (Amazon's first retries follow at once.)"""


class DeliveryFailed(Exception):
    """A delivery did not succeed.

    Attributes:
        again: Another attempt may.
    """

    def __init__(self, text: str, *, again: bool = True) -> None:
        super().__init__(text)
        self.again = again


@dataclass(frozen=True)
class Delivery:
    """Something to be delivered.

    Attributes:
        work: What to do, a JSON document whose `kind` is one of `delivering.deliver`.
        entry: The number of its entry in the outbox; None: it has none.
        attempts: How often it was tried.
    """

    id: int
    work: Mapping[str, Any]
    entry: int | None
    attempts: int
    due_at: float


def add(connection: sqlite3.Connection, work: Mapping[str, Any], due_at: float, entry: int | None = None) -> None:
    """Add a delivery in the transaction under way. Who adds one rings the steward when that is over."""
    connection.execute(
        "INSERT INTO deliveries (outbox, due_at, attempts, work) VALUES (?, ?, 0, ?)",
        (entry, due_at, json.dumps(work)),
    )


def waits(connection: sqlite3.Connection, work: Mapping[str, Any], *, after: float) -> bool:
    """Tell whether the same delivery waits to be made after a time."""
    statement = "SELECT 1 FROM deliveries WHERE work = ? AND due_at > ?"
    return connection.execute(statement, (json.dumps(work), after)).fetchone() is not None


def count(home: Path) -> int:
    """Return how many deliveries wait."""
    if not (home / store.FOLDER / store.FILE).exists():
        return 0
    found = store.database_of(home).read(lambda c: c.execute("SELECT count(*) FROM deliveries").fetchone())
    return int(found[0])


def has_rules(home: Path) -> bool:
    """Tell whether somebody has ever made something in EventBridge."""
    if not (home / store.FOLDER / store.FILE).exists():
        return False
    statement = "SELECT 1 FROM states WHERE name LIKE '%/events'"
    return store.database_of(home).read(lambda c: c.execute(statement).fetchone()) is not None


def followed_to(home: Path) -> int | None:
    """Return up to which change of the state store events were made; None: nobody has begun."""
    statement = "SELECT value FROM numbers WHERE name = 'followed'"
    found = store.database_of(home).read(lambda c: c.execute(statement).fetchone())
    return None if found is None else int(found[0])


def follow(home: Path, to: int, events: Sequence[Mapping[str, Any]]) -> None:
    """Add the events of the changes up to one, all at once."""

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR REPLACE INTO numbers VALUES ('followed', ?)", (to,))
        for event in events:
            add(connection, event, 0.0)

    store.database_of(home).write(write)


def due(home: Path, now: float, limit: int = 100) -> Sequence[Delivery]:
    """Return the deliveries that are due, those first that have waited longest."""
    statement = (
        "SELECT id, work, outbox, attempts, due_at FROM deliveries WHERE due_at <= ? ORDER BY due_at, id LIMIT ?"
    )
    rows = store.database_of(home).read(lambda connection: connection.execute(statement, (now, limit)).fetchall())
    return [Delivery(id, json.loads(work), entry, attempts, due_at) for id, work, entry, attempts, due_at in rows]


def succeeded(home: Path, delivery: Delivery, status: str = "delivered") -> None:
    """Remove a delivery that was made."""
    _end(home, delivery, status)


def failed(home: Path, delivery: Delivery, error: DeliveryFailed, now: float) -> None:
    """Have a delivery tried again, or give it up."""
    if not error.again or delivery.attempts >= len(RETRY_AFTER_S):
        _end(home, delivery, f"failed: {error}")
        return
    due_at = now + RETRY_AFTER_S[delivery.attempts]
    statement = "UPDATE deliveries SET attempts = attempts + 1, due_at = ? WHERE id = ?"

    def postpone(connection: sqlite3.Connection) -> None:
        connection.execute(statement, (due_at, delivery.id))
        if delivery.entry is not None:
            outbox.note(connection, delivery.entry, f"waiting: {error}")

    store.database_of(home).write(postpone)


def _end(home: Path, delivery: Delivery, status: str) -> None:
    def end(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM deliveries WHERE id = ?", (delivery.id,))
        if delivery.entry is not None:
            outbox.note(connection, delivery.entry, status)

    store.database_of(home).write(end)
