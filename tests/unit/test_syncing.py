"""Folders that are stored while a program writes to them."""

import io
import os

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.engine import Engine
from sagewright.engine.executors import syncing
from sagewright.engine.executors.syncing import FolderSync, SyncError
from sagewright.engine.planning.document import Sync

SYNC = Sync("checkpoints", "bucket", "saved/", both_ways=True)


@pytest.fixture
def objects():
    store = Engine.in_memory().parts.objects
    store.create_bucket("bucket", "us-east-1", "123456789012")
    return store


def folder_of(objects, ml, sync=SYNC):
    sync_of_host = FolderSync(objects, [sync], ml, FakeClock())
    sync_of_host.restore()
    return sync_of_host, sync_of_host._folders[0]


def stored(objects, prefix="saved/"):
    keys = [info.key for info in objects.list("bucket", prefix).objects]
    return {key.removeprefix(prefix): objects.open("bucket", key)[1].read() for key in keys}


def test_a_folder_begins_with_what_is_stored(objects, tmp_path):
    objects.put("bucket", "saved/epoch/1", b"one")
    objects.put("bucket", "saved-not/2", b"another folder's")
    folder_of(objects, tmp_path)
    assert (tmp_path / "checkpoints/epoch/1").read_bytes() == b"one"
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["epoch"]


def test_a_file_is_stored_when_it_rests_and_not_before(objects, tmp_path):
    _, folder = folder_of(objects, tmp_path)
    path = tmp_path / "checkpoints/a"
    path.write_bytes(b"ha")
    folder.look(1.0)
    path.write_bytes(b"half")
    folder.look(2.0)
    assert stored(objects) == {}
    folder.look(3.0)
    assert stored(objects) == {"a": b"half"}


def test_a_file_that_never_rests_is_stored_in_the_end(objects, tmp_path):
    _, folder = folder_of(objects, tmp_path)
    for second in range(32):
        with open(tmp_path / "checkpoints/log", "a") as file:
            file.write("x")
        folder.look(float(second))
    assert len(stored(objects)["log"]) == 31


def test_a_file_that_changes_while_it_is_read_is_left_for_later(objects, tmp_path, monkeypatch):
    _, folder = folder_of(objects, tmp_path)
    path = tmp_path / "checkpoints/a"
    path.write_bytes(b"old" * 1000)
    folder.look(1.0)
    read = syncing._Steady.read

    def and_meanwhile(self, size=-1):
        path.write_bytes(b"new")
        return read(self, size)

    monkeypatch.setattr(syncing._Steady, "read", and_meanwhile)
    folder.look(2.0)
    assert stored(objects) == {}


def test_deletions_are_passed_on_and_what_others_store_is_left_alone(objects, tmp_path):
    objects.put("bucket", "saved/1", b"one")
    sync, folder = folder_of(objects, tmp_path)
    objects.put("bucket", "saved/later", b"not ours")
    (tmp_path / "checkpoints/1").unlink()
    (tmp_path / "checkpoints/2").write_bytes(b"two")
    folder.look(1.0)
    assert set(stored(objects)) == {"later"}
    sync.finish()
    assert stored(objects) == {"later": b"not ours", "2": b"two"}


def test_one_way_takes_nothing_and_deletes_nothing(objects, tmp_path):
    objects.put("bucket", "t/old", b"old")
    sync, _ = folder_of(objects, tmp_path, Sync("tb", "bucket", "t/"))
    assert list((tmp_path / "tb").iterdir()) == []
    (tmp_path / "tb/events").write_bytes(b"e")
    sync.finish()
    (tmp_path / "tb/events").unlink()
    sync.finish()
    assert stored(objects, "t/") == {"old": b"old", "events": b"e"}


def test_what_is_stored_already_is_not_stored_again_after_a_death(objects, tmp_path):
    objects.put("bucket", "saved/same", b"same")
    objects.put("bucket", "saved/other", b"older")
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/same").write_bytes(b"same")
    (tmp_path / "checkpoints/other").write_bytes(b"newer")
    before = objects.head("bucket", "saved/same")
    FolderSync(objects, [SYNC], tmp_path, FakeClock(5.0)).salvage()
    assert objects.head("bucket", "saved/same") == before
    assert stored(objects)["other"] == b"newer"


def test_what_a_dead_host_never_changed_is_not_stored_over_what_another_host_did(objects, tmp_path):
    for name in ("kept", "changed", "deleted"):
        objects.put("bucket", f"saved/{name}", b"old")
    ml, notes = tmp_path / "ml", tmp_path / "synced"
    FolderSync(objects, [SYNC], ml, FakeClock(), notes).restore()
    objects.put("bucket", "saved/kept", b"the other host's")
    objects.delete("bucket", "saved/deleted")
    (ml / "checkpoints/changed").write_bytes(b"the dead host's")
    FolderSync(objects, [SYNC], ml, FakeClock(), notes).salvage()
    assert stored(objects) == {"kept": b"the other host's", "changed": b"the dead host's"}


def test_a_key_that_leads_outside_is_refused(objects, tmp_path):
    objects.put("bucket", "saved/../../x", io.BytesIO(b"x"))
    with pytest.raises(SyncError, match="is not a path inside"):
        folder_of(objects, tmp_path)


def test_a_bucket_that_has_gone_is_told(objects, tmp_path):
    sync, _ = folder_of(objects, tmp_path)
    (tmp_path / "checkpoints/a").write_bytes(b"a")
    objects.delete_bucket("bucket")
    with pytest.raises(SyncError, match="`bucket` does not exist"):
        sync.finish()


def test_links_to_files_are_followed_and_links_to_folders_are_not(objects, tmp_path):
    sync, _ = folder_of(objects, tmp_path)
    (tmp_path / "checkpoints/a").write_bytes(b"a")
    os.symlink("a", tmp_path / "checkpoints/latest")
    os.symlink(".", tmp_path / "checkpoints/loop")
    sync.finish()
    assert stored(objects) == {"a": b"a", "latest": b"a"}
