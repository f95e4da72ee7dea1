"""Where moto's state lies in the home: `<home>/hybrid/state.sqlite3`.

- `states`: the state of a service, one pickle; its name carries moto's version, so that another version starts afresh.
- `pieces`: what is kept apart because it is large and changes a little at a time (rows of tables, messages of queues).
  A piece that is gone stays as a row without data, so that other processes hear of it, until it is forgotten.
- `numbers`: `seq` grows with every request that changes something; rows carry the one that they were written with.
- `deliveries`, `outbox`: what is to be sent, and what was (`pending.py`, `outbox.py`). They lie here, so that a
  message and what follows from it become durable together.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from sagewright.engine.database import Database, Migration
from sagewright.vocabulary.errors import ApiError

FOLDER, FILE = "hybrid", "state.sqlite3"
REMEMBERED = 4096  # changes back that a piece that is gone is remembered for

_MIGRATIONS: tuple[Migration, ...] = (
    (
        "CREATE TABLE states (name TEXT PRIMARY KEY, data BLOB NOT NULL, seq INTEGER NOT NULL)",
        "CREATE TABLE pieces (container TEXT NOT NULL, key TEXT NOT NULL, data BLOB, seq INTEGER NOT NULL, "
        "PRIMARY KEY (container, key)) WITHOUT ROWID",
        "CREATE INDEX pieces_by_seq ON pieces (container, seq)",
        "CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
        "INSERT INTO numbers VALUES ('seq', 0), ('horizon', 0)",
        "CREATE TABLE deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, outbox INTEGER, due_at REAL NOT NULL, "
        "attempts INTEGER NOT NULL, work TEXT NOT NULL)",
        "CREATE INDEX deliveries_by_due ON deliveries (due_at)",
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, service TEXT NOT NULL, "
        "account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, "
        "recipients TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)",
    ),
)


@functools.lru_cache(maxsize=16)
def _database(home: Path, _process: int) -> Database:
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(folder / FILE, _MIGRATIONS)


def database_of(home: Path) -> Database:
    """Return the database of a home.

    Raises:
        ApiError: It belongs to another user: it holds pickles, which are only read where they are the user's own.
    """
    path = home / FOLDER / FILE
    if path.exists() and path.stat().st_uid != os.getuid():
        raise ApiError("AccessDenied", f"`{path}` belongs to another user and is not read.", 403)
    return _database(home, os.getpid())


def number(connection: sqlite3.Connection, name: str) -> int:
    """Return one of `numbers`."""
    value: int = connection.execute("SELECT value FROM numbers WHERE name = ?", (name,)).fetchone()[0]
    return value


def next_seq(connection: sqlite3.Connection) -> int:
    """Return the number of the change under way; now and then, forget the pieces that went long ago."""
    connection.execute("UPDATE numbers SET value = value + 1 WHERE name = 'seq'")
    seq = number(connection, "seq")
    if seq % REMEMBERED == 0:
        horizon = seq - REMEMBERED
        connection.execute("DELETE FROM pieces WHERE data IS NULL AND seq <= ?", (horizon,))
        connection.execute("UPDATE numbers SET value = ? WHERE name = 'horizon'", (horizon,))
    return seq


def state_after(connection: sqlite3.Connection, name: str, seq: int) -> tuple[bytes, int] | None:
    """Return a state that was written after `seq`, and when; None: there is none."""
    found: tuple[bytes, int] | None = connection.execute(
        "SELECT data, seq FROM states WHERE name = ? AND seq > ?", (name, seq)
    ).fetchone()
    return found


def put_state(connection: sqlite3.Connection, name: str, data: bytes, seq: int) -> None:
    """Write a state."""
    connection.execute("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", (name, data, seq))


def pieces_after(connection: sqlite3.Connection, container: str, seq: int) -> Iterator[tuple[str, bytes | None]]:
    """Yield the pieces of a container that were written after `seq`, oldest first; those that are gone without data."""
    yield from connection.execute(
        "SELECT key, data FROM pieces WHERE container = ? AND seq > ? ORDER BY seq", (container, seq)
    )


def all_pieces(connection: sqlite3.Connection, container: str) -> Iterator[tuple[str, bytes]]:
    """Yield the pieces of a container, oldest first."""
    yield from connection.execute(
        "SELECT key, data FROM pieces WHERE container = ? AND data IS NOT NULL ORDER BY seq", (container,)
    )


def put_pieces(
    connection: sqlite3.Connection, container: str, pieces: Iterable[tuple[str, bytes | None]], seq: int
) -> None:
    """Write pieces of a container."""
    connection.executemany(
        "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?)", ((container, key, data, seq) for key, data in pieces)
    )


def drop_container(connection: sqlite3.Connection, container: str) -> None:
    """Remove a container with its pieces."""
    connection.execute("DELETE FROM pieces WHERE container = ?", (container,))
