"""The object stores keep the contract; the file store also keeps it when its process is killed."""

from __future__ import annotations

import errno
import hashlib
import itertools
import multiprocessing
import os
import signal
import stat
import time
from pathlib import Path

import pytest

from sagewright.engine.abc import DamagedObject, NoSuchObject
from sagewright.engine.clock import FakeClock, SystemClock
from sagewright.engine.database import Database
from sagewright.engine.objects.files import FileObjectStore
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.engine.objects.schema import MIGRATIONS
from sagewright.testing.object_versions import content
from sagewright.testing.objects import ObjectStoreContract


class TestMemoryObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, clock: FakeClock) -> MemoryObjectStore:
        return MemoryObjectStore(clock)


class TestFileObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, clock: FakeClock):
        store = FileObjectStore(tmp_path / "objects", clock)
        yield store
        store.close()

    def test_another_process_sees_what_is_there(self, bucket, tmp_path):
        bucket.put("bucket", "k", b"1")
        other = FileObjectStore(tmp_path / "objects", SystemClock())
        assert content(other, "k") == b"1"
        other.put("bucket", "k", b"2")
        other.close()
        assert content(bucket, "k") == b"2"

    def test_files_are_the_user_s_alone(self, bucket, tmp_path):
        bucket.put("bucket", "k", b"1")
        for path in (tmp_path / "objects").rglob("*"):
            if path.is_file():
                assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0

    def test_bytes_that_nothing_names_go(self, bucket, tmp_path):
        bucket.put("bucket", "k", b"old")
        bucket.put("bucket", "k", b"new")
        upload = bucket.start_upload("bucket", "k").upload_id
        bucket.put_part(upload, 1, b"part")
        bucket.abort_upload(upload)
        assert [path.read_bytes() for path in (tmp_path / "objects/blobs").glob("*/*")] == [b"new"]

    def test_sweeping_takes_only_what_is_old_and_named_by_nothing(self, tmp_path):
        store = FileObjectStore(tmp_path / "objects", SystemClock())
        store.create_bucket("bucket", "r", "o")
        store.put("bucket", "k", b"kept")
        orphan = tmp_path / "objects/blobs/00/orphan"
        orphan.parent.mkdir(exist_ok=True)
        orphan.write_bytes(b"left behind")
        assert store.sweep() == 0
        assert store.sweep(older_than_s=0.0) == 1
        assert not orphan.exists()
        assert content(store, "k") == b"kept"
        store.close()

    def test_a_writer_that_is_killed_leaves_no_half_object(self, tmp_path):
        store = FileObjectStore(tmp_path / "objects", SystemClock())
        store.create_bucket("bucket", "r", "o")
        context = multiprocessing.get_context("spawn")
        for round_ in range(3):
            writer = context.Process(target=write_for_ever, args=(tmp_path / "objects",))
            known = len(store.list("bucket").objects)
            writer.start()
            while len(store.list("bucket").objects) <= known:
                time.sleep(0.01)
            time.sleep(0.02 * round_)
            assert writer.pid is not None
            os.kill(writer.pid, signal.SIGKILL)
            writer.join()
            for info in store.list("bucket").objects:
                data = content(store, info.key)
                assert len(data) == info.size
                assert data == bytes([int(info.key) % 256]) * info.size
        store.close()

    def test_copies_share_their_bytes(self, bucket, tmp_path):
        bucket.put("bucket", "k", b"data")
        bucket.copy(("bucket", "k"), ("bucket", "l"))
        bucket.copy(("bucket", "l"), ("bucket", "l"), metadata={"m": "1"})
        assert len([*(tmp_path / "objects/blobs").glob("*/*")]) == 1
        bucket.delete("bucket", "k")
        assert content(bucket, "l") == b"data"
        bucket.put("bucket", "l", b"other")
        assert [path.read_bytes() for path in (tmp_path / "objects/blobs").glob("*/*")] == [b"other"]

    def test_damage_is_told_and_never_served(self, kept, tmp_path):
        names: dict[str, Path] = {}
        for key in ("sound", "short", "changed", "missing", "old"):
            kept.put("bucket", key, key.encode() * 9)
            names[key] = next(p for p in (tmp_path / "objects/blobs").glob("*/*") if p not in names.values())
        upload = kept.start_upload("bucket", "joined").upload_id
        kept.complete_upload(upload, [(1, kept.put_part(upload, 1, b"part").etag)])
        names["joined"] = next(p for p in (tmp_path / "objects/blobs").glob("*/*") if p not in names.values())
        version_id = kept.head("bucket", "old").version_id
        kept.delete("bucket", "old")
        names["short"].write_bytes(b"")
        names["changed"].write_bytes(b"CHANGED" * 9)
        names["joined"].write_bytes(b"PART")
        names["missing"].unlink()
        names["old"].unlink()

        found = {damage.key: damage for damage in kept.verify()}
        assert set(found) == {"short", "changed", "missing", "old", "joined"}
        assert found["old"].version_id == version_id
        assert "has 0 bytes, not 45" in found["short"].why
        assert "is missing" in found["missing"].why
        assert "other bytes" in found["changed"].why
        for key in ("short", "missing"):
            with pytest.raises(DamagedObject, match=str(names[key])):
                kept.open("bucket", key)
            with pytest.raises(DamagedObject):
                kept.lay_down("bucket", [(key, tmp_path / "laid")], shared=True)

    def test_a_full_disk_leaves_nothing(self, bucket, tmp_path, monkeypatch):
        bucket.put("bucket", "k", b"old")

        def full(descriptor):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            bucket.put("bucket", "k", b"new")
        monkeypatch.undo()
        assert content(bucket, "k") == b"old"
        assert len([*(tmp_path / "objects/blobs").glob("*/*")]) == 1


