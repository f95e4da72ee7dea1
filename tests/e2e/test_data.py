"""How jobs find their data: links that nothing changes, named pipes, shares of several hosts."""

from __future__ import annotations

import gzip
import json

import pytest

from sagewright.vocabulary import recordio
from tests.e2e.conftest import channel, wait_until

VANDAL = """
import errno, os, pathlib, shutil
folder = pathlib.Path("/opt/ml/input/data/train")
refused = []
def attempt(what, action, *arguments):
    try:
        action(*arguments)
    except OSError as error:
        refused.append(f"{what} {errno.errorcode[error.errno]}")
def write(name, mode):
    with open(folder / name, mode) as file:
        file.write("changed")
def write_mapped(name):
    import mmap
    with open(folder / name, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[:] = b"bad"
attempt("write", write, "write", "w")
attempt("append", write, "append", "a")
attempt("overwrite", write, "overwrite", "r+")
attempt("map", write_mapped, "map")
attempt("truncate", os.truncate, folder / "truncate", 1)
attempt("chmod", os.chmod, folder / "chmod", 0o777)
attempt("chown", os.chown, folder / "chown", os.getuid(), os.getgid())
attempt("utime", os.utime, folder / "utime", (1, 1))
attempt("setxattr", os.setxattr, folder / "setxattr", "user.note", b"changed")
attempt("link", os.link, folder / "link", folder / "linked")
attempt("write link", write, "linked", "w")
attempt("rename", os.rename, folder / "rename", folder / "renamed")
attempt("write renamed", write, "renamed", "a")
attempt("replace", os.replace, folder / "replace", folder / "replaced")
attempt("unlink", os.unlink, folder / "unlink")
attempt("rmtree", shutil.rmtree, folder / "deep")
attempt("new", write, "new", "w")
print("refused", refused)
print("sees", sorted(path.name for path in folder.iterdir()))
print("reads", (folder / "read").read_text())
"""
CHANGED = ["write", "append", "overwrite", "map", "truncate", "chmod", "chown", "utime", "setxattr", "link"]
NAMES = [*CHANGED, "rename", "replace", "replaced", "unlink", "deep/er", "read"]
PIPES = """
import json, os, pathlib, sys, time
folder = pathlib.Path("/opt/ml/input/data")
def opened(name):
    deadline = time.monotonic() + 20
    while True:
        try:
            return open(folder / name, "rb")
        except FileNotFoundError:
            assert time.monotonic() < deadline, name
            time.sleep(0.001)
"""


def put(cloud, **objects):
    for key, data in objects.items():
        cloud.s3.put_object(Bucket="bucket", Key=f"d/{key}", Body=data)


def stored(cloud, key):
    answer = cloud.s3.get_object(Bucket="bucket", Key=key)
    return answer["Body"].read(), answer["ETag"], answer["LastModified"]


def data(mode="File", name="train", uri="s3://bucket/d/", distribution="FullyReplicated", source=None, **changes):
    made = channel(uri, name, InputMode=mode, **changes)
    made["DataSource"]["S3DataSource"] |= {"S3DataDistributionType": distribution, **(source or {})}
    return made


def succeeded(cloud, name, code, *channels, **changes):
    job = cloud.run(name, code, InputDataConfig=list(channels), **changes)
    assert job["TrainingJobStatus"] == "Completed", (job["FailureReason"], _log(cloud, name))
    return cloud.log(name)


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["File", "FastFile"])
def test_nothing_that_a_program_does_to_its_files_reaches_what_is_stored(cloud, mode):
    put(cloud, **{name: name.encode() for name in NAMES})
    before = {name: stored(cloud, f"d/{name}") for name in NAMES}
    blobs = {path: path.stat() for path in (cloud.home / "objects" / "blobs").rglob("*") if path.is_file()}

    log = succeeded(cloud, "vandal", VANDAL, data(mode))

    assert {name: stored(cloud, f"d/{name}") for name in NAMES} == before
    for path, facts in blobs.items():
        now = path.stat()
        assert (now.st_mode, now.st_uid, now.st_size, now.st_mtime_ns) == (
            facts.st_mode,
            facts.st_uid,
            facts.st_size,
            facts.st_mtime_ns,
        )
    refused, sees, reads = (line.partition(" ")[2] for line in log)
    assert reads == "read"
    if mode == "File":
        assert refused == "[]"
        assert "renamed" in sees
        assert "'unlink'" not in sees
    else:
        assert refused.count("EROFS") == 17
        assert sees == str(sorted(name.partition("/")[0] for name in NAMES))


def test_files_are_as_they_were_when_the_job_began(cloud):
    put(cloud, kept=b"first", deleted=b"first", overwritten=b"first")
    code = """
import pathlib, time
folder = pathlib.Path("/opt/ml/input/data/train")
print("up", flush=True)
while not pathlib.Path("/opt/ml/input/data/go").exists():
    time.sleep(0.01)
print(sorted((path.name, path.read_text()) for path in folder.iterdir()))
"""
    cloud.submit("calm", code, InputDataConfig=[data()])
    wait_until(lambda: _log(cloud, "calm") == ["up"])
    cloud.s3.delete_object(Bucket="bucket", Key="d/deleted")
    put(cloud, overwritten=b"second", added=b"second")
    next((cloud.home / "executions").glob("*/*/ml/input/data")).joinpath("go").touch()

    assert cloud.end_of("calm")["TrainingJobStatus"] == "Completed"
    assert cloud.log("calm")[1] == str([("deleted", "first"), ("kept", "first"), ("overwritten", "first")])


