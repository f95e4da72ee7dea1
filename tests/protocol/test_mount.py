"""boto3's own clients on the embedded engine, through the mount: nothing of theirs is replaced."""

from __future__ import annotations

import gc
import io
import os

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from sagewright import targets
from sagewright.engine.gateway.mounts.botocore import to_botocore
from sagewright.engine.gateway.wire import HttpResponse

MIB = 1 << 20
IN_PIECES = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=4)


@pytest.fixture
def session():
    return targets.boto_session()


@pytest.fixture
def s3(session):
    client = session.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(os.urandom(MIB) * 20)
    return path


def calls_of(client):
    """Return a list that grows by the name of each operation that the client calls, and its range."""
    calls = []
    client.meta.events.register(
        "before-call", lambda model, params, **_: calls.append((model.name, params["headers"].get("Range")))
    )
    return calls


def refused(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


# Transfers ------------------------------------------------------------------------------------------------------------


def test_a_large_file_goes_up_in_parts_and_comes_down_in_ranges(s3, large, tmp_path):
    calls = calls_of(s3)
    sent: list[int] = []
    extra = {"ContentType": "text/csv", "Metadata": {"origin": "here"}}
    s3.upload_file(str(large), "bucket", "large", ExtraArgs=extra, Callback=sent.append, Config=IN_PIECES)
    s3.download_file("bucket", "large", str(tmp_path / "back"), Config=IN_PIECES)
    head = s3.head_object(Bucket="bucket", Key="large")

    names = [name for name, _ in calls]
    assert [names.count(name) for name in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")] == [
        1,
        3,
        1,
    ]
    assert sorted(span for name, span in calls if name == "GetObject") == [
        "bytes=0-8388607",
        "bytes=16777216-",
        "bytes=8388608-16777215",
    ]
    assert (tmp_path / "back").read_bytes() == large.read_bytes()
    assert sum(sent) == head["ContentLength"] == 20 * MIB
    assert head["ETag"].endswith('-3"')
    assert (head["ContentType"], head["Metadata"]) == ("text/csv", {"origin": "here"})
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="bucket")


def test_a_large_object_is_copied_in_parts(s3, large):
    s3.upload_file(str(large), "bucket", "large", Config=IN_PIECES)
    calls = calls_of(s3)
    s3.copy({"Bucket": "bucket", "Key": "large"}, "bucket", "copy", Config=IN_PIECES)
    assert [name for name, _ in calls].count("UploadPartCopy") == 3
    assert s3.get_object(Bucket="bucket", Key="copy")["Body"].read() == large.read_bytes()


def test_streams_go_up_and_come_down(s3):
    s3.upload_fileobj(io.BytesIO(b"small"), "bucket", "small")
    found = io.BytesIO()
    s3.download_fileobj("bucket", "small", found)
    assert found.getvalue() == b"small"


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA1", "SHA256"])
def test_botocore_verifies_what_it_reads(s3, algorithm):
    chosen = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    s3.put_object(Bucket="bucket", Key="a", Body=io.BytesIO(b"0123456789" * 10_000), **chosen)
    found = s3.get_object(Bucket="bucket", Key="a", ChecksumMode="ENABLED")
    assert found["Body"].read() == b"0123456789" * 10_000
    assert found["ChecksumType"] == "FULL_OBJECT"
    assert found[f"Checksum{algorithm or 'CRC32'}"]


def test_a_body_is_read_in_pieces_lines_and_with_a_context(s3):
    s3.put_object(Bucket="bucket", Key="a", Body=b"one\ntwo\nthree")

    def body():
        return s3.get_object(Bucket="bucket", Key="a")["Body"]

    assert list(body().iter_lines()) == [b"one", b"two", b"three"]
    assert b"".join(body().iter_chunks(2)) == b"one\ntwo\nthree"
    with body() as stream:
        assert stream.read(3) == b"one"
        assert stream.read() == b"\ntwo\nthree"
        assert stream.read() == b""


# Errors as botocore reads them ----------------------------------------------------------------------------------------


def test_head_has_no_body_and_so_no_word_but_its_status(s3):
    assert refused(s3.head_object, Bucket="bucket", Key="none") == ("404", 404)
    assert refused(s3.head_bucket, Bucket="none") == ("404", 404)


