"""Laying out `/opt/ml` and taking in what a program leaves."""

import io
import tarfile

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.data.errors import LayoutError
from sagewright.engine.executors import containers
from sagewright.engine.objects.memory import MemoryObjectStore
from sagewright.engine.planning.document import Unpack, Upload


@pytest.fixture
def objects():
    store = MemoryObjectStore(FakeClock())
    store.create_bucket("bucket", "us-east-1", "123456789012")
    return store


def archive_of(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def member(name, data=b"", **attributes):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    return info, data


@pytest.mark.parametrize(
    "evil",
    [
        member("../escape", b"x"),
        member("/tmp/escape", b"x"),
        member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("device", type=tarfile.CHRTYPE),
    ],
    ids=["parent", "absolute", "symlink", "device"],
)
def test_a_model_archive_cannot_reach_outside(objects, tmp_path, evil):
    objects.put("bucket", "model.tar.gz", archive_of(evil))
    ml = tmp_path / "ml"
    try:
        containers.unpack(objects, [Unpack("bucket", "model.tar.gz", "model")], ml)
    except LayoutError:
        pass
    else:  # the filter may also have turned it into a harmless name inside
        assert [path for path in tmp_path.rglob("*") if path.is_symlink()] == []
    assert not (tmp_path / "escape").exists()
    assert not (ml / "escape").exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"not an archive", archive_of(member("a", bytes(range(256)) * 8))[:200]],
    ids=["empty", "no archive", "cut off"],
)
def test_a_damaged_archive_is_the_customer_s_error(objects, tmp_path, data):
    objects.put("bucket", "model.tar.gz", data)
    with pytest.raises(
        LayoutError, match="^ClientError: The model data `s3://bucket/model.tar.gz` cannot be extracted"
    ):
        containers.unpack(objects, [Unpack("bucket", "model.tar.gz", "model")], tmp_path)


def test_folders_come_back_as_archives_relative_to_themselves(objects, tmp_path):
    (tmp_path / "model/sub").mkdir(parents=True)
    (tmp_path / "model/sub/weights").write_bytes(b"123")
    (tmp_path / "output/data").mkdir(parents=True)
    stored = containers.upload(
        objects,
        [Upload("model", "bucket", "m.tar.gz", required=True), Upload("output/data", "bucket", "o.tar.gz")],
        [tmp_path],
    )
    assert stored == {"model": "s3://bucket/m.tar.gz"}
    with objects.open("bucket", "m.tar.gz")[1] as stream, tarfile.open(fileobj=stream, mode="r:gz") as tar:
        assert "sub/weights" in tar.getnames()
        assert {info.uid for info in tar} == {0}


def test_what_several_hosts_left_becomes_one_archive(objects, tmp_path):
    for host, files in {"algo-1": ("a", "same/x"), "algo-2": ("b", "same/x", "same/y", "a/under")}.items():
        for name in files:
            path = tmp_path / host / "model" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(host)
    uploads = [Upload("model", "bucket", "m.tar.gz", required=True)]
    containers.upload(objects, uploads, [tmp_path / "algo-1", tmp_path / "algo-2"])
    with objects.open("bucket", "m.tar.gz")[1] as stream, tarfile.open(fileobj=stream, mode="r:gz") as tar:
        tar.extractall(tmp_path / "found", filter="data")
    found = tmp_path / "found"
    left = {str(path.relative_to(found)): path.read_text() for path in found.rglob("*") if path.is_file()}
    assert left == {"a": "algo-1", "b": "algo-2", "same/x": "algo-1", "same/y": "algo-2"}


def test_a_vanished_bucket_is_told_as_a_failed_upload(objects, tmp_path):
    with pytest.raises(LayoutError, match="^ClientError: Artifact upload failed:"):
        containers.upload(objects, [Upload("model", "gone", "m.tar.gz", required=True)], [tmp_path])


def test_only_the_first_1024_characters_of_a_failure_count(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output/failure").write_text("x" * 3000)
    assert containers.failure_text(tmp_path) == "x" * 1024