def _log(cloud, job):
    try:
        return cloud.log(job)
    except cloud.client("logs").exceptions.ResourceNotFoundException:
        return []


def test_half_a_name_cannot_be_mounted(cloud):
    put(cloud, **{"train/a": b"a"})
    job = cloud.run("half", "print('never')", InputDataConfig=[data("FastFile", uri="s3://bucket/d/tra")])
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(
        "ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not"
    )


# Pipes ----------------------------------------------------------------------------------------------------------------


def test_epochs_come_one_after_another_expanded_and_wrapped(cloud):
    put(cloud, a=gzip.compress(b"alpha\n" * 50_000), b=gzip.compress(b"beta"))
    code = (
        PIPES
        + """
import hashlib
for epoch in range(3):
    with opened(f"plain_{epoch}") as pipe:
        data = pipe.read()
    print(epoch, len(data), data[-10:], flush=True)
with opened("plain_3") as pipe:
    print("closes early", pipe.read(6), flush=True)
with opened("plain_4") as pipe:
    print(len(pipe.read()), flush=True)
with opened("framed_0") as pipe:
    print(pipe.read().hex(), flush=True)
print(sorted(path.name for path in folder.iterdir()))
print(json.loads((folder.parent / "config/inputdataconfig.json").read_text())["framed"])
"""
    )
    for key, body in {"r/1": b"one", "r/2": b"three"}.items():
        cloud.s3.put_object(Bucket="bucket", Key=key, Body=body)
    log = succeeded(
        cloud,
        "pipes",
        code,
        data("Pipe", "plain", "s3://bucket/d/", CompressionType="Gzip"),
        data("Pipe", "framed", "s3://bucket/r/", RecordWrapperType="RecordIO"),
    )
    size = 6 * 50_000 + 4
    assert log[:3] == [f"{epoch} {size} {b'alpha' + bytes([10]) + b'beta'!r}" for epoch in range(3)]
    assert log[3:5] == [f"closes early {b'alpha' + bytes([10])!r}", str(size)]
    assert log[5] == (recordio.frame(b"one") + recordio.frame(b"three")).hex()
    assert log[6] == str(["code", "framed_1", "plain_5"])
    assert json.loads(log[7].replace("'", '"')) == {
        "TrainingInputMode": "Pipe",
        "S3DistributionType": "FullyReplicated",
        "RecordWrapperType": "RecordIO",
        "ContentType": "text/csv",
    }


def test_hosts_get_their_shares_through_files_and_pipes(cloud):
    put(cloud, **{name: name.encode() for name in "abcde"})
    code = (
        PIPES
        + """
host = json.loads((folder.parent / "config/resourceconfig.json").read_text())["current_host"]
found = "".join(sorted(path.name for path in (folder / "files").iterdir()))
with opened("pipe_0") as first:
    one = first.read().decode()
with opened("pipe_1") as second:
    two = second.read().decode()
print(host, found, one, two, "alone" if (folder / "alone").exists() else "")
"""
    )
    groups = [
        {"InstanceGroupName": name, "InstanceType": "ml.t3.medium", "InstanceCount": count}
        for name, count in {"two": 2, "one": 1}.items()
    ]
    log = succeeded(
        cloud,
        "shares",
        code,
        data(name="files", distribution="ShardedByS3Key", source={"InstanceGroupNames": ["two", "one"]}),
        data("Pipe", "pipe", distribution="ShardedByS3Key", ShuffleConfig={"Seed": 5}),
        data(name="alone", source={"InstanceGroupNames": ["one"]}),
        ResourceConfig={"InstanceGroups": groups, "VolumeSizeInGB": 1},
    )
    hosts, files, first, second, alone = zip(*(line.split(" ") for line in sorted(log)), strict=True)
    assert hosts == ("algo-1", "algo-2", "algo-3")
    assert files == ("ad", "be", "c")
    assert sorted("".join(first)) == sorted("".join(second)) == list("abcde")
    assert first != second
    assert alone == ("", "", "alone")


def test_an_augmented_manifest_is_streamed_record_by_record(cloud):
    put(cloud, **{"1.jpg": b"first", "2.jpg": b"second"})
    lines = [{"class": number, "source-ref": f"s3://bucket/d/{number}.jpg"} for number in (1, 2)]
    put(cloud, **{"lines.manifest": "\n".join(map(json.dumps, lines)).encode()})
    code = PIPES + "\nwith opened('train_0') as pipe:\n    print(pipe.read().hex())\n"
    source = {"S3DataType": "AugmentedManifestFile", "AttributeNames": ["source-ref", "class"]}
    channels = data("Pipe", uri="s3://bucket/d/lines.manifest", source=source, RecordWrapperType="RecordIO")

    log = succeeded(cloud, "augmented", code, channels)

    assert log == [b"".join(map(recordio.frame, (b"first", b"1", b"second", b"2"))).hex()]


def test_a_built_in_reads_its_pipe(cloud):
    job = cloud.run("piped", InputDataConfig=[channel(InputMode="Pipe")])
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    assert [metric for metric in job["FinalMetricDataList"] if metric["MetricName"] == "train:objective_loss"]


def test_a_pipe_that_cannot_go_on_fails_the_job_with_the_reason(cloud):
    put(cloud, a=b"no gzip")
    code = PIPES + "\nwith opened('train_0') as pipe:\n    pipe.read()\n"
    job = cloud.run("broken", code, InputDataConfig=[data("Pipe", CompressionType="Gzip")])
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Data download failed:`d/a` cannot be expanded: Not a gzipped")
