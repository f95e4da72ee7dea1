"""The SQLite state store keeps the contract, across processes too."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sagewright.engine.abc import Query, VersionConflict
from sagewright.engine.clock import FakeClock, SystemClock
from sagewright.engine.database import NewerSchema
from sagewright.engine.database_guard import GUARDS
from sagewright.engine.state.sqlite import SqliteStateStore
from sagewright.testing.state import SCOPE, StateStoreContract, record


class TestSqliteStateStore(StateStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, clock: FakeClock) -> Iterator[SqliteStateStore]:
        store = SqliteStateStore(tmp_path / "state.sqlite3", clock)
        yield store
        store.close()

    def test_processes_never_lose_a_write_of_each_other(self, store, tmp_path):
        store.put(record("counter", body={"n": 0}), expected_version=0)
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=count_up, args=(tmp_path / "state.sqlite3", 50)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0, 0]
        assert store.get("job", SCOPE, "counter").body == {"n": 150}

    def test_two_processes_never_claim_the_same_record(self, store, tmp_path):
        for number in range(40):
            store.put(record(f"r{number}", queue="work"), expected_version=0)
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        path = tmp_path / "state.sqlite3"
        workers = [context.Process(target=claim_all, args=(path, str(n), results)) for n in range(3)]
        for worker in workers:
            worker.start()
        claimed = [results.get() for _ in workers]
        for worker in workers:
            worker.join()
        assert sorted(name for names in claimed for name in names) == sorted(f"r{number}" for number in range(40))

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    @pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
    def test_a_forked_child_goes_on_with_connections_of_its_own(self, store):
        store.put(record("counter", body={"n": 0}), expected_version=0)
        child = os.fork()
        if child == 0:
            try:
                add_one(store)
            except BaseException:  # noqa: BLE001 - the exit code tells
                os._exit(1)
            os._exit(0)
        for _ in range(20):
            add_one(store)
        assert os.waitpid(child, 0)[1] == 0
        assert store.get("job", SCOPE, "counter").body == {"n": 21}

    @pytest.mark.skipif(sys.platform != "linux", reason="needs locks of open files")
    def test_whoever_reads_its_files_in_this_process_costs_nobody_a_write(self, store, tmp_path):
        store.put(record("first"), expected_version=0)
        for path in tmp_path.glob("state.sqlite3*"):
            path.read_bytes()
        assert names_elsewhere(tmp_path / "state.sqlite3") == ["first"]
        store.put(record("second"), expected_version=0)
        assert names_elsewhere(tmp_path / "state.sqlite3") == ["first", "second"]

    @pytest.mark.skipif(sys.platform != "linux", reason="needs locks of open files")
    @pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
    def test_a_child_leaves_the_guard_of_its_parent(self, store, tmp_path, monkeypatch):
        monkeypatch.setattr("sagewright.engine.database._FORK_PATIENCE_S", 0.1)
        path = tmp_path / "state.sqlite3"
        store.put(record("first"), expected_version=0)
        with store._database.connection():  # in use all the time
            child = os.fork()
            if child == 0:
                os._exit(int(path in GUARDS))
        assert os.waitpid(child, 0)[1] == 0
        path.read_bytes()
        assert names_elsewhere(path) == ["first"]
        store.put(record("second"), expected_version=0)
        assert names_elsewhere(path) == ["first", "second"]

    def test_the_log_is_gone_when_all_have_left(self, store, tmp_path):
        other = SqliteStateStore(tmp_path / "state.sqlite3", FakeClock())
        for one in (store, other):
            one.put(record(f"of {id(one)}"), expected_version=0)
        other.close()
        assert (tmp_path / "state.sqlite3-wal").exists()
        store.close()
        assert [path.name for path in tmp_path.iterdir()] == ["state.sqlite3"]
        assert tmp_path / "state.sqlite3" not in GUARDS

    def test_a_newer_schema_is_left_alone(self, store, tmp_path):
        store.count(Query("job"))
        store.close()
        connection = sqlite3.connect(tmp_path / "state.sqlite3")
        connection.execute("PRAGMA user_version = 999")
        connection.close()
        with pytest.raises(NewerSchema, match="hint: upgrade Sagewright"):
            SqliteStateStore(tmp_path / "state.sqlite3", FakeClock()).count(Query("job"))


def names_elsewhere(path: Path) -> list[str]:
    """Return the names of the records that a process of its own finds, which then leaves."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(names_in, (path,))


def names_in(path: Path) -> list[str]:
    store = SqliteStateStore(path, SystemClock())
    try:
        return sorted(found.name for found in store.list(Query("job", SCOPE)).records)
    finally:
        store.close()


def add_one(store: SqliteStateStore) -> None:
    while True:
        found = store.get("job", SCOPE, "counter")
        assert found is not None
        try:
            store.put(replace(found, body={"n": found.body["n"] + 1}), expected_version=found.version)
        except VersionConflict:
            continue
        return


def count_up(path: Path, times: int) -> None:
    store = SqliteStateStore(path, SystemClock())
    for _ in range(times):
        add_one(store)
    store.close()


def claim_all(path: Path, owner: str, results: multiprocessing.Queue[list[str]]) -> None:
    store = SqliteStateStore(path, SystemClock())
    names = []
    while claimed := store.claim("job", "work", owner, lease_s=60.0, limit=1):
        for found in claimed:
            names.append(found.name)
            store.put(replace(found, queue=None), expected_version=found.version)
    store.close()
    results.put(names)
