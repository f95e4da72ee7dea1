"""The log stores as a state machine, and names that never lead out of their folder."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sagewright.engine.abc import LogEvent, NoSuchLog
from sagewright.engine.clock import FakeClock
from sagewright.engine.streams.files import FileLogStore
from sagewright.engine.streams.memory import MemoryLogStore

NAMES = st.sampled_from(["a", "b", "a/b", "ü"])
GROUPS = st.sampled_from(["g", "h"])


def outcome(call: Any) -> Any:
    """Return what a call returns, or what it misses."""
    try:
        return call()
    except NoSuchLog as error:
        return error.args


class LogStores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        clock = FakeClock()
        self.stores = (MemoryLogStore(clock), FileLogStore(self.folder / "logs", clock))
        self.written = 0

    def both(self, call: Any) -> None:
        memory, durable = (outcome(lambda store=store: call(store)) for store in self.stores)
        assert memory == durable

    @rule(group=GROUPS, name=NAMES, times=st.lists(st.integers(0, 9), max_size=4), size=st.integers(0, 70_000))
    def append(self, group: str, name: str, times: list[int], size: int) -> None:
        events = []
        for time in times:
            self.written += 1
            events.append(LogEvent(time, f"{self.written}\n" + "x" * size))
        self.both(lambda store: store.append(group, name, events))

    @rule(group=GROUPS)
    def create_group(self, group: str) -> None:
        self.both(lambda store: store.create_group(group))

    @rule(group=GROUPS, name=NAMES)
    def create_stream(self, group: str, name: str) -> None:
        self.both(lambda store: store.create_stream(group, name))

    @rule(group=GROUPS, name=NAMES)
    def delete_stream(self, group: str, name: str) -> None:
        self.both(lambda store: store.delete_stream(group, name))

    @rule(group=GROUPS)
    def delete_group(self, group: str) -> None:
        self.both(lambda store: store.delete_group(group))

    @rule(group=GROUPS, value=st.sampled_from([None, 1, {"a": "b"}]))
    def configure(self, group: str, value: Any) -> None:
        self.both(lambda store: store.configure_group(group, "setting", value))
        self.both(lambda store: store.group(group))

    @rule(group=GROUPS, name=NAMES, start=st.integers(0, 9), end=st.integers(0, 9))
    def scan(self, group: str, name: str, start: int, end: int) -> None:
        for back in (False, True):
            self.both(
                lambda store, back=back: [
                    placed.event
                    for placed in (
                        store.scan_back(group, name, None, start, end)
                        if back
                        else store.scan(group, name, 0, start, end)
                    )
                ]
            )

    @rule(group=GROUPS, name=NAMES, count=st.integers(0, 5))
    def walk(self, group: str, name: str, count: int) -> None:
        """Read a stream from one of its positions on, in both directions."""

        def read(store: Any) -> Any:
            ends = [placed.end for placed in store.scan(group, name)]
            place = ends[min(count, len(ends)) - 1] if ends and count else 0
            return (
                [placed.event for placed in store.scan(group, name, place)],
                [placed.event for placed in store.scan_back(group, name, place)] if place else [],
                list(store.read(group, name, place, 2)[0]),
            )

        self.both(read)

    @invariant()
    def same_streams(self) -> None:
        self.both(lambda store: store.groups())
        for group in ("g", "h"):
            self.both(lambda store, group=group: store.stream_names(group))
            self.both(
                lambda store, group=group: [
                    (s.name, s.created_ms, s.first_event_ms, s.last_event_ms, s.ingested_ms)
                    for s in store.streams(group)
                ]
            )

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestLogStores = LogStores.TestCase
TestLogStores.settings = settings(
    max_examples=25,
    derandomize=True,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

PATHS = st.text(st.sampled_from("./\\~\0%ab ü\n\ud800"), min_size=1, max_size=300) | st.text(min_size=1, max_size=300)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(PATHS, PATHS)
def test_whatever_the_names_all_stays_in_the_folder(group: str, stream: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        outer = Path(name)
        store = FileLogStore(outer / "logs", FakeClock())
        store.append(group, stream, [LogEvent(1, "x")])
        assert list(store.groups()) == [group]
        assert list(store.stream_names(group)) == [stream]
        assert store.read(group, stream)[0][0].message == "x"
        assert [child.name for child in outer.iterdir()] == ["logs"]
        files = [path for path in (outer / "logs").rglob("*") if path.is_file() and path.name != ".group"]
        (path,) = files
        assert path.parent.parent == outer / "logs"
        store.delete_group(group)
        assert list((outer / "logs").iterdir()) == []
