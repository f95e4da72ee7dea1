"""The contracts of `LogStore` and `MetricStore`, as tests.

Subclass `LogStoreContract` or `MetricStoreContract` in a test module and override the fixture `store`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from sagewright.engine.abc import Datum, LogEvent, LogStore, MetricStore, NoSuchLog, Summary
from sagewright.engine.clock import FakeClock
from sagewright.testing.threads import in_threads

GROUP, STREAM = "/aws/sagemaker/TrainingJobs", "job/algo-1-1"


def event(message: str = "hello", at: int = 1) -> LogEvent:
    """Return an event to be appended."""
    return LogEvent(at, message)


def messages(store: LogStore, stream: str = STREAM, after: int = 0, limit: int = 10_000) -> list[str]:
    """Return the messages of a stream."""
    return [found.message for found in store.read(GROUP, stream, after, limit)[0]]


class LogStoreContract:
    """Tests that every `LogStore` passes."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def store(self, clock: FakeClock) -> Iterator[LogStore]:
        """Yield an empty store that reads `clock`."""
        raise NotImplementedError

    def test_what_is_written_is_read_in_order(self, store: LogStore, clock: FakeClock) -> None:
        store.append(GROUP, STREAM, [event("a", 1), event("b", 2)])
        store.append(GROUP, STREAM, [event("c", 3)])
        events, _ = store.read(GROUP, STREAM)
        assert [(found.timestamp_ms, found.message) for found in events] == [(1, "a"), (2, "b"), (3, "c")]
        assert {found.ingested_ms for found in events} == {int(clock.now() * 1000)}

    def test_positions_lead_through_a_stream_that_grows(self, store: LogStore) -> None:
        store.append(GROUP, STREAM, [event(str(n)) for n in range(5)])
        events, position = store.read(GROUP, STREAM, 0, 2)
        assert [found.message for found in events] == ["0", "1"]
        events, position = store.read(GROUP, STREAM, position, 2)
        assert [found.message for found in events] == ["2", "3"]
        events, position = store.read(GROUP, STREAM, position)
        assert [found.message for found in events] == ["4"]
        assert store.read(GROUP, STREAM, position) == ([], position)
        store.append(GROUP, STREAM, [event("5")])
        assert messages(store, after=position) == ["5"]

    @pytest.mark.parametrize(
        "text", ["", "two\nlines", "tab\tand\r", "üñï 日本 \U0001f600", '{"json": "x"}', "x" * 100_000]
    )
    def test_messages_come_back_as_they_were(self, store: LogStore, text: str) -> None:
        store.append(GROUP, STREAM, [event(text), event("next")])
        assert messages(store) == [text, "next"]

    @pytest.mark.parametrize("name", ["a/b/c", "..", ".", "-", "with space", "ü", "~x", "y" * 512])
    def test_names_are_only_names(self, store: LogStore, name: str) -> None:
        store.append(name, name, [event()])
        assert list(store.groups()) == [name]
        assert [stream.name for stream in store.streams(name)] == [name]
        assert len(store.read(name, name)[0]) == 1

    def test_missing_groups_and_streams(self, store: LogStore) -> None:
        for call in (
            lambda: store.read("none", "s"),
            lambda: store.streams("none"),
            lambda: store.create_stream("none", "s"),
            lambda: store.delete_group("none"),
        ):
            with pytest.raises(NoSuchLog) as caught:
                call()
            assert caught.value.args[0] == "group"
        store.create_group(GROUP)
        with pytest.raises(NoSuchLog) as caught:
            store.read(GROUP, "none")
        assert caught.value.args[0] == "stream"

    def test_making_what_exists_says_so(self, store: LogStore) -> None:
        assert store.create_group(GROUP)
        assert not store.create_group(GROUP)
        assert store.create_stream(GROUP, STREAM)
        assert not store.create_stream(GROUP, STREAM)
        assert messages(store) == []

    def test_streams_are_listed_with_their_facts(self, store: LogStore, clock: FakeClock) -> None:
        store.create_group(GROUP)
        store.create_stream(GROUP, "job/a")
        store.append(GROUP, "job/b", [event("x", 5), event("y", 9)])
        store.append(GROUP, "other", [event()])
        empty, filled = store.streams(GROUP, "job/")
        assert (empty.name, empty.first_event_ms, empty.last_event_ms) == ("job/a", None, None)
        assert (filled.name, filled.first_event_ms, filled.last_event_ms) == ("job/b", 5, 9)
        assert filled.created_ms == int(clock.now() * 1000)
        assert filled.group == GROUP
        assert filled.stored_bytes >= 2
        assert store.stored_bytes(GROUP) == sum(stream.stored_bytes for stream in store.streams(GROUP))

    def test_groups_are_listed_by_prefix(self, store: LogStore) -> None:
        for name in ("/b", "/a/2", "/a/1"):
            store.create_group(name)
        assert list(store.groups("/a")) == ["/a/1", "/a/2"]

    def test_a_deleted_group_is_gone_with_its_streams(self, store: LogStore) -> None:
        store.append(GROUP, STREAM, [event()])
        store.delete_group(GROUP)
        assert list(store.groups()) == []
        store.append(GROUP, STREAM, [event("again")])
        assert messages(store) == ["again"]

    def test_writers_do_not_tear_each_other_s_lines(self, store: LogStore) -> None:
        def write(number: int) -> None:
            for line in range(25):
                store.append(GROUP, STREAM, [event(f"{number}-{line}-{'x' * 500}"), event(f"{number}-{line}-2")])

        in_threads(4, write)
        found = messages(store)
        assert len(found) == 200
        for number in range(4):
            own = [text for text in found if text.startswith(f"{number}-")]
            assert [text.split("-")[1] for text in own] == [str(line) for line in range(25) for _ in range(2)]

    def test_scanning_goes_both_ways_from_positions(self, store: LogStore) -> None:
        store.append(GROUP, STREAM, [event(str(n) * (n + 1), at=n) for n in range(6)])
        forth = list(store.scan(GROUP, STREAM))
        back = list(store.scan_back(GROUP, STREAM))
        assert forth == back[::-1]
        assert [placed.event.timestamp_ms for placed in forth] == list(range(6))
        assert all(one.end == two.begin for one, two in pairwise(forth))
        assert list(store.scan(GROUP, STREAM, forth[3].begin)) == forth[3:]
        assert list(store.scan_back(GROUP, STREAM, forth[3].begin)) == forth[2::-1]
        assert list(store.scan(GROUP, STREAM, 0, 2, 4)) == list(store.scan_back(GROUP, STREAM, None, 2, 4))[::-1]
        assert list(store.scan(GROUP, STREAM, 0, 2, 4)) == forth[2:4]

    def test_scanning_back_passes_long_lines(self, store: LogStore) -> None:
        store.append(GROUP, STREAM, [event(str(n) * size, n) for n, size in enumerate((1, 200_000, 3, 65_536, 90_000))])
        found = [placed.event.message for placed in store.scan_back(GROUP, STREAM)]
        assert [len(message) for message in found] == [90_000, 65_536, 3, 200_000, 1]

    def test_a_missing_stream_is_missed_at_once(self, store: LogStore) -> None:
        store.create_group(GROUP)
        for call in (store.scan, store.scan_back, store.stream, store.delete_stream):
            with pytest.raises(NoSuchLog) as caught:
                call(GROUP, "none")
            assert caught.value.args[0] == "stream"

    def test_a_stream_that_is_made_anew_is_another_one(self, store: LogStore) -> None:
        store.append(GROUP, STREAM, [event("old")])
        before = store.stream(GROUP, STREAM)
        store.delete_stream(GROUP, STREAM)
        assert list(store.stream_names(GROUP)) == []
        store.append(GROUP, STREAM, [event("new")])
        after = store.stream(GROUP, STREAM)
        assert messages(store) == ["new"]
        assert before.id != after.id
        assert store.stream(GROUP, STREAM) == after

    def test_a_group_keeps_its_settings(self, store: LogStore, clock: FakeClock) -> None:
        store.create_group(GROUP)
        created = store.group(GROUP).created_ms
        assert created == int(clock.now() * 1000)
        clock.sleep(5)
        store.configure_group(GROUP, "retention", 7)
        store.configure_group(GROUP, "tags", {"a": "b"})
        assert store.group(GROUP).settings == {"retention": 7, "tags": {"a": "b"}}
        store.configure_group(GROUP, "retention", None)
        assert (store.group(GROUP).settings, store.group(GROUP).created_ms) == ({"tags": {"a": "b"}}, created)
        store.delete_group(GROUP)
        store.create_group(GROUP)
        assert store.group(GROUP).settings == {}

    def test_old_events_are_forgotten_and_positions_stay(self, store: LogStore) -> None:
        store.append(GROUP, STREAM, [event("old" * 1000, at=n) for n in range(10)])
        store.append(GROUP, STREAM, [event("young", at=50), event("late", at=3), event("younger", at=60)])
        before = list(store.scan(GROUP, STREAM))
        identity = store.stream(GROUP, STREAM).id
        assert store.expire(GROUP, 40) > 10_000
        assert list(store.scan(GROUP, STREAM)) == before[10:]
        assert list(store.scan_back(GROUP, STREAM)) == before[:9:-1]
        assert messages(store) == messages(store, after=before[4].end) == ["young", "late", "younger"]
        assert messages(store, after=before[10].end) == ["late", "younger"]
        store.append(GROUP, STREAM, [event("next", at=70)])
        assert messages(store, after=before[-1].end) == ["next"]
        facts = store.stream(GROUP, STREAM)
        assert (facts.id, facts.first_event_ms, facts.last_event_ms) == (identity, 50, 70)
        assert store.expire(GROUP, 40) == 0
        assert store.expire(GROUP, 100) > 0
        assert messages(store) == []
        store.append(GROUP, STREAM, [event("last", at=200)])
        assert messages(store) == ["last"]


