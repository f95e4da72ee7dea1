"""Metrics in one SQLite file: every point, and a summary of every minute.

Points answer what needs all values (percentiles, periods below a minute), summaries all the rest: a day is 1,440 rows
of them however many points it has. As in CloudWatch, what is old is kept more coarsely: points and minutes for 15 days,
five minutes for 63 days, hours for 455 days. `sweep` sees to that.
"""

from __future__ import annotations

import errno
import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sagewright.engine.abc import Datum, Summary
from sagewright.engine.database import Database

MINUTE_S = 60
DAY_S = 86_400
POINTS_KEPT_S = 15 * DAY_S
COARSER = ((POINTS_KEPT_S, 300), (63 * DAY_S, 3600))  # what is older than this is kept for each of these seconds
KEPT_S = 455 * DAY_S

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
    (
        "ALTER TABLE point ADD COLUMN count REAL NOT NULL DEFAULT 1",
        "ALTER TABLE point ADD COLUMN low REAL",
        "ALTER TABLE point ADD COLUMN high REAL",
        "ALTER TABLE series ADD COLUMN active REAL NOT NULL DEFAULT 0",
        "UPDATE series SET active = coalesce((SELECT max(timestamp) FROM point WHERE series = series.id), 0)",
        """
        CREATE TABLE summary (
            series INTEGER NOT NULL REFERENCES series (id), start INTEGER NOT NULL, unit TEXT NOT NULL,
            count REAL NOT NULL, total REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
            PRIMARY KEY (series, start, unit)
        ) WITHOUT ROWID
        """,
        """
        INSERT INTO summary
        SELECT series, CAST(timestamp / 60 AS INTEGER) * 60, unit, count(*), sum(value), min(value), max(value)
        FROM point GROUP BY 1, 2, 3
        """,
    ),
)
_FIND = "SELECT id FROM series WHERE namespace = ? AND name = ? AND dimensions = ?"
_ADD = """
    INSERT INTO summary VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        count = count + excluded.count, total = total + excluded.total,
        low = min(low, excluded.low), high = max(high, excluded.high)
"""
_SUMMARISE_MINUTES = f"""
    SELECT unit, CAST((start - ?) / ? AS INTEGER), sum(count), sum(total), min(low), max(high) FROM summary
    WHERE series = ({_FIND}) AND start >= ? AND start < ? GROUP BY 1, 2
"""  # noqa: S608
_SUMMARISE_POINTS = f"""
    SELECT unit, CAST((timestamp - ?) / ? AS INTEGER), sum(count),
        sum(CASE WHEN low IS NULL THEN value * count ELSE value END),
        min(coalesce(low, value)), max(coalesce(high, value))
    FROM point WHERE series = ({_FIND}) AND timestamp >= ? AND timestamp < ? GROUP BY 1, 2
"""  # noqa: S608

_VALUES = f"""
    SELECT unit, CAST((timestamp - ?) / ? AS INTEGER), coalesce(low, value), count
    FROM point WHERE series = ({_FIND}) AND timestamp >= ? AND timestamp < ? AND (low IS NULL OR low = high)
"""  # noqa: S608


