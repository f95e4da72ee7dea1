"""The log and metric stores keep the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.streams.files import FileLogStore
from sagewright.engine.streams.memory import MemoryLogStore
from sagewright.engine.streams.memory_metrics import MemoryMetricStore
from sagewright.engine.streams.sqlite import SqliteMetricStore
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
