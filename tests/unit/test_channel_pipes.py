"""What comes through a channel's named pipes, epoch by epoch."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time
from contextlib import contextmanager

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.data.errors import LayoutError
from sagewright.engine.data.pipes import feeding
from sagewright.engine.data.providing import provide
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.engine.planning.document import Fetch
from sagewright.vocabulary.recordio import frame

CHANNEL = "input/data/train"
NAMES = [f"{number:02}" for number in range(12)]


@pytest.fixture
def objects():
    store = MemoryObjectStore(FakeClock())
    store.create_bucket("bucket", "us-east-1", "123456789012")
    return store


def put(objects, contents):
    for key, data in contents.items():
        objects.put("bucket", key, data)


def fetch(prefix="d/", **changes):
    return Fetch("train", "bucket", prefix, CHANNEL, mode="Pipe", **changes)


class Reader:
    """What a program sees of the pipes in a folder."""

    def __init__(self, folder, failure):
        self.folder, self.failure = folder, failure

    def open(self, epoch):
        path = self.folder / f"train_{epoch}"
        deadline = time.monotonic() + 10
        while not path.exists():
            assert time.monotonic() < deadline, path
            time.sleep(0.001)
        return path.open("rb", buffering=0)

    def read(self, epoch):
        with self.open(epoch) as pipe:
            return b"".join(iter(lambda: pipe.read(1 << 16), b""))


@contextmanager
def reading(objects, wanted, base):
    provided = provide(objects, [wanted], base / "ml", base / "store")
    assert [path.name for path in (base / "ml/input/data").iterdir()] == ["train_0"]
    with feeding(provided.feeders) as failure:
        yield Reader(base / "ml/input/data", failure)
    assert [thread.name for thread in threading.enumerate() if thread.name == "pipe train"] == []


def epochs(objects, wanted, base, count=1):
    with reading(objects, wanted, base) as reader:
        return [reader.read(epoch) for epoch in range(count)]


def test_an_epoch_is_all_objects_in_order(objects, tmp_path):
    put(objects, {f"d/{name}": name.encode() for name in NAMES})
    assert epochs(objects, fetch(), tmp_path, 3) == ["".join(NAMES).encode()] * 3


def test_every_epoch_is_as_the_first_was(objects, tmp_path):
    put(objects, {"d/a": b"first", "d/b": b"first"})
    with reading(objects, fetch(), tmp_path) as reader:
        assert reader.read(0) == b"firstfirst"
        objects.delete("bucket", "d/a")
        objects.put("bucket", "d/b", b"second")
        assert reader.read(1) == b"firstfirst"


def test_only_the_pipe_of_the_next_epoch_is_there(objects, tmp_path):
    put(objects, {"d/a": b"x"})
    with reading(objects, fetch(), tmp_path) as reader, reader.open(0) as pipe:
        assert pipe.read(5) == b"x"
        assert pipe.read(5) == b""
        assert os.listdir(reader.folder) == ["train_1"]  # it is there before the end can be seen


def test_who_closes_early_gets_the_next_epoch_from_its_beginning(objects, tmp_path):
    put(objects, {"d/a": b"begin" + bytes(5 << 20)})
    with reading(objects, fetch(), tmp_path) as reader:
        for epoch in range(3):
            with reader.open(epoch) as pipe:
                assert pipe.read(5) == b"begin"
        assert reader.failure() is None


@pytest.mark.parametrize("record_io", [False, True])
def test_gzip_is_expanded(objects, tmp_path, record_io):
    contents = [b"one\n" * 100_000, b"", b"two"]
    put(objects, {f"d/{number}": gzip.compress(data) for number, data in enumerate(contents)})
    expected = b"".join(frame(data) if record_io else data for data in contents)
    assert epochs(objects, fetch(gunzip=True, record_io=record_io), tmp_path, 2) == [expected] * 2


def test_each_object_becomes_a_record(objects, tmp_path):
    contents = [b"", b"1", b"12", b"123", b"1234", bytes(70_000)]
    put(objects, {f"d/{number}": data for number, data in enumerate(contents)})
    assert epochs(objects, fetch(record_io=True), tmp_path) == [b"".join(map(frame, contents))]


@pytest.mark.parametrize(
    "data",
    [b"no gzip", gzip.compress(b"x" * 1000, mtime=0)[:-10], b"\x1f\x8b\x08" + bytes(40)],
    ids=["no gzip", "cut off", "damaged"],
)
def test_what_cannot_be_expanded_is_told_before_its_end_can_be_seen(objects, tmp_path, data):
    put(objects, {"d/good": gzip.compress(b"good"), "d/wrong": data})
    with reading(objects, fetch(gunzip=True), tmp_path) as reader, reader.open(0) as pipe:
        while reader.failure() is None:
            time.sleep(0.001)
        assert reader.failure().startswith("ClientError: Data download failed:`d/wrong` cannot be expanded: ")
        assert pipe.read(4) == b"good"


def test_nobody_waits_for_a_pipe_that_is_not_read(objects, tmp_path):
    put(objects, {"d/a": b"x"})
    begin = time.monotonic()
    with reading(objects, fetch(), tmp_path):
        pass
    assert time.monotonic() - begin < 5


def test_a_channel_without_objects_is_told_beforehand(objects, tmp_path):
    with pytest.raises(LayoutError, match="No S3 objects found"):
        provide(objects, [fetch()], tmp_path / "ml", tmp_path / "store")


def test_a_share_of_nothing_is_an_empty_epoch(objects, tmp_path):
    put(objects, {"d/a": b"x"})
    assert epochs(objects, fetch(share=1, shares=2), tmp_path, 2) == [b"", b""]


def test_a_manifest_s_objects_come_in_its_order(objects, tmp_path):
    put(objects, {f"d/{name}": name.encode() for name in "abc"})
    objects.put("bucket", "m", json.dumps([{"prefix": "s3://bucket/d/"}, "c", "a", "b", "a"]).encode())
    assert epochs(objects, fetch("m", data_type="ManifestFile"), tmp_path) == [b"caba"]


# Shuffles -------------------------------------------------------------------------------------------------------------


def test_a_shuffle_differs_by_epoch_and_is_repeated_by_the_next_job(objects, tmp_path):
    put(objects, {f"d/{name}": name.encode() for name in NAMES})
    first = epochs(objects, fetch(seed=7), tmp_path / "1", 3)
    assert first == epochs(objects, fetch(seed=7), tmp_path / "2", 3)
    assert len({*first, "".join(NAMES).encode()}) == 4
    assert all(sorted(data[place : place + 2].decode() for place in range(0, 24, 2)) == NAMES for data in first)


def test_shuffled_shares_change_hands(objects, tmp_path):
    put(objects, {f"d/{name}": name.encode() for name in NAMES})
    hosts = [epochs(objects, fetch(seed=7, share=share, shares=2), tmp_path / str(share), 3) for share in range(2)]
    parts = [[{data[place : place + 2].decode() for place in range(0, 12, 2)} for data in host] for host in hosts]
    for one, other in zip(*parts, strict=True):
        assert sorted(one | other) == NAMES
    assert len({frozenset(part) for part in parts[0]}) > 1


# Augmented manifests --------------------------------------------------------------------------------------------------


def augmented(objects, *lines, names=("image-ref", "label"), **changes):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    objects.put("bucket", "m.jsonl", text.encode())
    return fetch("m.jsonl", data_type="AugmentedManifestFile", attributes=names, record_io=True, **changes)


def example(number, label):
    return {"label": label, "other": "x", "image-ref": f"s3://bucket/i/{number}"}


def test_a_line_becomes_a_record_for_each_attribute_in_order(objects, tmp_path):
    put(objects, {"i/1": b"first image", "i/2": b"second image"})
    wanted = augmented(objects, example(1, {"a": [1, 2]}), "", example(2, "gr\u00fcn"))
    assert (
        epochs(objects, wanted, tmp_path, 2)
        == [frame(b"first image") + frame(b'{"a": [1, 2]}') + frame(b"second image") + frame('"gr\u00fcn"'.encode())]
        * 2
    )


def test_without_records_values_follow_each_other(objects, tmp_path):
    put(objects, {"i/1": b"image"})
    wanted = augmented(objects, example(1, 3), names=("label", "image-ref"))
    plain = Fetch(**{**vars(wanted), "record_io": False})
    assert epochs(objects, plain, tmp_path) == [b"3image"]


def test_lines_are_shuffled_and_shared_whole(objects, tmp_path):
    put(objects, {f"i/{number}": b"image %02d" % number for number in range(9)})
    lines = [example(number, number) for number in range(9)]
    found = []
    for share in range(2):
        data = epochs(objects, augmented(objects, *lines, seed=3, share=share, shares=2), tmp_path / str(share))[0]
        while data:
            number = int(data[14:16])
            whole = frame(b"image %02d" % number) + frame(b"%d" % number)
            assert data.startswith(whole)
            found.append(number)
            data = data[len(whole) :]
    assert sorted(found) == list(range(9))
    assert found != [0, 2, 4, 6, 8, 1, 3, 5, 7]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", "line 1: Expecting value"),
        ("[]", "line 1: it is not a JSON object"),
        ({"image-ref": "s3://bucket/i/1"}, "line 1: it has no attribute `label`"),
        ({"image-ref": 3, "label": 1}, "line 1: `image-ref` is not an S3 URI: 3"),
        ({"image-ref": "s3://bucket/gone", "label": 1}, 'No S3 objects found under S3 URL "s3://bucket/gone"'),
    ],
)
def test_lines_that_cannot_be_followed(objects, tmp_path, line, said):
    with pytest.raises(LayoutError) as caught:
        provide(objects, [augmented(objects, line)], tmp_path / "ml", tmp_path / "store")
    assert str(caught.value).startswith("ClientError: Data download failed:")
    assert said in str(caught.value)
