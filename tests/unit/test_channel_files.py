"""Which objects a channel's files are made of, and where they lie."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.data.errors import LayoutError
from sagewright.engine.data.listing import PAGE
from sagewright.engine.data.order import own_numbers
from sagewright.engine.data.providing import provide
from sagewright.engine.objects.files import FileObjectStore
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.engine.planning.document import Fetch

CHANNEL = "input/data/train"
MANIFEST = Fetch("train", "bucket", "list.manifest", CHANNEL, data_type="ManifestFile")


@pytest.fixture
def objects():
    store = MemoryObjectStore(FakeClock())
    store.create_bucket("bucket", "us-east-1", "123456789012")
    return store


@pytest.fixture
def files(objects, tmp_path):
    """Lay a channel down and return what it holds: path -> content."""

    def lay(fetch):
        ml = tmp_path / "ml"
        provided = provide(objects, [fetch], ml, tmp_path / "store")
        assert not provided.views
        root = ml / fetch.path
        return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}

    return lay


def prefix(uri, **changes):
    return Fetch("train", "bucket", uri, CHANNEL, **changes)


def put(objects, *keys):
    for key in keys:
        objects.put("bucket", key, key.encode())


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        ("data/train", {"a.csv", "deep/b.csv", "train-2.csv"}),
        ("data/train/", {"a.csv", "deep/b.csv"}),
        ("data/train/a.csv", {"a.csv"}),
        ("data/tr", {"train/a.csv", "train/deep/b.csv", "train-2.csv"}),
        ("", {"data/train/a.csv", "data/train/deep/b.csv", "data/train-2.csv"}),
    ],
)
def test_what_follows_a_folder_becomes_the_path(objects, files, begin, expected):
    put(objects, "data/train/a.csv", "data/train/deep/b.csv", "data/train-2.csv", "data/train/")
    assert set(files(prefix(begin))) == expected


@pytest.mark.parametrize("bucket", ["bucket", "nowhere"])
def test_an_input_without_objects_fails_as_a_download(files, bucket):
    with pytest.raises(LayoutError, match='^ClientError: Data download failed:No S3 objects found .*"s3://'):
        files(replace(prefix("none/"), bucket=bucket))


def test_a_key_cannot_leave_its_channel(objects, files, tmp_path):
    put(objects, "data/../../../escape")
    with pytest.raises(LayoutError, match="not a path inside its channel"):
        files(prefix("data/"))
    assert not (tmp_path.parent / "escape").exists()


@pytest.mark.parametrize("keys", [("d/a", "d/a/b"), ("d/a/b", "d/a")])
def test_keys_that_cannot_be_files_side_by_side_fail_as_a_download(objects, files, keys):
    put(objects, *keys)
    with pytest.raises(LayoutError, match="^ClientError: Data download failed:`d/a"):
        files(prefix("d/"))


def test_more_objects_than_a_page(objects, files):
    keys = [f"d/{number % 7}/{number}" for number in range(2 * PAGE + 3)]
    put(objects, *keys)
    assert sorted(files(prefix("d/")).values()) == sorted(keys)


# FastFile -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "expected"), [("d/train", {"a"}), ("d/train/", {"a"}), ("d/train/a", {"a"}), ("d/x.csv", {"x.csv"})]
)
def test_a_mount_shows_a_whole_folder_or_file(objects, files, begin, expected):
    put(objects, "d/train/a", "d/train-2/b", "d/x.csv")
    assert set(files(prefix(begin, mode="FastFile"))) == expected


def test_a_mount_of_half_a_name_is_refused(objects, files):
    put(objects, "d/train/a")
    with pytest.raises(LayoutError) as caught:
        files(prefix("d/tra", mode="FastFile"))
    assert str(caught.value) == (
        "ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not "
        "supported. S3 prefix has to end with a full file or folder."
    )


# Manifests ------------------------------------------------------------------------------------------------------------


def test_a_manifest_lists_what_is_laid_down(objects, files):
    put(objects, "a/x.csv", "a/sub/y.csv", "b/z.csv", "a/not-listed")
    text = [{"prefix": "s3://bucket/a/"}, "x.csv", "sub/y.csv", {"prefix": "s3://bucket/b/"}, "z.csv"]
    objects.put("bucket", "list.manifest", json.dumps(text).encode())
    assert files(MANIFEST) == {"x.csv": "a/x.csv", "sub/y.csv": "a/sub/y.csv", "z.csv": "b/z.csv"}


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, 'No S3 objects found under S3 URL "s3://bucket/list.manifest"'),
        (b"no json", "The manifest `s3://bucket/list.manifest` cannot be read"),
        (b"{}", "The manifest `s3://bucket/list.manifest` cannot be read"),
        (b"[]", "The manifest `s3://bucket/list.manifest` cannot be read"),
        (b'["x.csv"]', "The manifest `s3://bucket/list.manifest` cannot be read"),
        (b'[{"prefix": "s3://bucket/a/"}, "gone.csv"]', 'No S3 objects found under S3 URL "s3://bucket/a/gone.csv"'),
        (b'[{"prefix": "s3://nowhere/a/"}, "x"]', 'No S3 objects found under S3 URL "s3://nowhere/a/x"'),
        (b'[{"prefix": "s3://bucket/a/"}, "../out"]', "is not a path inside its channel"),
    ],
)
def test_manifests_that_cannot_be_followed(objects, files, tmp_path, manifest, said):
    if manifest is not None:
        objects.put("bucket", "list.manifest", manifest)
    with pytest.raises(LayoutError) as caught:
        files(MANIFEST)
    assert said in str(caught.value)
    assert not (tmp_path.parent / "out").exists()


# Shares and order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("shares", [1, 2, 3, 5])
def test_shares_are_even_and_together_everything(objects, files, tmp_path, shares, seed):
    keys = [f"d/{number}" for number in range(4)]
    put(objects, *keys)
    parts = []
    for share in range(shares):
        folder = tmp_path / str(share)
        provide(objects, [prefix("d/", share=share, shares=shares, seed=seed)], folder, tmp_path / "store")
        parts.append([f"d/{path.name}" for path in (folder / CHANNEL).iterdir()])
    assert sorted(key for part in parts for key in part) == keys
    assert max(map(len, parts)) - min(map(len, parts)) <= 1  # more hosts than objects leave hosts without data


def test_without_a_seed_the_order_stays():
    assert list(own_numbers(5, 0, 1, epoch=3)) == [0, 1, 2, 3, 4]
    assert list(own_numbers(5, 1, 2, epoch=3)) == [1, 3]


def test_a_seed_orders_each_epoch_anew_and_alike_each_time():
    epochs = [list(own_numbers(20, 0, 1, 7, epoch)) for epoch in range(3)]
    assert epochs == [list(own_numbers(20, 0, 1, 7, epoch)) for epoch in range(3)]
    assert all(sorted(epoch) == list(range(20)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert epochs[0] != list(own_numbers(20, 0, 1, 8))


def test_hosts_deal_out_what_they_shuffle_alike():
    first = [sorted(own_numbers(10, share, 2, 7, 0)) for share in range(2)]
    second = [sorted(own_numbers(10, share, 2, 7, 1)) for share in range(2)]
    assert sorted(first[0] + first[1]) == sorted(second[0] + second[1]) == list(range(10))
    assert first != second


# Links ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path):
    store = FileObjectStore(tmp_path / "home", FakeClock())
    store.create_bucket("bucket", "us-east-1", "123456789012")
    yield store
    store.close()


@pytest.mark.parametrize(
    ("possible", "mode", "shared", "writable"),
    [
        ({"overlay", "read-only"}, "File", True, True),
        ({"read-only"}, "File", True, False),
        (set(), "File", False, None),
        ({"overlay", "read-only"}, "FastFile", True, False),
        ({"overlay"}, "FastFile", False, None),
    ],
)
def test_files_are_links_only_where_nobody_can_write_to_them(stored, tmp_path, possible, mode, shared, writable):
    stored.put("bucket", "d/x", io.BytesIO(b"data"))
    provided = provide(stored, [prefix("d/", mode=mode)], tmp_path / "ml", tmp_path / "store", possible)
    target = tmp_path / "ml" / CHANNEL
    if not shared:
        assert not provided.views
        assert (target / "x").stat().st_nlink == 1
        return
    view = provided.views[0]
    assert list(target.iterdir()) == []
    assert Path(view.tree / "x").stat().st_nlink == 2
    assert view.target == target
    assert (view.scratch is not None) == writable
