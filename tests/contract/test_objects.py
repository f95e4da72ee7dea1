"""The object stores keep the contract; the file store also keeps it when its process is killed."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import stat
import time
from pathlib import Path

import pytest

from sagewright.engine.abc import NoSuchObject
from sagewright.engine.clock import FakeClock, SystemClock
from sagewright.engine.objects.files import FileObjectStore
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.testing.objects import ObjectStoreContract, content


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


def write_for_ever(folder: Path) -> None:
    store = FileObjectStore(folder, SystemClock())
    for number in itertools.count(len(store.list("bucket").objects)):
        store.put("bucket", str(number), bytes([number % 256]) * (300_000 + number))


def test_a_missing_file_of_the_store_is_not_hidden(tmp_path):
    store = FileObjectStore(tmp_path, FakeClock())
    store.create_bucket("bucket", "r", "o")
    store.put("bucket", "k", b"1")
    next((tmp_path / "blobs").glob("*/*")).unlink()
    with pytest.raises(FileNotFoundError):
        store.open("bucket", "k")
    with pytest.raises(NoSuchObject):
        store.open("bucket", "none")
    store.close()