class SqliteMetricStore:
    """A `MetricStore` for any number of processes on one machine."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _MIGRATIONS)

    def put(self, data: Sequence[Datum]) -> None:
        finite = [datum for datum in data if math.isfinite(datum.value)]
        if not finite:
            return
        try:
            self._database.write(lambda connection: _put(connection, finite))
        except sqlite3.OperationalError as error:
            if "disk" in str(error):  # is full, or has an I/O error, which is what SQLite makes of it at times
                raise OSError(errno.ENOSPC, str(error)) from error
            raise

    def query(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float
    ) -> Sequence[Datum]:
        sql = f"""
            SELECT timestamp, value, unit, count, low, high FROM point
            WHERE series = ({_FIND}) AND timestamp >= ? AND timestamp < ? ORDER BY timestamp, rowid
        """  # noqa: S608
        values = (namespace, name, _text(dimensions), start, end)
        rows = self._database.read(lambda connection: connection.execute(sql, values).fetchall())
        return [Datum(namespace, name, dict(dimensions), *row) for row in rows]

    def summarise(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[tuple[str, float], Summary]:
        is_coarse = start % MINUTE_S == 0 and period_s % MINUTE_S == 0
        sql = _SUMMARISE_MINUTES if is_coarse else _SUMMARISE_POINTS
        values = (start, period_s, namespace, name, _text(dimensions), start, end)
        rows = self._database.read(lambda connection: connection.execute(sql, values).fetchall())
        return {(unit, start + place * period_s): Summary(*rest) for unit, place, *rest in rows}

    def values(
        self, namespace: str, name: str, dimensions: Mapping[str, str], start: float, end: float, period_s: float
    ) -> Mapping[tuple[str, float], Sequence[tuple[float, float]]]:
        where = (start, period_s, namespace, name, _text(dimensions), start, end)

        def read(connection: sqlite3.Connection) -> dict[tuple[str, int], list[tuple[float, float]]]:
            found: dict[tuple[str, int], list[tuple[float, float]]] = {}
            for unit, place, value, count in connection.execute(_VALUES, where):
                key = (unit, place)
                if key in found:
                    found[key].append((value, count))
                else:
                    found[key] = [(value, count)]
            return found

        found = self._database.read(read)
        return {(unit, start + place * period_s): sorted(values) for (unit, place), values in found.items()}

    def list(
        self, namespace: str | None = None, name: str | None = None, active_after: float | None = None
    ) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        sql = """
            SELECT namespace, name, dimensions FROM series
            WHERE namespace = coalesce(?, namespace) AND name = coalesce(?, name) AND active >= coalesce(?, active)
        """
        values = (namespace, name, active_after)
        rows = self._database.read(lambda connection: connection.execute(sql, values).fetchall())
        # In the order of the dimensions' pairs, as their text has another one.
        found = [(space, metric, tuple(map(tuple, json.loads(text)))) for space, metric, text in rows]
        return [(space, metric, dict(dimensions)) for space, metric, dimensions in sorted(found)]

    def sweep(self, now: float) -> int:
        """Remove or make coarser what is old; return how many rows went. One short transaction per series."""
        numbers = self._database.read(lambda connection: connection.execute("SELECT id FROM series").fetchall())
        went = 0
        for (number,) in numbers:
            if self._database.read(lambda connection, number=number: _is_old(connection, number, now)):  # type: ignore[misc]
                went += self._database.write(lambda connection, number=number: _sweep(connection, number, now))  # type: ignore[misc]
        return went

    def close(self) -> None:
        self._database.close()


def _put(connection: sqlite3.Connection, data: Iterable[Datum]) -> None:
    known: dict[tuple[str, str, tuple[tuple[str, str], ...]], int] = {}
    active: dict[int, float] = {}
    points: list[tuple[Any, ...]] = []
    minutes: dict[tuple[int, int, str], Summary] = {}
    for datum in data:
        key = (datum.namespace, datum.name, tuple(datum.dimensions.items()))
        if key not in known:
            known[key] = _series(connection, (datum.namespace, datum.name, _text(datum.dimensions)))
        series = known[key]
        points.append((series, datum.timestamp, datum.value, datum.unit, datum.count, datum.low, datum.high))
        minute = (series, int(datum.timestamp // MINUTE_S * MINUTE_S), datum.unit)
        summary = minutes.get(minute)
        minutes[minute] = datum.summary if summary is None else summary.with_all_of(datum.summary)
        active[series] = max(active.get(series, 0.0), datum.timestamp)
    connection.executemany("INSERT INTO point VALUES (?, ?, ?, ?, ?, ?, ?)", points)
    connection.executemany(_ADD, [(*minute, *summary) for minute, summary in minutes.items()])
    connection.executemany(
        "UPDATE series SET active = max(active, ?) WHERE id = ?", [(t, n) for n, t in active.items()]
    )


def _is_old(connection: sqlite3.Connection, series: int, now: float) -> bool:
    sql = """
        SELECT EXISTS (SELECT 1 FROM point WHERE series = ?1 AND timestamp < ?2)
            OR EXISTS (SELECT 1 FROM summary WHERE series = ?1 AND start < ?2 AND start % 300 != 0)
            OR EXISTS (SELECT 1 FROM summary WHERE series = ?1 AND start < ?3 AND start % 3600 != 0)
            OR EXISTS (SELECT 1 FROM summary WHERE series = ?1 AND start < ?4)
    """
    values = (series, now - POINTS_KEPT_S, now - COARSER[1][0], now - KEPT_S)
    return bool(connection.execute(sql, values).fetchone()[0])


def _sweep(connection: sqlite3.Connection, series: int, now: float) -> int:
    before = connection.total_changes
    connection.execute("DELETE FROM point WHERE series = ? AND timestamp < ?", (series, now - POINTS_KEPT_S))
    for age_s, step_s in COARSER:
        # Whole steps only, so that a step is never split between what is old and what is not.
        end = int((now - age_s) // step_s * step_s)
        where = "FROM summary WHERE series = ? AND start < ? AND start % ? != 0"
        rows = connection.execute(
            "SELECT series, start - start % ?, unit, sum(count), sum(total), min(low), max(high) "
            f"{where} GROUP BY 1, 2, 3",
            (step_s, series, end, step_s),
        ).fetchall()
        connection.executemany(_ADD, rows)
        connection.execute(f"DELETE {where}", (series, end, step_s))
    connection.execute("DELETE FROM summary WHERE series = ? AND start < ?", (series, now - KEPT_S))
    connection.execute(
        "DELETE FROM series WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM summary WHERE series = ?1)", (series,)
    )
    return connection.total_changes - before


def _series(connection: sqlite3.Connection, key: tuple[str, str, str]) -> int:
    """Return the number of a series, which comes into being with its first point."""
    connection.execute("INSERT OR IGNORE INTO series (namespace, name, dimensions) VALUES (?, ?, ?)", key)
    (series,) = connection.execute(_FIND, key).fetchone()
    return int(series)


def _text(dimensions: Mapping[str, str]) -> str:
    return json.dumps(sorted(dimensions.items()))
