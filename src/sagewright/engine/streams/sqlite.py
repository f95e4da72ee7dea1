"""Metrics in one SQLite file."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from sagewright.engine.abc import Datum
from sagewright.engine.database import Database

_MIGRATIONS = (
    (
        """
        CREATE TABLE series (
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL,
            UNIQUE (namespace, name, dimensions)
        )
        """,
        """
        CREATE TABLE point (
            series INTEGER NOT NULL REFERENCES series (id), timestamp REAL NOT NULL, value REAL NOT NULL,
            unit TEXT NOT NULL
        )
        """,
        "CREATE INDEX point_time ON point (series, timestamp)",
    ),
)
_FIND = "SELECT id FROM series WHERE namespace = ? AND name = ? AND dimensions = ?"


class SqliteMetricStore:
    """A `MetricStore` for any number of processes on one machine."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _MIGRATIONS)

    def put(self, data: Sequence[Datum]) -> None:
        if not data:
            return

        def work(connection: sqlite3.Connection) -> None:
            known: dict[tuple[str, str, str], int] = {}
            rows = []
            for datum in data:
                key = (datum.namespace, datum.name, _text(datum.dimensions))
                if key not in known:
                    known[key] = _series(connection, key)
                rows.append((known[key], datum.timestamp, datum.value, datum.unit))
            connection.executemany("INSERT INTO point VALUES (?, ?, ?, ?)", rows)

        try:
            self._database.write(work)
        except sqlite3.OperationalError as error:
            if "disk" in str(error):  # is full, or has an I/O error, which is what SQLite makes of it at times
                raise OSError(errno.ENOSPC, str(error)) from error
            raise

    def query(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float
    ) -> Sequence[Datum]:
        sql = f"""
            SELECT timestamp, value, unit FROM point
            WHERE series = ({_FIND}) AND timestamp >= ? AND timestamp < ? ORDER BY timestamp, rowid
        """  # noqa: S608
        values = (namespace, name, _text(dimensions), start, end)
        rows = self._database.read(lambda connection: connection.execute(sql, values).fetchall())
        return [Datum(namespace, name, dict(dimensions), *row) for row in rows]

    def list(
        self, namespace: str | None = None, name: str | None = None
    ) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        sql = """
            SELECT namespace, name, dimensions FROM series
            WHERE namespace = coalesce(?, namespace) AND name = coalesce(?, name)
        """
        rows = self._database.read(lambda connection: connection.execute(sql, (namespace, name)).fetchall())
        # In the order of the dimensions' pairs, as their text has another one.
        found = [(space, metric, tuple(map(tuple, json.loads(text)))) for space, metric, text in rows]
        return [(space, metric, dict(dimensions)) for space, metric, dimensions in sorted(found)]

    def close(self) -> None:
        self._database.close()


def _series(connection: sqlite3.Connection, key: tuple[str, str, str]) -> int:
    """Return the number of a series, which comes into being with its first point."""
    connection.execute("INSERT OR IGNORE INTO series (namespace, name, dimensions) VALUES (?, ?, ?)", key)
    (series,) = connection.execute(_FIND, key).fetchone()
    return int(series)


def _text(dimensions: Mapping[str, str]) -> str:
    return json.dumps(sorted(dimensions.items()))