@pytest.mark.parametrize("version", [1, 2])
def test_a_home_of_an_earlier_schema_is_opened(tmp_path, version):
    (tmp_path / "blobs/ab").mkdir(parents=True)
    (tmp_path / "blobs/ab/ab1").write_bytes(b"old")
    (tmp_path / "blobs/ab/ab2").write_bytes(b"part")
    earlier = Database(tmp_path / "index.sqlite3", MIGRATIONS[:version])
    columns = "?, ?, ?, ?, ?" + ", '{}'" * (version - 1)

    def write(connection):
        connection.execute(f"INSERT INTO bucket VALUES ({columns})", ("bucket", "r", "o", 1.0, "{}"))
        facts = ("bucket", b"k", 3, hashlib.md5(b"old").hexdigest(), 1.0, '{"ContentType": "t"}', "{}", '{"a": "1"}')
        connection.execute("INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*facts, "ab1"))
        connection.execute("INSERT INTO upload VALUES ('u', 'bucket', ?, 1.0, '{}', '{}', '{}')", (b"big",))
        part = ("u", 1, 4, hashlib.md5(b"part").hexdigest(), 1.0, "ab2")
        connection.execute("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", part)

    earlier.write(write)
    earlier.close()

    store = FileObjectStore(tmp_path, FakeClock())
    info = store.head("bucket", "k", version_id="null")
    assert (info.headers, info.tags, info.version_id) == ({"ContentType": "t"}, {"a": "1"}, None)
    assert content(store, "k") == b"old"
    store.configure_bucket("bucket", "versioning", "Enabled")
    new = store.put("bucket", "k", b"new")
    shown = [(found.version_id, newest) for found, newest in store.list_versions("bucket").versions]
    assert shown == [(new.version_id, True), (None, False)]
    assert store.complete_upload("u", [(1, store.list_parts("u")[0].etag)]).key == "big"
    assert content(store, "big") == b"part"
    assert [*store.verify()] == []
    store.close()


def write_for_ever(folder: Path) -> None:
    store = FileObjectStore(folder, SystemClock())
    for number in itertools.count(len(store.list("bucket").objects)):
        store.put("bucket", str(number), bytes([number % 256]) * (300_000 + number))


def test_a_missing_file_of_the_store_is_not_hidden(tmp_path):
    store = FileObjectStore(tmp_path, FakeClock())
    store.create_bucket("bucket", "r", "o")
    store.put("bucket", "k", b"1")
    next((tmp_path / "blobs").glob("*/*")).unlink()
    with pytest.raises(DamagedObject, match="is missing"):
        store.open("bucket", "k")
    with pytest.raises(NoSuchObject):
        store.open("bucket", "none")
    store.close()
