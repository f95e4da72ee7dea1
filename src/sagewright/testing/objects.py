"""The contract of `ObjectStore`, as tests.

Subclass `ObjectStoreContract` in a test module and override its fixture `store`; it takes the fixture `clock`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from sagewright.engine.abc import (
    BucketExists,
    BucketNotEmpty,
    Deletion,
    EntityTooSmall,
    InvalidPart,
    NoSuchBucket,
    NoSuchObject,
    NoSuchUpload,
    ObjectStore,
    PreconditionFailed,
)
from sagewright.engine.clock import FakeClock
from sagewright.engine.objects.rules import only_if_absent, only_over
from sagewright.testing.object_versions import ObjectVersions, content
from sagewright.testing.threads import in_threads

REGION, OWNER = "eu-west-1", "123456789012"
MIB = 1 << 20


def md5(data: bytes) -> str:
    """Return the MD5 of bytes in hexadecimal."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


class _Breaking(io.RawIOBase):
    """A body whose sender goes away."""

    def __init__(self) -> None:
        self._reads = 0

    def read(self, size: int = -1) -> bytes:
        self._reads += 1
        if self._reads > 1:
            raise ConnectionError("gone")
        return b"x" * 10


class ObjectStoreContract(ObjectVersions):
    """Tests that every `ObjectStore` passes."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def store(self, clock: FakeClock) -> Iterator[ObjectStore]:
        """Yield an empty store that reads `clock`."""
        raise NotImplementedError

    @pytest.fixture
    def bucket(self, store: ObjectStore) -> ObjectStore:
        """Return the store with one empty bucket, `bucket`."""
        store.create_bucket("bucket", REGION, OWNER)
        return store

    # Buckets

    def test_a_bucket_is_what_was_created(self, store: ObjectStore, clock: FakeClock) -> None:
        made = store.create_bucket("bucket", REGION, OWNER)
        assert (made.name, made.region, made.owner, made.created_at) == ("bucket", REGION, OWNER, clock.now())
        assert store.head_bucket("bucket") == made

    def test_buckets_are_listed_by_name(self, store: ObjectStore) -> None:
        for name in ("b", "a", "c"):
            store.create_bucket(name, REGION, OWNER)
        assert [bucket.name for bucket in store.list_buckets()] == ["a", "b", "c"]

    def test_a_bucket_s_name_is_taken_once(self, bucket: ObjectStore) -> None:
        with pytest.raises(BucketExists):
            bucket.create_bucket("bucket", REGION, OWNER)

    def test_only_an_empty_bucket_is_deleted(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"")
        with pytest.raises(BucketNotEmpty):
            bucket.delete_bucket("bucket")
        bucket.delete("bucket", "k")
        upload = bucket.start_upload("bucket", "k")
        bucket.delete_bucket("bucket")
        with pytest.raises(NoSuchBucket):
            bucket.head_bucket("bucket")
        with pytest.raises(NoSuchUpload):
            bucket.list_parts(upload.upload_id)

    def test_every_method_misses_a_missing_bucket(self, store: ObjectStore, tmp_path: Path) -> None:
        (tmp_path / "f").write_bytes(b"")
        for call in (
            lambda: store.put("none", "k", b""),
            lambda: store.put_file("none", "k", tmp_path / "f"),
            lambda: store.head("none", "k"),
            lambda: store.open("none", "k"),
            lambda: store.delete("none", "k"),
            lambda: store.list("none"),
            lambda: store.tag("none", "k", {}),
            lambda: store.start_upload("none", "k"),
            lambda: store.list_uploads("none"),
            lambda: store.copy(("none", "k"), ("none", "l")),
            lambda: store.materialise("none", "k", tmp_path / "g"),
            lambda: store.lay_down("none", [("k", tmp_path / "g")]),
            lambda: store.delete_bucket("none"),
            lambda: store.tag_bucket("none", {}),
            lambda: store.configure_bucket("none", "policy", {}),
        ):
            with pytest.raises(NoSuchBucket):
                call()

    def test_a_bucket_s_tags_are_replaced(self, bucket: ObjectStore) -> None:
        bucket.tag_bucket("bucket", {"a": "1"})
        bucket.tag_bucket("bucket", {"b": "2"})
        assert bucket.head_bucket("bucket").tags == {"b": "2"}

    def test_a_bucket_s_settings_are_replaced_one_by_one(self, bucket: ObjectStore) -> None:
        bucket.configure_bucket("bucket", "policy", {"Statement": [1]})
        bucket.configure_bucket("bucket", "versioning", "Enabled")
        bucket.configure_bucket("bucket", "policy", {"Statement": [2]})
        assert bucket.head_bucket("bucket").configuration == {"policy": {"Statement": [2]}, "versioning": "Enabled"}
        bucket.configure_bucket("bucket", "policy", None)
        assert bucket.list_buckets()[0].configuration == {"versioning": "Enabled"}

    # Objects

    @pytest.mark.parametrize("data", [b"", b"abc", bytes(3 * MIB + 1)])
    def test_an_object_is_what_was_put(self, bucket: ObjectStore, clock: FakeClock, data: bytes) -> None:
        given = bucket.put(
            "bucket", "a/k", io.BytesIO(data), headers={"ContentType": "t"}, metadata={"m": "v"}, tags={"t": "x"}
        )
        assert bucket.head("bucket", "a/k") == given
        assert (given.size, given.etag, given.modified_at) == (len(data), md5(data), clock.now())
        assert (given.headers, given.metadata, given.tags) == ({"ContentType": "t"}, {"m": "v"}, {"t": "x"})
        assert content(bucket, "a/k") == data

    @pytest.mark.parametrize(
        "key", ["../../etc/passwd", "/abs", "a//b", ".", "ü/日本", "with space", "\x01", "x" * 1024]
    )
    def test_keys_are_only_names(self, bucket: ObjectStore, key: str) -> None:
        bucket.put("bucket", key, b"1")
        assert content(bucket, key) == b"1"
        assert [info.key for info in bucket.list("bucket").objects] == [key]

    def test_the_last_put_wins_and_readers_keep_what_they_opened(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"old")
        with bucket.open("bucket", "k")[1] as stream:
            bucket.put("bucket", "k", b"new")
            assert stream.read() == b"old"
        with bucket.open("bucket", "k")[1] as stream:
            bucket.delete("bucket", "k")
            assert stream.read() == b"new"

    def test_a_body_that_breaks_off_leaves_nothing(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"old")
        with pytest.raises(ConnectionError):
            bucket.put("bucket", "k", _Breaking())  # type: ignore[arg-type]
        assert content(bucket, "k") == b"old"

    def test_a_wrong_digest_leaves_nothing(self, bucket: ObjectStore) -> None:
        with pytest.raises(ValueError, match="digest"):
            bucket.put("bucket", "k", b"abc", md5=bytes(16))
        with pytest.raises(NoSuchObject):
            bucket.head("bucket", "k")
        bucket.put("bucket", "k", b"abc", md5=bytes.fromhex(md5(b"abc")))

    @pytest.mark.parametrize(
        ("start", "length", "expected"),
        [(0, None, b"0123456789"), (3, 4, b"3456"), (8, 10, b"89"), (9, None, b"9"), (20, 5, b""), (0, 0, b"")],
    )
    def test_ranges(self, bucket: ObjectStore, start: int, length: int | None, expected: bytes) -> None:
        bucket.put("bucket", "k", b"0123456789")
        assert content(bucket, "k", start, length) == expected

    def test_conditions_guard_a_write(self, bucket: ObjectStore) -> None:
        first = bucket.put("bucket", "k", b"1", guard=only_if_absent)
        with pytest.raises(PreconditionFailed):
            bucket.put("bucket", "k", b"2", guard=only_if_absent)
        with pytest.raises(PreconditionFailed):
            bucket.put("bucket", "k", b"2", guard=only_over("0" * 32))
        bucket.put("bucket", "k", b"2", guard=only_over(first.etag))
        assert content(bucket, "k") == b"2"
        with pytest.raises(NoSuchObject):
            bucket.put("bucket", "none", b"", guard=only_over(first.etag))

    def test_of_many_conditional_writes_one_wins(self, bucket: ObjectStore) -> None:
        def write(number: int) -> bool:
            try:
                bucket.put("bucket", "k", str(number).encode(), guard=only_if_absent)
            except PreconditionFailed:
                return False
            return True

        assert sum(in_threads(8, write)) == 1

    def test_deleting_tells_whether_there_was_one(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"1")
        assert bucket.delete("bucket", "k") == Deletion(existed=True)
        assert bucket.delete("bucket", "k") == Deletion(existed=False)
        with pytest.raises(NoSuchObject):
            bucket.open("bucket", "k")

    def test_files_go_in_and_out(self, bucket: ObjectStore, tmp_path: Path) -> None:
        (tmp_path / "in").write_bytes(b"data" * 1000)
        info = bucket.put_file("bucket", "k", tmp_path / "in", headers={"ContentType": "t"})
        assert (info.size, info.etag, info.headers) == (4000, md5(b"data" * 1000), {"ContentType": "t"})
        bucket.materialise("bucket", "k", tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == b"data" * 1000
        (tmp_path / "out").write_bytes(b"changed")
        (tmp_path / "in").write_bytes(b"changed")
        assert content(bucket, "k") == b"data" * 1000
        with pytest.raises(NoSuchObject):
            bucket.materialise("bucket", "none", tmp_path / "none")

    @pytest.mark.parametrize("shared", [False, True])
    def test_many_files_come_out_at_once(self, bucket: ObjectStore, tmp_path: Path, shared: bool) -> None:
        keys = [f"k/{number}" for number in range(1203)]
        for key in keys[:3] + keys[-3:]:
            bucket.put("bucket", key, key.encode())
        bucket.put("bucket", "old", b"old")
        files = [(key, tmp_path / str(number)) for number, key in enumerate(keys)]
        missing = bucket.lay_down("bucket", [*files, ("old", tmp_path / "0"), ("k/1", tmp_path / "0")], shared=shared)
        assert list(missing) == keys[3:-3]
        assert (tmp_path / "0").read_bytes() == b"k/1"  # the last one wins, and nothing was written into the first
        assert (tmp_path / "1202").read_bytes() == b"k/1202"
        assert content(bucket, "k/0") == b"k/0"
        assert content(bucket, "old") == b"old"

    @pytest.mark.parametrize("shared", [False, True])
    def test_laid_files_outlive_their_objects(self, bucket: ObjectStore, tmp_path: Path, shared: bool) -> None:
        for key in ("deleted", "overwritten"):
            bucket.put("bucket", key, b"first")
        files = [(key, tmp_path / key) for key in ("deleted", "overwritten")]
        assert list(bucket.lay_down("bucket", files, shared=shared)) == []
        bucket.delete("bucket", "deleted")
        bucket.put("bucket", "overwritten", b"second")
        assert [path.read_bytes() for _, path in files] == [b"first", b"first"]
        (tmp_path / "overwritten").unlink()
        assert content(bucket, "overwritten") == b"second"

    def test_laid_files_are_the_callers_own(self, bucket: ObjectStore, tmp_path: Path) -> None:
        bucket.put("bucket", "k", b"data")
        bucket.lay_down("bucket", [("k", tmp_path / "k")])
        (tmp_path / "k").write_bytes(b"changed")
        (tmp_path / "k").chmod(0o400)
        assert content(bucket, "k") == b"data"

    def test_a_file_cannot_take_a_folder_s_place(self, bucket: ObjectStore, tmp_path: Path) -> None:
        bucket.put("bucket", "k", b"data")
        (tmp_path / "k").mkdir()
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
            bucket.lay_down("bucket", [("k", tmp_path / "k")], shared=True)

    def test_tags_are_replaced(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"1", tags={"a": "1"})
        bucket.tag("bucket", "k", {"b": "2"})
        assert bucket.head("bucket", "k").tags == {"b": "2"}
        with pytest.raises(NoSuchObject):
            bucket.tag("bucket", "none", {})

    def test_values_given_out_are_the_callers(self, bucket: ObjectStore) -> None:
        metadata = {"m": "v"}
        info = bucket.put("bucket", "k", b"", metadata=metadata)
        metadata["m"] = "changed"
        info.metadata["m"] = "changed"  # type: ignore[index]
        assert bucket.head("bucket", "k").metadata == {"m": "v"}

    # Copies

    def test_a_copy_keeps_or_replaces_the_facts(self, bucket: ObjectStore, clock: FakeClock) -> None:
        bucket.put("bucket", "k", b"123", headers={"ContentType": "t"}, metadata={"m": "v"}, tags={"t": "x"})
        clock.sleep(5)
        kept = bucket.copy(("bucket", "k"), ("bucket", "l"))
        assert (kept.headers, kept.metadata, kept.tags) == ({"ContentType": "t"}, {"m": "v"}, {"t": "x"})
        assert (kept.key, kept.etag, kept.modified_at) == ("l", md5(b"123"), clock.now())
        replaced = bucket.copy(("bucket", "k"), ("bucket", "k"), headers={}, metadata={"n": "w"}, tags={})
        assert (replaced.headers, replaced.metadata, replaced.tags) == ({}, {"n": "w"}, {})
        bucket.delete("bucket", "k")
        assert content(bucket, "l") == b"123"

    def test_a_copy_of_nothing(self, bucket: ObjectStore) -> None:
        with pytest.raises(NoSuchObject):
            bucket.copy(("bucket", "none"), ("bucket", "k"))

    # Listings

    def walk(self, store: ObjectStore, limit: int, **where: str) -> list[str]:
        """Return what the pages of a listing show, and check that none is too long."""
        shown, after = [], where.pop("after", "")
        while True:
            page = store.list("bucket", after=after, limit=limit, **where)
            assert len(page.objects) + len(page.prefixes) <= limit
            shown += sorted([*(info.key for info in page.objects), *page.prefixes], key=str.encode)
            if page.next_after is None:
                return shown
            after = page.next_after

    @pytest.mark.parametrize("limit", [1, 2, 3, 1000])
    def test_listings(self, bucket: ObjectStore, limit: int) -> None:
        keys = ["a", "a/1", "a/2", "a/b/1", "a0", "b/1", "b/2", "c", "ü"]
        for key in reversed(keys):
            bucket.put("bucket", key, b"")
        assert self.walk(bucket, limit) == keys
        assert self.walk(bucket, limit, prefix="a/") == ["a/1", "a/2", "a/b/1"]
        assert self.walk(bucket, limit, delimiter="/") == ["a", "a/", "a0", "b/", "c", "ü"]
        assert self.walk(bucket, limit, prefix="a/", delimiter="/") == ["a/1", "a/2", "a/b/"]
        assert self.walk(bucket, limit, after="a/2") == ["a/b/1", "a0", "b/1", "b/2", "c", "ü"]
        assert self.walk(bucket, limit, after="a/", delimiter="/") == ["a0", "b/", "c", "ü"]
        assert self.walk(bucket, limit, prefix="none") == []

    def test_a_listing_of_none(self, bucket: ObjectStore) -> None:
        bucket.put("bucket", "k", b"")
        page = bucket.list("bucket", limit=0)
        assert (list(page.objects), list(page.prefixes), page.next_after) == ([], [], None)

    def test_many_keys_under_one_prefix_are_one_entry(self, bucket: ObjectStore) -> None:
        for number in range(30):
            bucket.put("bucket", f"p/{number:02}", b"")
        bucket.put("bucket", "q", b"")
        page = bucket.list("bucket", delimiter="/", limit=2)
        assert (list(page.prefixes), [info.key for info in page.objects], page.next_after) == (["p/"], ["q"], None)

    # Multipart uploads

    def test_parts_are_joined_in_the_order_named(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k", headers={"ContentType": "t"}, metadata={"m": "v"}, tags={"t": "x"})
        data = [b"a" * 5 * MIB, b"b" * 5 * MIB, b"c"]
        for number in (3, 1, 2):
            part = bucket.put_part(upload.upload_id, number, io.BytesIO(data[number - 1]))
            assert (part.number, part.size, part.etag) == (number, len(data[number - 1]), md5(data[number - 1]))
        with pytest.raises(NoSuchObject):
            bucket.head("bucket", "k")
        assert [part.number for part in bucket.list_parts(upload.upload_id)] == [1, 2, 3]
        assert [found.upload_id for found in bucket.list_uploads("bucket")] == [upload.upload_id]

        info = bucket.complete_upload(upload.upload_id, [(n + 1, md5(piece)) for n, piece in enumerate(data)])

        joined = md5(b"".join(bytes.fromhex(md5(piece)) for piece in data)) + "-3"
        assert (info.size, info.etag) == (10 * MIB + 1, joined)
        assert (info.headers, info.metadata, info.tags) == ({"ContentType": "t"}, {"m": "v"}, {"t": "x"})
        assert content(bucket, "k") == b"".join(data)
        assert list(bucket.list_uploads("bucket")) == []
        assembly = bucket.assembly("bucket", "k")
        assert assembly is not None
        assert assembly.upload_id == upload.upload_id
        assert [part.size for part in assembly.parts] == [5 * MIB, 5 * MIB, 1]
        with pytest.raises(NoSuchUpload):
            bucket.complete_upload(upload.upload_id, [(1, md5(data[0]))])
        assert bucket.copy(("bucket", "k"), ("bucket", "l")).etag == md5(b"".join(data))
        assert bucket.assembly("bucket", "l") is None

    def test_checksums_of_parts_are_kept(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k", headers={"A": "1"}).upload_id
        part = bucket.put_part(upload, 1, b"abc", checksums={"ChecksumCRC32": "x"})
        assert [found.checksums for found in bucket.list_parts(upload)] == [{"ChecksumCRC32": "x"}]
        info = bucket.complete_upload(upload, [(1, part.etag)], headers={"B": "2"})
        assert info.headers == {"B": "2"}
        assembly = bucket.assembly("bucket", "k")
        assert assembly is not None
        assert assembly.parts[0].checksums == {"ChecksumCRC32": "x"}

    def test_completions_that_name_wrong_parts(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k").upload_id
        first, second = (bucket.put_part(upload, number, b"small") for number in (1, 2))
        for parts in ([], [(3, first.etag)], [(1, "0" * 32)]):
            with pytest.raises(InvalidPart):
                bucket.complete_upload(upload, parts)
        with pytest.raises(EntityTooSmall):
            bucket.complete_upload(upload, [(1, first.etag), (2, second.etag)])
        assert bucket.complete_upload(upload, [(2, second.etag)]).size == 5

    def test_conditions_guard_a_completion(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k").upload_id
        part = (1, bucket.put_part(upload, 1, b"new").etag)
        with pytest.raises(NoSuchObject):
            bucket.complete_upload(upload, [part], guard=only_over("0" * 32))
        old = bucket.put("bucket", "k", b"old")
        with pytest.raises(PreconditionFailed):
            bucket.complete_upload(upload, [part], guard=only_if_absent)
        assert content(bucket, "k") == b"old"
        bucket.complete_upload(upload, [part], guard=only_over(old.etag))
        assert content(bucket, "k") == b"new"

    def test_a_part_is_replaced(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k").upload_id
        bucket.put_part(upload, 1, b"old")
        new = bucket.put_part(upload, 1, b"new")
        bucket.complete_upload(upload, [(1, new.etag)])
        assert content(bucket, "k") == b"new"

    def test_an_aborted_upload_is_gone(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k").upload_id
        bucket.abort_upload(upload)
        for call in (
            lambda: bucket.put_part(upload, 1, b""),
            lambda: bucket.get_upload(upload),
            lambda: bucket.abort_upload(upload),
        ):
            with pytest.raises(NoSuchUpload):
                call()

    def test_a_part_with_a_wrong_digest_is_refused(self, bucket: ObjectStore) -> None:
        upload = bucket.start_upload("bucket", "k").upload_id
        with pytest.raises(ValueError, match="digest"):
            bucket.put_part(upload, 1, b"abc", md5=bytes(16))
        assert list(bucket.list_parts(upload)) == []