class MetricStoreContract:
    """Tests that every `MetricStore` passes."""

    @pytest.fixture
    def store(self) -> Iterator[MetricStore]:
        """Yield an empty store."""
        raise NotImplementedError

    def datum(self, value: float = 1.0, at: float = 10.0, name: str = "loss", **dimensions: str) -> Datum:
        """Return a point of the namespace `n`."""
        return Datum("n", name, dimensions, at, value)

    def test_points_come_back_in_the_order_of_time(self, store: MetricStore) -> None:
        store.put([self.datum(2.0, 20.0, Job="a"), self.datum(1.0, 10.0, Job="a"), self.datum(3.0, 30.0, Job="a")])
        found = store.query("n", "loss", {"Job": "a"}, 10.0, 30.0)
        assert [(point.value, point.timestamp) for point in found] == [(1.0, 10.0), (2.0, 20.0)]
        assert found[0] == self.datum(1.0, 10.0, Job="a")

    def test_no_two_points_are_merged(self, store: MetricStore) -> None:
        store.put([self.datum(1.0), self.datum(1.0)])
        store.put([self.datum(1.0)])
        assert len(store.query("n", "loss", {}, 0.0, 100.0)) == 3

    def test_dimensions_match_exactly_and_in_any_order(self, store: MetricStore) -> None:
        store.put([Datum("n", "m", {"a": "1", "b": "2"}, 1.0, 5.0, "Percent")])
        assert store.query("n", "m", {"b": "2", "a": "1"}, 0.0, 2.0)[0].unit == "Percent"
        for dimensions in ({}, {"a": "1"}, {"a": "1", "b": "3"}):
            assert list(store.query("n", "m", dimensions, 0.0, 2.0)) == []

    def test_series_are_listed_once_each(self, store: MetricStore) -> None:
        store.put([self.datum(Job="b"), self.datum(Job="a"), self.datum(Job="a"), self.datum(name="acc")])
        store.put([Datum("m", "loss", {}, 1.0, 1.0)])
        assert list(store.list()) == [
            ("m", "loss", {}),
            ("n", "acc", {}),
            ("n", "loss", {"Job": "a"}),
            ("n", "loss", {"Job": "b"}),
        ]
        assert list(store.list("n", "acc")) == [("n", "acc", {})]
        assert list(store.list(name="none")) == []

    def test_nothing_is_nothing(self, store: MetricStore) -> None:
        store.put([])
        assert list(store.list()) == []

    def test_what_is_no_number_is_passed_over(self, store: MetricStore) -> None:
        store.put([self.datum(float("nan")), self.datum(float("inf")), self.datum(2.0)])
        assert [point.value for point in store.query("n", "loss", {}, 0.0, 100.0)] == [2.0]

    @pytest.mark.parametrize("period", [60.0, 1.0])
    def test_summaries_keep_what_is_true(self, store: MetricStore, period: float) -> None:
        several = Datum("n", "loss", {}, 60.0, 3.0, count=2.0)
        as_a_set = Datum("n", "loss", {}, 60.5, 10.0, count=4.0, low=-1.0, high=9.0)
        store.put([several, as_a_set, self.datum(1.0, 60.5)])
        assert store.summarise("n", "loss", {}, 60.0, 120.0, period) == {("None", 60.0): Summary(7.0, 17.0, -1.0, 9.0)}
        assert list(store.query("n", "loss", {}, 60.0, 61.0)) == [several, as_a_set, self.datum(1.0, 60.5)]

    def test_summaries_are_of_periods_and_units(self, store: MetricStore) -> None:
        store.put([self.datum(n, 60.0 * n) for n in range(10)])
        store.put([Datum("n", "loss", {}, 125.0, 7.0, "Percent")])
        found = store.summarise("n", "loss", {}, 60.0, 500.0, 120.0)
        assert found["Percent", 60.0] == Summary(1.0, 7.0, 7.0, 7.0)
        assert {time: summary.total for (unit, time), summary in found.items() if unit == "None"} == {
            60.0: 3.0,
            180.0: 7.0,
            300.0: 11.0,
            420.0: 15.0,
        }
        found = store.summarise("n", "loss", {}, 30.0, 90.5, 30.25)
        assert {time: summary.total for (_, time), summary in found.items()} == {30.0: 1.0}
        assert store.summarise("n", "none", {}, 60.0, 120.0, 60.0) == {}

    def test_series_that_are_silent_can_be_left_out(self, store: MetricStore) -> None:
        store.put([self.datum(at=100.0, Job="a"), self.datum(at=200.0, Job="b"), self.datum(at=50.0, Job="b")])
        assert [dict(dimensions) for _, _, dimensions in store.list(active_after=200.0)] == [{"Job": "b"}]
        assert len(store.list(active_after=100.0)) == 2
