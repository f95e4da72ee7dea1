"""The log and metric stores keep the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from sagewright.engine.abc import Datum, Summary
from sagewright.engine.clock import FakeClock
from sagewright.engine.database import Database
from sagewright.engine.streams import sqlite
from sagewright.engine.streams.files import FileLogStore
from sagewright.engine.streams.memory import MemoryLogStore
from sagewright.engine.streams.memory_metrics import MemoryMetricStore
from sagewright.engine.streams.names import file_name
from sagewright.engine.streams.sqlite import DAY_S, SqliteMetricStore
from sagewright.testing.streams import GROUP, STREAM, LogStoreContract, MetricStoreContract, event, messages


class TestMemoryLogStore(LogStoreContract):
    @pytest.fixture
    def store(self, clock: FakeClock) -> MemoryLogStore:
        return MemoryLogStore(clock)


class TestFileLogStore(LogStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, clock: FakeClock) -> FileLogStore:
        return FileLogStore(tmp_path / "logs", clock)

    def test_a_torn_line_is_passed_over_and_the_next_one_is_whole(self, store, tmp_path):
        store.append(GROUP, STREAM, [event("before")])
        (path,) = (tmp_path / "logs").glob("*/[!.]*")
        with path.open("ab") as file:
            file.write(b'17 18 "half a mess')  # a writer was killed here
        assert messages(store) == ["before"]
        position = store.read(GROUP, STREAM)[1]
        store.append(GROUP, STREAM, [event("after")])
        assert messages(store) == ["before", "after"]
        assert messages(store, after=position) == ["after"]
        assert store.streams(GROUP)[0].last_event_ms == 1

    def test_another_process_sees_what_is_there(self, store, tmp_path, clock):
        store.append(GROUP, STREAM, [event("x")])
        assert messages(FileLogStore(tmp_path / "logs", clock)) == ["x"]

    def test_logs_of_before_are_taken_over(self, store, tmp_path):
        long = "y" * 300
        for name, folder in (("g", "g"), (long, file_name(long))):
            group = tmp_path / "logs" / folder
            group.mkdir()
            if folder != name:
                (group / ".name").write_text(name)
            (group / "s").write_text(
                '{"name": "s", "created_ms": 5}\n7 8 "old                                        "\n'
            )
        assert list(store.groups()) == ["g", long]
        for name in ("g", long):
            assert store.group(name).settings == {}
            facts = store.stream(name, "s")
            assert (facts.created_ms, facts.first_event_ms, facts.ingested_ms) == (5, 7, 8)
            assert facts.id
            store.append(name, "s", [event("new", at=9)])
            assert [placed.event.message for placed in store.scan(name, "s")][1:] == ["new"]
            store.configure_group(name, "retention", 1)
            assert store.expire(name, 8) > 0
            assert [placed.event.message for placed in store.scan(name, "s")] == ["new"]
        assert list(store.groups()) == ["g", long]


class TestMemoryMetricStore(MetricStoreContract):
    @pytest.fixture
    def store(self) -> MemoryMetricStore:
        return MemoryMetricStore()


class TestSqliteMetricStore(MetricStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path):
        store = SqliteMetricStore(tmp_path / "metrics.sqlite3")
        yield store
        store.close()

    def test_homes_of_before_are_taken_over(self, tmp_path):
        path = tmp_path / "old.sqlite3"
        old = Database(path, sqlite._MIGRATIONS[:1])

        def write(connection):
            connection.execute("INSERT INTO series VALUES (1, 'n', 'loss', '[]')")
            connection.executemany(
                "INSERT INTO point VALUES (1, ?, ?, 'None')", [(60.0, 1.0), (61.0, 2.0), (130.0, 5.0)]
            )

        old.write(write)
        old.close()
        store = SqliteMetricStore(path)
        assert store.summarise("n", "loss", {}, 0.0, 300.0, 300.0) == {("None", 0.0): Summary(3.0, 8.0, 1.0, 5.0)}
        assert [point.count for point in store.query("n", "loss", {}, 0.0, 300.0)] == [1.0] * 3
        assert len(store.list(active_after=130.0)) == 1
        store.close()

    def test_what_is_old_becomes_coarser_and_goes(self, store):
        now = 1_700_000_000.0 // 3600 * 3600
        ages = {"fresh": 10 * DAY_S, "old": 20 * DAY_S, "older": 100 * DAY_S, "gone": 500 * DAY_S}
        for name, age in ages.items():
            store.put([Datum("n", name, {}, now - age + 60 * n, float(n)) for n in range(60)])
        assert store.sweep(now) > 0

        def read(name, period):
            start = now - ages[name]
            return store.summarise("n", name, {}, start, start + 3600, period)

        whole = Summary(60.0, float(sum(range(60))), 0.0, 59.0)
        assert [len(read(name, 60.0)) for name in ("fresh", "old", "older", "gone")] == [60, 12, 1, 0]
        assert all(list(read(name, 3600.0).values()) == [whole] for name in ("fresh", "old", "older"))
        assert len(store.query("n", "fresh", {}, 0.0, now)) == 60
        assert store.query("n", "old", {}, 0.0, now) == []
        assert [name for _, name, _ in store.list()] == ["fresh", "old", "older"]
        assert store.sweep(now) == 0
        store.put([Datum("n", "old", {}, now - ages["old"] + 30, 100.0)])  # late points join what has become coarser
        store.sweep(now)
        assert read("old", 300.0)["None", now - ages["old"]] == Summary(6.0, 110.0, 0.0, 100.0)