def test_conditions_and_ranges(s3):
    etag = s3.put_object(Bucket="bucket", Key="a", Body=b"0123456789")["ETag"]
    asked = {"Bucket": "bucket", "Key": "a"}

    assert refused(s3.get_object, **asked, IfNoneMatch=etag) == ("304", 304)
    assert refused(s3.head_object, **asked, IfMatch='"x"') == ("412", 412)
    assert refused(s3.get_object, **asked, Range="bytes=10-") == ("InvalidRange", 416)
    found = s3.get_object(**asked, Range="bytes=2-4")
    assert (found["Body"].read(), found["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_errors_have_their_own_exceptions_and_members(s3, session):
    with pytest.raises(s3.exceptions.NoSuchKey) as caught:
        s3.get_object(Bucket="bucket", Key="none")
    assert caught.value.response["Error"] == {
        "Code": "NoSuchKey",
        "Message": "The specified key does not exist.",
        "Key": "none",
    }
    assert caught.value.response["ResponseMetadata"]["RequestId"]
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.list_objects_v2(Bucket="none")
    abroad = session.client("s3", region_name="eu-west-1")
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    abroad.create_bucket(Bucket="abroad", **where)
    with pytest.raises(abroad.exceptions.BucketAlreadyOwnedByYou):
        abroad.create_bucket(Bucket="abroad", **where)


def test_an_operation_that_is_not_built_says_so(s3, session):
    with pytest.raises(
        ClientError, match=r"`s3:GetBucketMetadataConfiguration` is not built into the Sagewright engine yet.\nhint: "
    ):
        s3.get_bucket_metadata_configuration(Bucket="bucket")
    with pytest.raises(ClientError, match=r"`sagemaker:ListDomains` is not built"):
        session.client("sagemaker").list_domains()


# Names on the wire ----------------------------------------------------------------------------------------------------


KEYS = sorted(["a b+c&d=é%20", "//a/../b/", "x" * 1024, "~!*'();:@$,/?#[]", "<&>\r\n\t"], key=str.encode)


@pytest.mark.parametrize("style", ["virtual", "path"])
def test_any_key_survives_the_wire(session, s3, style):
    client, named = session.client("s3", config=Config(s3={"addressing_style": style})), {"Bucket": "bucket"}
    for key in KEYS:
        client.put_object(Key=key, Body=b"x", Metadata={"k": "v"}, Tagging="a=b%20c", **named)
        client.copy_object(Key=key, CopySource={"Key": key, **named}, MetadataDirective="REPLACE", **named)

    assert [item["Key"] for item in client.list_objects_v2(**named)["Contents"]] == KEYS
    assert [item["Key"] for item in client.list_objects(**named)["Contents"]] == KEYS
    for key in KEYS:
        assert client.get_object(Key=key, **named)["Metadata"] == {}
        assert client.get_object_tagging(Key=key, **named)["TagSet"] == [{"Key": "a", "Value": "b c"}]
    deleted = client.delete_objects(Delete={"Objects": [{"Key": key} for key in KEYS]}, **named)["Deleted"]
    assert [item["Key"] for item in deleted] == KEYS
    assert "Contents" not in client.list_objects_v2(**named)


def test_control_characters_are_told_apart(s3):
    for key in ("\x01", "\x02", "a\x1fb"):
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["\x01", "\x02", "a\x1fb"]
    assert s3.get_object(Bucket="bucket", Key="\x02")["Body"].read() == b"\x02"


def test_an_endpoint_of_one_s_own_is_answered_all_the_same(session, s3):
    client = session.client("s3", endpoint_url="http://localhost:9000")
    client.put_object(Bucket="bucket", Key="a/b", Body=b"x")
    assert s3.get_object(Bucket="bucket", Key="a/b")["Body"].read() == b"x"
    sts = session.client("sts", endpoint_url="https://sts.eu-north-1.amazonaws.com")
    assert sts.get_caller_identity()["Account"] == "123456789012"


def test_where_buckets_lie(session, s3):
    abroad = session.client("s3", region_name="eu-west-1")
    abroad.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket="bucket")["LocationConstraint"] is None
    assert s3.get_bucket_location(Bucket="abroad")["LocationConstraint"] == "eu-west-1"
    assert s3.head_bucket(Bucket="abroad")["BucketRegion"] == "eu-west-1"


# What boto3 builds on clients -----------------------------------------------------------------------------------------


def test_resources(session, s3, tmp_path):
    bucket = session.resource("s3").Bucket("bucket")
    for number in range(3):
        bucket.put_object(Key=f"in/{number}", Body=str(number).encode())
    (tmp_path / "file").write_bytes(b"file")
    bucket.upload_file(str(tmp_path / "file"), "file")

    assert [item.key for item in bucket.objects.filter(Prefix="in/")] == ["in/0", "in/1", "in/2"]
    assert bucket.Object("in/1").get()["Body"].read() == b"1"
    assert bucket.Object("file").content_length == 4
    assert bucket.creation_date is not None
    with pytest.raises(ClientError, match="404"):
        bucket.Object("none").load()
    bucket.objects.all().delete()
    assert list(bucket.objects.all()) == []
    bucket.delete()
    assert list(session.resource("s3").buckets.all()) == []


def test_paginators(s3):
    for number in range(7):
        s3.put_object(Bucket="bucket", Key=f"{number % 2}/é {number}", Body=b"")
    for operation in ("list_objects", "list_objects_v2"):
        paginate = s3.get_paginator(operation).paginate
        pages = list(paginate(Bucket="bucket", PaginationConfig={"PageSize": 3}))
        assert [len(page["Contents"]) for page in pages] == [3, 3, 1]
        rolled = paginate(Bucket="bucket", Delimiter="/", PaginationConfig={"PageSize": 1})
        assert [item["Prefix"] for item in rolled.search("CommonPrefixes")] == ["0/", "1/"]
    upload = s3.create_multipart_upload(Bucket="bucket", Key="big")["UploadId"]
    for number in (1, 2, 3):
        s3.upload_part(Bucket="bucket", Key="big", UploadId=upload, PartNumber=number, Body=b"x")
    parts = s3.get_paginator("list_parts").paginate(
        Bucket="bucket", Key="big", UploadId=upload, PaginationConfig={"PageSize": 2}
    )
    assert [part["PartNumber"] for part in parts.search("Parts")] == [1, 2, 3]


def test_waiters(s3):
    once, at_once = {"MaxAttempts": 1, "Delay": 0}, {"Bucket": "bucket"}
    s3.put_object(Key="a", Body=b"", **at_once)
    s3.get_waiter("bucket_exists").wait(WaiterConfig=once, **at_once)
    s3.get_waiter("object_exists").wait(Key="a", WaiterConfig=once, **at_once)
    s3.get_waiter("object_not_exists").wait(Key="none", WaiterConfig=once, **at_once)
    s3.get_waiter("bucket_not_exists").wait(Bucket="none", WaiterConfig=once)
    with pytest.raises(WaiterError):
        s3.get_waiter("object_exists").wait(Key="none", WaiterConfig=once, **at_once)


# The session ----------------------------------------------------------------------------------------------------------


def test_another_session_on_the_home_sees_the_same(s3):
    s3.put_object(Bucket="bucket", Key="a", Body=b"x")
    assert targets.boto_session().client("s3").get_object(Bucket="bucket", Key="a")["Body"].read() == b"x"


def test_homes_have_nothing_to_do_with_each_other(s3, tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(tmp_path / "other"))
    assert targets.boto_session().client("s3").list_buckets()["Buckets"] == []
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["bucket"]


def test_only_our_session_is_mounted(session):
    """A session that the program makes itself keeps its own way out."""
    other = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1").client("s3")

    def network(request, **_):
        return to_botocore(request.url, HttpResponse(418))

    ours = session.client("s3")
    for client in (ours, other):
        client.meta.events.register_last("before-send", network)
    assert refused(ours.head_bucket, Bucket="none") == ("404", 404)
    assert refused(other.head_bucket, Bucket="none") == ("418", 418)


def test_answers_leave_no_file_open(s3):
    """`ResourceWarning`s are errors here."""
    s3.put_object(Bucket="bucket", Key="a", Body=b"0123456789")
    read_to_its_length = s3.get_object(Bucket="bucket", Key="a")["Body"]
    assert read_to_its_length.read(10) == b"0123456789"
    assert read_to_its_length._raw_stream.closed
    s3.get_object(Bucket="bucket", Key="a")
    s3.get_object(Bucket="bucket", Key="a", Range="bytes=2-4")["Body"].read(2)
    gc.collect()
