"""Records in one SQLite file."""

# ruff: noqa: S608  # only names of our own are put into statements; every value goes in through a placeholder

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sagewright.engine.abc import Change, Clock, Page, Query, Record, VersionConflict
from sagewright.engine.database import Database
from sagewright.engine.state import paging
from sagewright.engine.state.search import search_for

_COLUMNS = "kind, scope, name, body, status, queue, version, created_at, modified_at"

_MIGRATIONS = (
    (
        """
        CREATE TABLE record (
            kind TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL,
            status TEXT NOT NULL, queue TEXT, version INTEGER NOT NULL,
            created_at REAL NOT NULL, modified_at REAL NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (kind, scope, name)
        )
        """,
        "CREATE INDEX record_created ON record (kind, scope, created_at, name)",
        "CREATE INDEX record_modified ON record (kind, scope, modified_at, name)",
        "CREATE INDEX record_status ON record (kind, scope, status, created_at)",
        "CREATE INDEX record_queue ON record (kind, queue, created_at, name, scope) WHERE queue IS NOT NULL",
        """
        CREATE TABLE lease (
            kind TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL,
            owner TEXT NOT NULL, expires_at REAL NOT NULL,
            PRIMARY KEY (kind, scope, name)
        ) WITHOUT ROWID
        """,
        # One row per record that ever was: replacing it moves it to the end.
        """
        CREATE TABLE change (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
            UNIQUE (kind, scope, name)
        )
        """,
    ),
)

_Key = tuple[str, str, str]


class SqliteStateStore:
    """A `StateStore` for any number of processes on one machine."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._database = Database(path, _MIGRATIONS)
        self._clock = clock

    def get(self, kind: str, scope: str, name: str) -> Record | None:
        row = self._database.read(
            lambda connection: connection.execute(
                f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND scope = ? AND name = ?", (kind, scope, name)
            ).fetchone()
        )
        return _record(row) if row else None

    def put(self, record: Record, *, expected_version: int) -> Record:
        key = (record.kind, record.scope, record.name)
        body = json.dumps(record.body)

        def work(connection: sqlite3.Connection) -> Record:
            old = _expect(connection, key, expected_version)
            now = float(self._clock.now())
            created_at = old.created_at if old.version else float(record.created_at or now)
            written = replace(record, version=old.version + 1, created_at=created_at, modified_at=now)
            (_update if old.version else _insert)(connection, written, body)
            _note(connection, key, written.version)
            return written

        return replace(self._database.write(work), body=json.loads(body))

    def delete(self, kind: str, scope: str, name: str, *, expected_version: int | None = None) -> None:
        key = (kind, scope, name)

        def work(connection: sqlite3.Connection) -> None:
            if expected_version is not None:
                _expect(connection, key, expected_version)
            connection.execute("DELETE FROM lease WHERE kind = ? AND scope = ? AND name = ?", key)
            deleted = connection.execute("DELETE FROM record WHERE kind = ? AND scope = ? AND name = ?", key)
            if deleted.rowcount:
                _note(connection, key, 0)

        self._database.write(work)

    def list(self, query: Query) -> Page:
        search = search_for(query)
        search.go_on_behind(query, paging.decode(query))
        order = f"{paging.sort_column(query)} {'DESC' if query.descending else 'ASC'}, name, scope"
        limit = max(query.limit, 0)
        sql = f"SELECT {_COLUMNS} FROM record WHERE {search.sql()} ORDER BY {order} LIMIT ?"
        rows = self._database.read(lambda connection: connection.execute(sql, (*search.values, limit + 1)).fetchall())
        records = [_record(row) for row in rows[:limit]]
        if len(rows) <= limit or not records:
            return Page(records)
        return Page(records, paging.encode(query, paging.position_of(query, records[-1])))

    def count(self, query: Query) -> int:
        search = search_for(query)
        sql = f"SELECT count(*) FROM record WHERE {search.sql()}"
        found: int = self._database.read(lambda connection: connection.execute(sql, search.values).fetchone()[0])
        return found

    def claim(self, kind: str, queue: str, owner: str, lease_s: float, limit: int = 1) -> Sequence[Record]:
        def find(connection: sqlite3.Connection) -> Sequence[Any]:
            return connection.execute(_CLAIMABLE, (kind, queue, owner, self._clock.now(), max(limit, 0))).fetchall()

        def work(connection: sqlite3.Connection) -> Sequence[Any]:
            rows = find(connection)
            expires_at = self._clock.now() + lease_s
            leases = [(*row[:3], owner, expires_at) for row in rows]
            connection.executemany("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?)", leases)
            return rows

        # An idle steward looks often; it takes the write lock only when there is something to take.
        if not self._database.read(find):
            return []
        return [_record(row) for row in self._database.write(work)]

    def renew(self, kind: str, scope: str, name: str, owner: str, lease_s: float) -> bool:
        def work(connection: sqlite3.Connection) -> bool:
            now = self._clock.now()
            updated = connection.execute(
                "UPDATE lease SET expires_at = ? WHERE kind = ? AND scope = ? AND name = ?"
                " AND owner = ? AND expires_at > ?",
                (now + lease_s, kind, scope, name, owner, now),
            )
            return updated.rowcount > 0

        return self._database.write(work)

    def release(self, kind: str, scope: str, name: str, owner: str) -> None:
        self._database.write(
            lambda connection: connection.execute(
                "DELETE FROM lease WHERE kind = ? AND scope = ? AND name = ? AND owner = ?", (kind, scope, name, owner)
            )
        )

    def changes(self, after: int, limit: int = 1000) -> Sequence[Change]:
        sql = "SELECT seq, kind, scope, name, version FROM change WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = self._database.read(lambda connection: connection.execute(sql, (after, max(limit, 0))).fetchall())
        return [Change(*row) for row in rows]

    def data_version(self) -> int:
        """Return a number that grows whenever any process changes a record: the `seq` of the newest change.

        It costs a few microseconds, so that a loop may ask it before it asks anything else. (SQLite's own
        `PRAGMA data_version` costs the same, but leaves out what its connection writes itself, and counts leases.)
        """
        sql = "SELECT seq FROM sqlite_sequence WHERE name = 'change'"
        row = self._database.read(lambda connection: connection.execute(sql).fetchone())
        return row[0] if row else 0

    def close(self) -> None:
        self._database.close()


_CLAIMABLE = f"""
    SELECT {", ".join(f"record.{column}" for column in _COLUMNS.split(", "))}
    FROM record LEFT JOIN lease USING (kind, scope, name)
    WHERE record.kind = ? AND record.queue = ?
        AND (lease.owner IS NULL OR lease.owner = ? OR lease.expires_at <= ?)
    ORDER BY record.created_at, record.name, record.scope LIMIT ?
