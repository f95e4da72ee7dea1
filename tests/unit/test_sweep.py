"""Sweeping objects' bytes while the steward runs."""

from __future__ import annotations

import os

from sagewright.engine.clock import FakeClock
from sagewright.engine.objects.files import FileObjectStore
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.engine.steward import sweep
from sagewright.engine.steward.sweep import ObjectSweeper


def test_what_nothing_names_goes_within_hours(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "_SLICE_S", 60.0)
    clock = FakeClock()
    store = FileObjectStore(tmp_path, clock)
    store.create_bucket("bucket", "r", "o")
    store.put("bucket", "k", b"kept")
    orphan = tmp_path / "blobs/00/orphan"
    orphan.parent.mkdir(exist_ok=True)

    def leave() -> None:
        orphan.write_bytes(b"left behind")
        for path in (tmp_path / "blobs").glob("*/*"):
            os.utime(path, (clock.now() - 4000, clock.now() - 4000))

    sweeper = ObjectSweeper(store, clock)
    leave()
    assert sweeper.tick() is False
    assert not orphan.exists()
    leave()
    sweeper.tick()
    assert orphan.exists()  # it has looked a moment ago
    clock.sleep(3600)
    sweeper.tick()
    assert not orphan.exists()
    with store.open("bucket", "k")[1] as stream:
        assert stream.read() == b"kept"
    store.close()


def test_a_store_that_leaves_nothing_behind():
    assert ObjectSweeper(MemoryObjectStore(FakeClock()), FakeClock()).tick() is False
