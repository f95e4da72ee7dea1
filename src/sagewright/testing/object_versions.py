"""The part of the contract of `ObjectStore` that is about versions, guards and damage; see `objects.py`."""

from __future__ import annotations

import pytest

from sagewright.engine.abc import (
    BucketNotEmpty,
    Deletion,
    IsDeleteMarker,
    NoSuchBucket,
    NoSuchObject,
    NoSuchVersion,
    ObjectStore,
    PreconditionFailed,
)
from sagewright.engine.objects.rules import only_if_absent, only_over


def content(store: ObjectStore, key: str, start: int = 0, length: int | None = None, bucket: str = "bucket") -> bytes:
    """Return an object's bytes."""
    with store.open(bucket, key, start, length)[1] as stream:
        return stream.read()


class ObjectVersions:
    """Tests that every `ObjectStore` passes, given a fixture `bucket`: the store with one empty bucket, `bucket`."""

    @pytest.fixture
    def kept(self, bucket: ObjectStore) -> ObjectStore:
        """Return the store with a bucket that keeps versions."""
        bucket.configure_bucket("bucket", "versioning", "Enabled")
        return bucket

    def versions(self, store: ObjectStore, limit: int = 1000, **where: str) -> list[tuple[str, str | None, bool, bool]]:
        """Return (key, version id, is a marker, is the newest) of all versions, page by page."""
        found: list[tuple[str, str | None, bool, bool]] = []
        after: tuple[str, str | None] = ("", None)
        while True:
            page = store.list_versions("bucket", after=after, limit=limit, **where)
            assert len(page.versions) + len(page.prefixes) <= limit
            found += [(info.key, info.version_id, info.is_marker, newest) for info, newest in page.versions]
            found += [(prefix, None, False, False) for prefix in page.prefixes]
            if page.next_after is None:
                return found
            after = page.next_after

    def test_what_is_overwritten_stays(self, kept: ObjectStore) -> None:
        first, second = kept.put("bucket", "k", b"1"), kept.put("bucket", "k", b"22")
        assert first.version_id
        assert second.version_id
        assert first.version_id != second.version_id
        assert content(kept, "k") == b"22"
        assert kept.head("bucket", "k", version_id=first.version_id) == first
        with kept.open("bucket", "k", version_id=first.version_id)[1] as stream:
            assert stream.read() == b"1"
        assert [info.version_id for info in kept.list("bucket").objects] == [second.version_id]
        assert self.versions(kept) == [("k", second.version_id, False, True), ("k", first.version_id, False, False)]
        with pytest.raises(NoSuchVersion):
            kept.head("bucket", "k", version_id="null")
        with pytest.raises(NoSuchVersion):
            kept.head("bucket", "none", version_id=first.version_id)

    def test_a_delete_marker_hides_the_versions(self, kept: ObjectStore) -> None:
        put = kept.put("bucket", "k", b"1")
        done = kept.delete("bucket", "k")
        assert (done.existed, done.is_marker) == (True, True)
        assert done.version_id
        for version_id in (None, done.version_id):
            with pytest.raises(IsDeleteMarker) as caught:
                kept.open("bucket", "k", version_id=version_id)
            assert caught.value.info.version_id == done.version_id
        assert list(kept.list("bucket").objects) == []
        assert self.versions(kept) == [("k", done.version_id, True, True), ("k", put.version_id, False, False)]
        with pytest.raises(BucketNotEmpty):
            kept.delete_bucket("bucket")
        again = kept.delete("bucket", "k")
        assert (again.existed, again.is_marker, len(self.versions(kept))) == (False, True, 3)

    def test_the_version_below_comes_up_when_the_one_above_is_deleted(self, kept: ObjectStore) -> None:
        ids = [kept.put("bucket", "k", bytes(size)).version_id for size in range(1, 4)]
        marker = kept.delete("bucket", "k").version_id
        assert kept.delete("bucket", "k", version_id=marker) == Deletion(True, marker, is_marker=True)
        assert content(kept, "k") == bytes(3)
        assert kept.delete("bucket", "k", version_id=ids[1]) == Deletion(True, ids[1])
        assert content(kept, "k") == bytes(3)
        kept.delete("bucket", "k", version_id=ids[2])
        assert content(kept, "k") == bytes(1)
        assert kept.delete("bucket", "k", version_id=ids[2]) == Deletion(False, ids[2])
        kept.delete("bucket", "k", version_id=ids[0])
        assert self.versions(kept) == []
        kept.delete_bucket("bucket")

    def test_what_was_there_before_is_the_version_null(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"old")
        bucket.configure_bucket("bucket", "versioning", "Enabled")
        new = bucket.put("bucket", "k", b"new")
        assert self.versions(bucket) == [("k", new.version_id, False, True), ("k", None, False, False)]
        with bucket.open("bucket", "k", version_id="null")[1] as stream:
            assert stream.read() == b"old"
        assert bucket.delete("bucket", "k", version_id="null") == Deletion(True, "null")
        assert len(self.versions(bucket)) == 1

    def test_without_versions_null_is_the_object(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"1")
        assert bucket.head("bucket", "k", version_id="null").version_id is None
        assert self.versions(bucket) == [("k", None, False, True)]
        assert bucket.delete("bucket", "k", version_id="null").existed
        assert self.versions(bucket) == []

    def test_a_suspended_bucket_replaces_only_the_version_null(self, kept: ObjectStore) -> None:
        first = kept.put("bucket", "k", b"1").version_id
        kept.configure_bucket("bucket", "versioning", "Suspended")
        for data in (b"2", b"3"):
            assert kept.put("bucket", "k", data).version_id is None
        assert content(kept, "k") == b"3"
        assert self.versions(kept) == [("k", None, False, True), ("k", first, False, False)]
        assert kept.delete("bucket", "k") == Deletion(True, None, is_marker=True)
        assert kept.delete("bucket", "k") == Deletion(False, None, is_marker=True)
        assert self.versions(kept) == [("k", None, True, True), ("k", first, False, False)]
        kept.put("bucket", "k", b"4")
        assert self.versions(kept) == [("k", None, False, True), ("k", first, False, False)]
        kept.configure_bucket("bucket", "versioning", "Enabled")
        fifth = kept.put("bucket", "k", b"5").version_id
        assert self.versions(kept) == [
            ("k", fifth, False, True), ("k", None, False, False), ("k", first, False, False)
        ]  # fmt: skip

    @pytest.mark.parametrize("limit", [1, 2, 3, 1000])
    def test_listings_of_versions(self, kept: ObjectStore, limit: int) -> None:
        expected = []
        for key in ("a", "a/1", "a/2", "b"):
            ids = [kept.put("bucket", key, b"").version_id for _ in range(2)] + [kept.delete("bucket", key).version_id]
            expected += [(key, ids[2], True, True), (key, ids[1], False, False), (key, ids[0], False, False)]
        assert self.versions(kept, limit) == expected
        assert self.versions(kept, limit, prefix="a/") == expected[3:9]
        rolled = self.versions(kept, limit, delimiter="/")
        assert sorted(rolled, key=str) == sorted([*expected[:3], ("a/", None, False, False), *expected[9:]], key=str)
        behind = kept.list_versions("bucket", after=("a/1", None), limit=1).versions[0][0]
        assert (behind.key, behind.version_id) == ("a/2", expected[6][1])

    def test_a_page_of_versions_begins_where_a_version_was(self, kept: ObjectStore) -> None:
        ids = [kept.put("bucket", "k", b"").version_id for _ in range(3)]
        page = kept.list_versions("bucket", limit=2)
        assert page.next_after == ("k", ids[1])
        kept.delete("bucket", "k", version_id=ids[1])
        rest = kept.list_versions("bucket", after=page.next_after)
        assert [(info.version_id, newest) for info, newest in rest.versions] == [(ids[0], False)]

    def test_tags_and_headers_of_a_version(self, kept: ObjectStore) -> None:
        first = kept.put("bucket", "k", b"1", headers={"A": "1", "B": "2"}, tags={"t": "1"})
        kept.put("bucket", "k", b"2")
        kept.tag("bucket", "k", {"t": "2"}, version_id=first.version_id)
        kept.amend("bucket", "k", {"A": "", "C": "3"}, version_id=first.version_id)
        changed = kept.head("bucket", "k", version_id=first.version_id)
        assert (changed.tags, changed.headers) == ({"t": "2"}, {"B": "2", "C": "3"})
        assert (kept.head("bucket", "k").tags, kept.head("bucket", "k").headers) == ({}, {})
        kept.amend("bucket", "k", {"D": "4"})
        assert kept.head("bucket", "k").headers == {"D": "4"}
        assert [newest for _, _, _, newest in self.versions(kept)] == [True, False]

    def test_a_version_is_copied(self, kept: ObjectStore) -> None:
        first = kept.put("bucket", "k", b"1", tags={"t": "1"})
        kept.put("bucket", "k", b"2")
        restored = kept.copy(("bucket", "k"), ("bucket", "k"), version_id=first.version_id)
        assert restored.version_id not in (None, first.version_id)
        assert (content(kept, "k"), restored.tags) == (b"1", {"t": "1"})
        kept.delete("bucket", "k", version_id=first.version_id)
        assert content(kept, "k") == b"1"

    def test_many_are_deleted_in_one_step(self, kept: ObjectStore) -> None:
        first = kept.put("bucket", "a", b"1").version_id
        kept.put("bucket", "b", b"2")
        done = kept.delete_many(
            "bucket",
            [("a", first, None), ("b", None, None), ("none", "null", None), ("b", None, only_over("0" * 32))],
        )
        assert done[0] == Deletion(True, first)
        assert isinstance(done[1], Deletion)
        assert done[1].is_marker
        assert done[2] == Deletion(False, "null")
        assert isinstance(done[3], NoSuchObject)
        assert [key for key, _, _, _ in self.versions(kept)] == ["b", "b"]

    def test_a_guard_keeps_what_it_guards(self, bucket: ObjectStore) -> None:
        etag = bucket.put("bucket", "k", b"1").etag
        with pytest.raises(PreconditionFailed):
            bucket.delete("bucket", "k", guard=only_over("0" * 32))
        with pytest.raises(PreconditionFailed):
            bucket.copy(("bucket", "k"), ("bucket", "k"), metadata={}, guard=only_if_absent)
        assert content(bucket, "k") == b"1"
        assert bucket.delete("bucket", "k", guard=only_over(etag)).existed

    def test_a_sound_store_has_no_damage(self, kept: ObjectStore) -> None:
        kept.put("bucket", "k", b"1")
        kept.put("bucket", "k", b"2")
        kept.delete("bucket", "k")
        upload = kept.start_upload("bucket", "k").upload_id
        kept.complete_upload(upload, [(1, kept.put_part(upload, 1, b"").etag)])
        assert [*kept.verify()] == []
        assert [*kept.verify("bucket")] == []
        with pytest.raises(NoSuchBucket):
            kept.verify("none")