"""


class _Head(NamedTuple):
    """What a write needs to know of the stored record; version 0: there is none."""

    version: int
    created_at: float


def _expect(connection: sqlite3.Connection, key: _Key, version: int) -> _Head:
    sql = "SELECT version, created_at FROM record WHERE kind = ? AND scope = ? AND name = ?"
    found = _Head(*(connection.execute(sql, key).fetchone() or (0, 0.0)))
    if found.version != version:
        raise VersionConflict(f"{'/'.join(key)} stands at version {found.version}, not {version}")
    return found


def _insert(connection: sqlite3.Connection, record: Record, body: str) -> None:
    connection.execute(
        f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.kind, record.scope, record.name, body, record.status, record.queue,
            record.version, record.created_at, record.modified_at,
        ),
    )  # fmt: skip


def _update(connection: sqlite3.Connection, record: Record, body: str) -> None:
    connection.execute(
        "UPDATE record SET body = ?, status = ?, queue = ?, version = ?, modified_at = ?"
        " WHERE kind = ? AND scope = ? AND name = ?",
        (
            body, record.status, record.queue, record.version, record.modified_at,
            record.kind, record.scope, record.name,
        ),
    )  # fmt: skip


def _note(connection: sqlite3.Connection, key: _Key, version: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO change (kind, scope, name, version) VALUES (?, ?, ?, ?)", (*key, version)
    )


def _record(row: Sequence[Any]) -> Record:
    kind, scope, name, body, *facts = row
    return Record(kind, scope, name, json.loads(body), *facts)
