"""The stores as state machines: whatever is done in whatever order, the durable ones do what the ones in memory do."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sagewright.engine.abc import NoSuchObject, ObjectInfo, Query, Record, VersionConflict
from sagewright.engine.clock import FakeClock
from sagewright.engine.objects.files import FileObjectStore
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.engine.state.memory import MemoryStateStore
from sagewright.engine.state.sqlite import SqliteStateStore

NAMES = st.sampled_from(["a", "b", "ab", "B", "ü"])
OWNERS = st.sampled_from(["one", "two"])
QUEUES = st.sampled_from([None, "work", "later"])
STATUSES = st.sampled_from(["", "InProgress", "Done"])
KEYS = st.text(st.sampled_from("ab/é"), min_size=1, max_size=5)

FEW = settings(
    max_examples=25,
    derandomize=True,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def outcome(call: Any) -> Any:
    """Return what a call returns, or the kind of exception it raises."""
    try:
        return call()
    except (VersionConflict, NoSuchObject) as error:
        return type(error)


class StateStores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.stores = (MemoryStateStore(self.clock), SqliteStateStore(self.folder / "s.sqlite3", self.clock))

    def both(self, call: Any) -> None:
        memory, durable = (outcome(lambda store=store: call(store)) for store in self.stores)
        assert memory == durable

    @rule(name=NAMES, status=STATUSES, queue=QUEUES, version=st.integers(0, 3), value=st.integers())
    def put(self, name: str, status: str, queue: str | None, version: int, value: int) -> None:
        record = Record("job", "s", name, {"value": value}, status, queue)
        self.both(lambda store: store.put(record, expected_version=version))

    @rule(name=NAMES, status=STATUSES, queue=QUEUES)
    def change(self, name: str, status: str, queue: str | None) -> None:
        def work(store: Any) -> Any:
            found = store.get("job", "s", name)
            if found is None:
                return None
            return store.put(replace(found, status=status, queue=queue), expected_version=found.version)

        self.both(work)

    @rule(name=NAMES, version=st.one_of(st.none(), st.integers(0, 3)))
    def delete(self, name: str, version: int | None) -> None:
        self.both(lambda store: store.delete("job", "s", name, expected_version=version))

    @rule(queue=st.sampled_from(["work", "later"]), owner=OWNERS, limit=st.integers(1, 3))
    def claim(self, queue: str, owner: str, limit: int) -> None:
        self.both(lambda store: list(store.claim("job", queue, owner, 10.0, limit)))

    @rule(name=NAMES, owner=OWNERS)
    def renew(self, name: str, owner: str) -> None:
        self.both(lambda store: store.renew("job", "s", name, owner, 10.0))

    @rule(name=NAMES, owner=OWNERS)
    def release(self, name: str, owner: str) -> None:
        self.both(lambda store: store.release("job", "s", name, owner))

    @rule(seconds=st.floats(0.5, 12.0))
    def wait(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    @invariant()
    def they_show_the_same(self) -> None:
        for sort_by in ("created", "modified", "name", "status"):
            for descending in (False, True):
                query = Query("job", sort_by=sort_by, descending=descending, limit=2)
                self.both(lambda store, query=query: list(store.list(query).records))
        self.both(lambda store: list(store.changes(0)))

    def teardown(self) -> None:
        self.stores[1].close()
        shutil.rmtree(self.folder)


def anonymous(info: ObjectInfo) -> ObjectInfo:
    """Return facts without a version id, which no two stores have in common, but for whether there is one."""
    return replace(info, version_id=info.version_id and "some")


class ObjectStores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.stores = (MemoryObjectStore(self.clock), FileObjectStore(self.folder, self.clock))
        for store in self.stores:
            store.create_bucket("b", "r", "o")

    def both(self, call: Any) -> None:
        memory, durable = (outcome(lambda store=store: call(store)) for store in self.stores)
        assert memory == durable

    @rule(key=KEYS, data=st.binary(max_size=30))
    def put(self, key: str, data: bytes) -> None:
        self.both(lambda store: anonymous(store.put("b", key, data)))

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.both(lambda store: replace(store.delete("b", key), version_id=None))

    @rule(state=st.sampled_from(["Enabled", "Suspended"]))
    def keep_versions(self, state: str) -> None:
        self.both(lambda store: store.configure_bucket("b", "versioning", state))

    @rule(number=st.integers(0, 9))
    def delete_a_version(self, number: int) -> None:
        def work(store: Any) -> Any:
            found = store.list_versions("b", limit=number + 1).versions
            if not found:
                return None
            info = found[-1][0]
            done = store.delete("b", info.key, version_id=info.version_id or "null")
            return done.existed, done.is_marker

        self.both(work)

    @rule(
        prefix=st.text(st.sampled_from("ab/é"), max_size=2),
        delimiter=st.sampled_from(["", "/"]),
        limit=st.integers(1, 4),
    )
    def walk_versions(self, prefix: str, delimiter: str, limit: int) -> None:
        def work(store: Any) -> list[Any]:
            pages, after = [], ("", None)
            while True:
                page = store.list_versions("b", prefix, delimiter, after, limit)
                pages.append(([(anonymous(info), newest) for info, newest in page.versions], list(page.prefixes)))
                if page.next_after is None:
                    return pages
                after = page.next_after

        self.both(work)

    @rule(source=KEYS, to=KEYS)
    def copy(self, source: str, to: str) -> None:
        self.both(lambda store: anonymous(store.copy(("b", source), ("b", to))))

    @rule(key=KEYS, start=st.integers(0, 5), length=st.one_of(st.none(), st.integers(0, 9)))
    def read(self, key: str, start: int, length: int | None) -> None:
        def work(store: Any) -> bytes:
            with store.open("b", key, start, length)[1] as stream:
                return bytes(stream.read())

        self.both(work)

    @rule(
        prefix=st.text(st.sampled_from("ab/é"), max_size=2),
        delimiter=st.sampled_from(["", "/"]),
        limit=st.integers(1, 4),
    )
    def walk(self, prefix: str, delimiter: str, limit: int) -> None:
        def work(store: Any) -> list[Any]:
            pages, after = [], ""
            while True:
                page = store.list("b", prefix, delimiter, after, limit)
                pages.append(([anonymous(info) for info in page.objects], list(page.prefixes), page.next_after))
                if page.next_after is None:
                    return pages
                after = page.next_after

        self.both(work)

    def teardown(self) -> None:
        self.stores[1].close()
        shutil.rmtree(self.folder)


TestStateStores = StateStores.TestCase
TestStateStores.settings = FEW
TestObjectStores = ObjectStores.TestCase
TestObjectStores.settings = FEW
