"""The contract of `StateStore`, as tests.

Subclass `StateStoreContract` in a test module and override its fixture `store`; it takes the fixture `clock`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from sagewright.engine.abc import BadToken, Page, Query, Record, StateStore, VersionConflict
from sagewright.engine.clock import FakeClock
from sagewright.testing.threads import in_threads

SCOPE = "123456789012/us-east-1"


def record(name: str = "a", *, kind: str = "job", scope: str = SCOPE, **facts: object) -> Record:
    """Return a record with a small body, to be put."""
    return replace(Record(kind, scope, name, {"Name": name}), **facts)  # type: ignore[arg-type]


def walk(store: StateStore, query: Query) -> Iterator[Page]:
    """Yield the pages of a query."""
    page = store.list(query)
    yield page
    while page.next_token is not None:
        page = store.list(replace(query, after=page.next_token))
        yield page


def names(store: StateStore, query: Query) -> Sequence[str]:
    """Return the names that all pages of a query show."""
    return [found.name for page in walk(store, query) for found in page.records]


class StateStoreContract:
    """Tests that every `StateStore` passes."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def store(self, clock: FakeClock) -> Iterator[StateStore]:
        """Yield an empty store that reads `clock`."""
        raise NotImplementedError

    # Records

    def test_missing_record_is_none(self, store: StateStore) -> None:
        assert store.get("job", SCOPE, "a") is None

    def test_get_returns_what_put_returned(self, store: StateStore, clock: FakeClock) -> None:
        written = store.put(record(status="InProgress", queue="work"), expected_version=0)
        now = clock.now()
        assert written == record(status="InProgress", queue="work", version=1, created_at=now, modified_at=now)
        assert store.get("job", SCOPE, "a") == written

    def test_key_is_kind_scope_and_name(self, store: StateStore) -> None:
        for kind, scope, name in (("job", "s", "a"), ("model", "s", "a"), ("job", "t", "a"), ("job", "s", "A")):
            store.put(record(name, kind=kind, scope=scope, status=f"{kind} {scope} {name}"), expected_version=0)
        found = store.get("job", "t", "a")
        assert found is not None
        assert found.status == "job t a"

    def test_update_counts_versions_and_keeps_creation(self, store: StateStore, clock: FakeClock) -> None:
        first = store.put(record(), expected_version=0)
        clock.sleep(5)
        second = store.put(record(status="Done", version=77, created_at=1.0), expected_version=1)
        assert (second.version, second.status) == (2, "Done")
        assert second.created_at == first.created_at
        assert second.modified_at == first.modified_at + 5
        assert store.get("job", SCOPE, "a") == second

    def test_record_may_carry_its_time_of_creation(self, store: StateStore) -> None:
        assert store.put(record(created_at=12.5), expected_version=0).created_at == 12.5

    @pytest.mark.parametrize("expected", [0, 1, 3])
    def test_put_at_another_version_changes_nothing(self, store: StateStore, expected: int) -> None:
        store.put(record(), expected_version=0)
        second = store.put(record(), expected_version=1)
        with pytest.raises(VersionConflict):
            store.put(record(status="late"), expected_version=expected)
        assert store.get("job", SCOPE, "a") == second

    def test_update_of_a_missing_record_conflicts(self, store: StateStore) -> None:
        with pytest.raises(VersionConflict):
            store.put(record(), expected_version=1)
        assert store.get("job", SCOPE, "a") is None

    def test_bodies_keep_every_json_value(self, store: StateStore) -> None:
        body: dict[str, object] = {
            "t": True,
            "n": None,
            "i": 2**53,
            "f": 0.1,
            "s": "é\u2028\0'\"\\",
            "l": [{"": []}],
            "deep": {"a": {"b": 1}},
        }
        store.put(Record("job", SCOPE, "a", body), expected_version=0)
        found = store.get("job", SCOPE, "a")
        assert found is not None
        assert found.body == body

    def test_bodies_are_copies(self, store: StateStore) -> None:
        body = {"list": [1]}
        written = store.put(Record("job", SCOPE, "a", body), expected_version=0)
        body["list"].append(2)
        written.body["list"].append(3)
        found = store.get("job", SCOPE, "a")
        assert found is not None
        assert found.body == {"list": [1]}

    def test_body_that_is_no_json_is_refused(self, store: StateStore) -> None:
        with pytest.raises(TypeError):
            store.put(Record("job", SCOPE, "a", {"x": object()}), expected_version=0)
        assert store.get("job", SCOPE, "a") is None

    def test_names_are_any_text(self, store: StateStore) -> None:
        odd = ["a/b", "é", "%", "_", "'; --", "日本", "🦉", " "]
        for name in odd:
            store.put(record(name), expected_version=0)
        assert names(store, Query("job", sort_by="name")) == sorted(odd)

    # Deletion

    def test_deleted_record_is_gone_and_its_name_free(self, store: StateStore) -> None:
        store.put(record(), expected_version=0)
        store.delete("job", SCOPE, "a")
        assert store.get("job", SCOPE, "a") is None
        assert store.put(record(), expected_version=0).version == 1

    def test_deleting_a_missing_record_is_no_error(self, store: StateStore) -> None:
        store.delete("job", SCOPE, "a")
        assert store.changes(0) == []

    @pytest.mark.parametrize("expected", [0, 2])
    def test_delete_at_another_version_conflicts(self, store: StateStore, expected: int) -> None:
        written = store.put(record(), expected_version=0)
        with pytest.raises(VersionConflict):
            store.delete("job", SCOPE, "a", expected_version=expected)
        assert store.get("job", SCOPE, "a") == written
        store.delete("job", SCOPE, "a", expected_version=1)
        with pytest.raises(VersionConflict):
            store.delete("job", SCOPE, "a", expected_version=1)

    # Queries

    def test_queries_filter(self, store: StateStore, clock: FakeClock) -> None:
        start = clock.now()
        for name, status, queue in (
            ("ab", "Done", None),
            ("abc", "Wait", "q"),
            ("xab", "Wait", None),
            ("AB", "Wait", "r"),
        ):
            store.put(record(name, status=status, queue=queue), expected_version=0)
            clock.sleep(10)
        store.put(record("other", scope="elsewhere"), expected_version=0)
        store.put(record("model", kind="model"), expected_version=0)
        cases: list[tuple[Query, list[str]]] = [
            (Query("job"), ["ab", "abc", "xab", "AB", "other"]),
            (Query("job", SCOPE), ["ab", "abc", "xab", "AB"]),
            (Query("job", name_contains="ab"), ["ab", "abc", "xab"]),
            (Query("job", name_contains=""), ["ab", "abc", "xab", "AB", "other"]),
            (Query("job", name_prefix="ab"), ["ab", "abc"]),
            (Query("job", name_prefix="abcd"), []),
            (Query("job", status="Wait"), ["abc", "xab", "AB"]),
            (Query("job", queue="q"), ["abc"]),
            (Query("job", created_after=start + 10, created_before=start + 20), ["abc", "xab"]),
            (Query("job", modified_after=start + 30), ["AB", "other"]),
            (Query("job", modified_before=start), ["ab"]),
            (Query("job", SCOPE, name_contains="b", status="Wait", created_after=start + 15), ["xab"]),
            (Query("nothing"), []),
        ]
        for query, expected in cases:
            assert names(store, query) == expected, query
            assert store.count(replace(query, limit=1)) == len(expected), query

    def test_name_filters_take_every_character_literally(self, store: StateStore) -> None:
        for name in ("a%b", "a_b", "a*b", "axb", "a\ud7ff", "a\ue000", "a\U0010ffff", "b"):
            store.put(record(name), expected_version=0)
        assert names(store, Query("job", name_contains="%")) == ["a%b"]
        assert names(store, Query("job", name_prefix="a_")) == ["a_b"]
        assert names(store, Query("job", name_prefix="a*")) == ["a*b"]
        assert names(store, Query("job", name_prefix="a\ud7ff")) == ["a\ud7ff"]
        assert names(store, Query("job", name_prefix="a\U0010ffff")) == ["a\U0010ffff"]
        assert store.count(Query("job", name_prefix="\U0010ffff")) == 0

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("sort_by", ["created", "modified", "name", "status"])
    def test_pages_follow_the_order(self, store: StateStore, clock: FakeClock, sort_by: str, descending: bool) -> None:
        self._fill(store, clock)
        column = {"created": "created_at", "modified": "modified_at"}.get(sort_by, sort_by)
        query = Query("job", sort_by=sort_by, descending=descending, limit=2)
        pages = [*walk(store, query)]
        found = [each for page in pages for each in page.records]
        expected = sorted(found, key=lambda each: (each.name, each.scope))
        expected.sort(key=lambda each: str(getattr(each, column)), reverse=descending)
        assert found == expected
        assert [len(page.records) for page in pages] == [2, 2, 2, 1]
        assert store.count(query) == 7

    def _fill(self, store: StateStore, clock: FakeClock) -> None:
        for at, names_then in ((0, "dab"), (10, "cf"), (20, "e")):
            for name in names_then:
                store.put(record(name, status="odd" if name in "ace" else "even"), expected_version=0)
            clock.sleep(at + 10)
        store.put(record("a", scope="other", status="odd"), expected_version=0)
        store.put(record("b", status="odd"), expected_version=1)

    def test_last_page_has_no_token(self, store: StateStore) -> None:
        for name in "abcd":
            store.put(record(name), expected_version=0)
        assert store.list(Query("job", limit=4)).next_token is None
        assert store.list(Query("job", limit=3)).next_token is not None
        assert store.list(Query("job", limit=0)) == Page([])

    def test_walk_sees_each_lasting_record_once(self, store: StateStore) -> None:
        for number in range(20):
            store.put(record(f"r{number:02}"), expected_version=0)
        seen: list[str] = []
        for turn, page in enumerate(walk(store, Query("job", sort_by="name", limit=3))):
            seen += [each.name for each in page.records]
            store.delete("job", SCOPE, seen[-1])
            store.put(record(f"q{turn}"), expected_version=0)
            if turn == 2:
                store.delete("job", SCOPE, "r15")
        assert seen == [f"r{number:02}" for number in range(20) if number != 15]

    def test_token_serves_its_own_query_only(self, store: StateStore) -> None:
        for name in "abcd":
            store.put(record(name), expected_version=0)
        query = Query("job", limit=2)
        token = store.list(query).next_token
        assert names(store, replace(query, after=token, limit=1)) == ["c", "d"]
        for other in (replace(query, status="x"), replace(query, kind="model"), replace(query, descending=True)):
            with pytest.raises(BadToken):
                store.list(replace(other, after=token))

    @pytest.mark.parametrize("token", ["", "x", "%%%", "é", "bm9uZQ", "WzEsMl0", "W10", "eyJhIjoxfQ"])
    def test_invented_token_is_refused(self, store: StateStore, token: str) -> None:
        with pytest.raises(BadToken):
            store.list(Query("job", after=token))

    def test_unknown_sort_key_is_refused(self, store: StateStore) -> None:
        with pytest.raises(ValueError, match="colour"):
            store.list(Query("job", sort_by="colour"))

    # Leases

    def test_claim_takes_the_oldest_of_the_queue(self, store: StateStore, clock: FakeClock) -> None:
        for name in ("b", "z", "a"):
            store.put(record(name, queue="work"), expected_version=0)
            clock.sleep(name == "b")
        store.put(record("elsewhere", queue="other"), expected_version=0)
        store.put(record("no work"), expected_version=0)
        store.put(record("model", kind="model", queue="work"), expected_version=0)
        assert [each.name for each in store.claim("job", "work", "me", 60, limit=2)] == ["b", "a"]
        assert [each.name for each in store.claim("job", "work", "you", 60, limit=9)] == ["z"]
        assert store.claim("job", "work", "they", 60, limit=9) == []
        assert store.claim("job", "work", "they", 60, limit=0) == []

    def test_claim_returns_the_owners_records_again_and_renews_them(self, store: StateStore, clock: FakeClock) -> None:
        written = store.put(record(queue="work"), expected_version=0)
        assert store.claim("job", "work", "me", 60) == [written]
        clock.sleep(40)
        assert store.claim("job", "work", "me", 60) == [written]
        clock.sleep(40)
        assert store.claim("job", "work", "you", 60) == []

    def test_expired_lease_can_be_taken_and_not_be_renewed(self, store: StateStore, clock: FakeClock) -> None:
        store.put(record(queue="work"), expected_version=0)
        store.claim("job", "work", "me", 60)
        clock.sleep(60)
        assert not store.renew("job", SCOPE, "a", "me", 60)
        assert len(store.claim("job", "work", "you", 60)) == 1
        assert not store.renew("job", SCOPE, "a", "me", 60)
        assert store.renew("job", SCOPE, "a", "you", 60)

    def test_renewed_lease_lasts(self, store: StateStore, clock: FakeClock) -> None:
        store.put(record(queue="work"), expected_version=0)
        store.claim("job", "work", "me", 60)
        clock.sleep(59)
        assert store.renew("job", SCOPE, "a", "me", 60)
        clock.sleep(59)
        assert store.claim("job", "work", "you", 60) == []

    def test_released_lease_is_free_and_only_the_owner_releases(self, store: StateStore) -> None:
        store.put(record(queue="work"), expected_version=0)
        store.claim("job", "work", "me", 60)
        store.release("job", SCOPE, "a", "you")
        assert store.claim("job", "work", "you", 60) == []
        store.release("job", SCOPE, "a", "me")
        assert len(store.claim("job", "work", "you", 60)) == 1

    def test_lease_outlives_changes_and_ends_with_the_record(self, store: StateStore) -> None:
        store.put(record(queue="work"), expected_version=0)
        store.claim("job", "work", "me", 60)
        store.put(record(queue="work", status="Busy"), expected_version=1)
        assert store.claim("job", "work", "you", 60) == []
        store.delete("job", SCOPE, "a")
        assert not store.renew("job", SCOPE, "a", "me", 60)
        store.put(record(queue="work"), expected_version=0)
        assert len(store.claim("job", "work", "you", 60)) == 1

    def test_lease_of_nothing_is_not_renewed(self, store: StateStore) -> None:
        assert not store.renew("job", SCOPE, "a", "me", 60)
        store.release("job", SCOPE, "a", "me")

    def test_leases_change_no_record(self, store: StateStore) -> None:
        written = store.put(record(queue="work"), expected_version=0)
        seq = store.changes(0)[-1].seq
        store.claim("job", "work", "me", 60)
        store.renew("job", SCOPE, "a", "me", 60)
        store.release("job", SCOPE, "a", "me")
        assert store.get("job", SCOPE, "a") == written
        assert store.changes(seq) == []

    # Changes

    def test_changes_tell_the_newest_of_each_record(self, store: StateStore) -> None:
        store.put(record("a"), expected_version=0)
        store.put(record("b"), expected_version=0)
        store.put(record("a"), expected_version=1)
        store.put(record("c"), expected_version=0)
        store.delete("job", SCOPE, "b")
        changes = store.changes(0)
        assert [(change.name, change.version) for change in changes] == [("a", 2), ("c", 1), ("b", 0)]
        seqs = [change.seq for change in changes]
        assert seqs == sorted(set(seqs))
        assert store.changes(seqs[0]) == changes[1:]
        assert store.changes(0, limit=2) == changes[:2]
        assert store.changes(seqs[-1]) == []

    def test_failed_put_is_no_change(self, store: StateStore) -> None:
        with pytest.raises(VersionConflict):
            store.put(record(), expected_version=4)
        assert store.changes(0) == []

    # Threads

    def test_one_of_many_threads_creates(self, store: StateStore) -> None:
        won = in_threads(8, lambda number: _wins(store, record(status=str(number)), 0))
        assert won.count(True) == 1

    def test_threads_lose_no_update(self, store: StateStore) -> None:
        store.put(Record("job", SCOPE, "count", {"n": 0}), expected_version=0)

        def work(_: int) -> None:
            for _ in range(10):
                increment(store)

        in_threads(4, work)
        found = store.get("job", SCOPE, "count")
        assert found is not None
        assert (found.body["n"], found.version) == (40, 41)

    def test_threads_claim_nothing_twice(self, store: StateStore) -> None:
        for number in range(30):
            store.put(record(f"r{number}", queue="work"), expected_version=0)
        claimed = in_threads(4, lambda number: [*claim_all(store, f"owner {number}")])
        taken = [name for names_of_one in claimed for name in names_of_one]
        assert sorted(taken) == sorted(f"r{number}" for number in range(30))


def claim_all(store: StateStore, owner: str) -> Iterator[str]:
    """Claim one record after another, take each from its queue, and yield their names until none is left."""
    while claimed := store.claim("job", "work", owner, 60):
        for each in claimed:
            store.put(replace(each, queue=None, status=owner), expected_version=each.version)
            store.release(each.kind, each.scope, each.name, owner)
            yield each.name


def increment(store: StateStore, name: str = "count") -> None:
    """Add one to a counter that others add to as well."""
    while True:
        found = store.get("job", SCOPE, name)
        assert found is not None
        if _wins(store, replace(found, body={"n": found.body["n"] + 1}), found.version):
            return


def _wins(store: StateStore, written: Record, expected_version: int) -> bool:
    try:
        store.put(written, expected_version=expected_version)
    except VersionConflict:
        return False
    return True
