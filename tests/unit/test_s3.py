"""S3's buckets and objects, on an engine in memory: codes and statuses as the API Reference gives them."""

from __future__ import annotations

import base64
import errno
import hashlib
import zlib
from datetime import datetime, timezone

import pytest

from sagewright.engine.abc import DamagedObject
from tests.unit.s3_client import S3, etag_of, md5


@pytest.fixture
def s3(house):
    return S3(house)


@pytest.fixture
def now(house):
    """The hour of the engine's clock, as a function of seconds."""
    return lambda seconds=0: datetime.fromtimestamp(house.parts.clock.now() + seconds, timezone.utc)


# Buckets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["ab", "a" * 64, "Upper", "under_score", "-a-", "a..b", "a.-b", "a-.b", "192.168.0.1", "xn--a"]
)
def test_names_that_no_bucket_may_have(s3, name):
    s3.refuses("CreateBucket", "InvalidBucketName", 400, Bucket=name)


@pytest.mark.parametrize("name", ["abc", "a.b-c", "1" * 63])
def test_names_that_a_bucket_may_have(s3, name):
    assert s3("CreateBucket", Bucket=name) == {"Location": f"/{name}"}
    assert s3("HeadBucket", Bucket=name)["BucketRegion"] == "us-east-1"


@pytest.mark.parametrize(
    ("here", "constraint", "code"),
    [
        ("us-east-1", "us-east-1", "InvalidLocationConstraint"),
        ("eu-west-1", None, "IllegalLocationConstraintException"),
        ("eu-west-1", "eu-north-1", "IllegalLocationConstraintException"),
    ],
)
def test_regions_that_cannot_be_asked_for(s3, here, constraint, code):
    configuration = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
    s3.at(here).refuses("CreateBucket", code, 400, Bucket="new", **configuration)


@pytest.mark.parametrize(("here", "region"), [("us-east-1", "eu-west-1"), ("eu-west-1", "eu-west-1")])
def test_a_bucket_lies_where_it_was_made(s3, here, region):
    s3.at(here)("CreateBucket", Bucket="new", CreateBucketConfiguration={"LocationConstraint": region})

    assert s3("GetBucketLocation", Bucket="new") == {"LocationConstraint": region}
    assert s3("GetBucketLocation", Bucket="bucket") == {"LocationConstraint": None}


def test_a_bucket_is_made_again_by_its_owner_in_us_east_1_only(s3):
    s3("CreateBucket", Bucket="bucket")
    s3.at(account="210987654321").refuses("CreateBucket", "BucketAlreadyExists", 409, Bucket="bucket")
    abroad = {"Bucket": "new", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    s3.at("eu-west-1")("CreateBucket", **abroad)
    s3.at("eu-west-1").refuses("CreateBucket", "BucketAlreadyOwnedByYou", 409, **abroad)


def test_buckets_are_listed_in_pages(s3):
    for name in ("b-3", "b-1", "b-2", "c-1"):
        s3("CreateBucket", Bucket=name)

    first = s3("ListBuckets", Prefix="b-", MaxBuckets=2)
    second = s3("ListBuckets", Prefix="b-", MaxBuckets=2, ContinuationToken=first["ContinuationToken"])

    assert [[bucket["Name"] for bucket in page["Buckets"]] for page in (first, second)] == [["b-1", "b-2"], ["b-3"]]
    assert "ContinuationToken" not in second
    assert s3("ListBuckets", BucketRegion="eu-west-1")["Buckets"] == []
    s3.refuses("ListBuckets", "InvalidArgument", 400, ContinuationToken="é")


def test_only_an_empty_bucket_is_deleted(s3):
    s3("CreateBucket", Bucket="new")
    s3("PutObject", Bucket="new", Key="k", Body=b"")
    s3.refuses("DeleteBucket", "BucketNotEmpty", 409, Bucket="new")
    s3("DeleteObject", Bucket="new", Key="k")
    s3("DeleteBucket", Bucket="new")
    assert s3.refuses("HeadBucket", "NoSuchBucket", 404, Bucket="new").members == {"BucketName": "new"}


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("GetBucketLocation", {}),
        ("DeleteBucket", {}),
        ("GetBucketVersioning", {}),
        ("ListObjectsV2", {}),
        ("ListObjects", {}),
        ("ListMultipartUploads", {}),
        ("PutObject", {"Key": "k"}),
        ("GetObject", {"Key": "k"}),
        ("DeleteObject", {"Key": "k"}),
        ("CopyObject", {"Key": "k", "CopySource": "bucket/train/rows.csv"}),
        ("CreateMultipartUpload", {"Key": "k"}),
    ],
)
def test_a_bucket_must_exist_and_belong_to_whom_one_thinks(s3, operation, params):
    s3.refuses(operation, "NoSuchBucket", 404, Bucket="none", **params)
    s3.refuses(operation, "AccessDenied", 403, Bucket="bucket", ExpectedBucketOwner="210987654321", **params)


def test_a_bucket_s_tags(s3):
    s3.refuses("GetBucketTagging", "NoSuchTagSet", 404, Bucket="bucket")
    tags = [{"Key": f"k{n}", "Value": ""} for n in range(50)]
    s3("PutBucketTagging", Bucket="bucket", Tagging={"TagSet": tags})
    assert s3("GetBucketTagging", Bucket="bucket") == {"TagSet": tags}
    too_many = [*tags, {"Key": "one", "Value": "more"}]
    s3.refuses("PutBucketTagging", "BadRequest", 400, Bucket="bucket", Tagging={"TagSet": too_many})
    s3("DeleteBucketTagging", Bucket="bucket")
    s3.refuses("GetBucketTagging", "NoSuchTagSet", 404, Bucket="bucket")


# Objects --------------------------------------------------------------------------------------------------------------


def test_an_object_is_read_as_it_was_written(s3, now):
    expires = now(3600)
    facts = {
        "ContentType": "text/csv",
        "CacheControl": "no-store",
        "ContentDisposition": "attachment",
        "Metadata": {"origin": "here"},
        "Expires": expires,
    }
    stored = s3.put("a", b"1,2\n", Tagging="team=a%26b&empty=", StorageClass="STANDARD", **facts)
    found = s3("GetObject", Bucket="bucket", Key="a")

    assert stored["ETag"] == found["ETag"] == etag_of(b"1,2\n")
    assert found["Body"].read() == b"1,2\n"
    assert {name: found[name] for name in facts} == facts
    assert (found["ContentLength"], found["TagCount"], found["LastModified"]) == (4, 2, now().timestamp())
    assert "StorageClass" not in found
    del found["Body"]
    assert s3("HeadObject", Bucket="bucket", Key="a") == found


def test_an_object_s_type_is_binary_unless_told(s3):
    s3.put("a")
    assert s3("HeadObject", Bucket="bucket", Key="a")["ContentType"] == "binary/octet-stream"


def test_a_reader_may_name_the_headers_it_wants(s3):
    s3.put("a", ContentType="text/csv")
    asked = {"ResponseContentType": "text/plain", "ResponseContentDisposition": "inline"}
    found = s3("GetObject", Bucket="bucket", Key="a", **asked)
    assert (found["ContentType"], found["ContentDisposition"]) == ("text/plain", "inline")


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject", "GetObjectTagging", "DeleteObjectTagging"])
def test_an_object_that_is_not_there(s3, operation):
    assert s3.refuses(operation, "NoSuchKey", 404, Bucket="bucket", Key="none").members == {"Key": "none"}


@pytest.mark.parametrize("key", ["k" * 1024, "é" * 512, "a//b", "../x", "/", " ", "\x01"])
def test_any_text_up_to_1024_bytes_is_a_key(s3, key):
    s3.put(key, b"x")
    assert s3.read(key) == b"x"


@pytest.mark.parametrize("key", ["k" * 1025, "é" * 513])
def test_longer_keys_are_refused(s3, key):
    for operation in ("PutObject", "CreateMultipartUpload"):
        s3.refuses(operation, "KeyTooLongError", 400, Bucket="bucket", Key=key)


@pytest.mark.parametrize(
    "params",
    [
        {"SSECustomerAlgorithm": "AES256"},
        {"ObjectLockEventHold": "ON"},
        {"WriteOffsetBytes": 3},
    ],
)
def test_what_is_not_built_is_refused_by_name(s3, params):
    error = s3.refuses("PutObject", "NotImplemented", 501, Bucket="bucket", Key="a", **params)
    assert f"`{next(iter(params))}`" in error.message
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="a")


@pytest.mark.parametrize("params", [{"ACL": "public-read"}, {"GrantRead": "id=1"}])
def test_lists_of_access_rights_are_off(s3, params):
    s3.refuses("PutObject", "AccessControlListNotSupported", 400, Bucket="bucket", Key="a", **params)
    s3.put("a", ACL="bucket-owner-full-control")
    found = s3("GetObjectAcl", Bucket="bucket", Key="a")
    assert [grant["Permission"] for grant in found["Grants"]] == ["FULL_CONTROL"]
    s3.refuses("PutObjectAcl", "AccessControlListNotSupported", 400, Bucket="bucket", Key="a", **params)


def test_lists_of_access_rights_are_kept_where_they_are_on(s3):
    controls = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3("PutBucketOwnershipControls", Bucket="bucket", OwnershipControls=controls)
    s3("DeletePublicAccessBlock", Bucket="bucket")
    s3.put("a", ACL="public-read")
    grants = s3("GetObjectAcl", Bucket="bucket", Key="a")["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL", "READ"]
    s3("PutObjectAcl", Bucket="bucket", Key="a", ACL="private")
    assert len(s3("GetObjectAcl", Bucket="bucket", Key="a")["Grants"]) == 1


def test_deleting_what_is_not_there_is_deleting(s3):
    assert s3("DeleteObject", Bucket="bucket", Key="none") == {}


def test_deleting_only_what_one_has_seen(s3):
    etag = s3.put("a")["ETag"]
    s3.refuses("DeleteObject", "PreconditionFailed", 412, Bucket="bucket", Key="a", IfMatch='"other"')
    s3("DeleteObject", Bucket="bucket", Key="a", IfMatch=etag)
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="a")


def test_many_are_deleted_at_once(s3):
    s3.put("a")
    s3.put("b")
    named = [{"Key": "a"}, {"Key": "none"}, {"Key": "b", "VersionId": "3"}]
    answer = s3("DeleteObjects", Bucket="bucket", Delete={"Objects": named})

    assert answer["Deleted"] == [{"Key": "a"}, {"Key": "none"}]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("b", "NoSuchVersion")]
    assert s3.read("b") == b"0123456789"
    assert s3("DeleteObjects", Bucket="bucket", Delete={"Objects": [{"Key": "b"}], "Quiet": True})["Deleted"] == []


@pytest.mark.parametrize("count", [0, 1001])
def test_so_many_are_not_deleted_at_once(s3, count):
    delete = {"Objects": [{"Key": str(n)} for n in range(count)]}
    s3.refuses("DeleteObjects", "MalformedXML", 400, Bucket="bucket", Delete=delete)


# Digests and checksums ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (base64.b64encode(md5(b"else").digest()).decode(), "BadDigest"),
        ("AAAA", "InvalidDigest"),
        ("?", "InvalidDigest"),
    ],
)
def test_a_body_with_another_md5_is_not_stored(s3, text, code):
    s3.refuses("PutObject", code, 400, Bucket="bucket", Key="a", Body=b"data", ContentMD5=text)
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="a")


CHECKSUMS = {
    "ChecksumCRC32": base64.b64encode(zlib.crc32(b"data").to_bytes(4, "big")).decode(),
    "ChecksumSHA1": base64.b64encode(hashlib.sha1(b"data", usedforsecurity=False).digest()).decode(),
    "ChecksumSHA256": base64.b64encode(hashlib.sha256(b"data").digest()).decode(),
}


@pytest.mark.parametrize("name", CHECKSUMS)
def test_checksums_are_verified_kept_and_told_to_those_who_ask(s3, name):
    sent = {name: CHECKSUMS[name]}
    s3.refuses("PutObject", "BadDigest", 400, Bucket="bucket", Key="a", Body=b"other", **sent)
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="a")

    assert s3.put("a", b"data", **sent)[name] == CHECKSUMS[name]
    assert name not in s3("HeadObject", Bucket="bucket", Key="a")
    found = s3("GetObject", Bucket="bucket", Key="a", ChecksumMode="ENABLED")
    assert (found[name], found["ChecksumType"]) == (CHECKSUMS[name], "FULL_OBJECT")
    part = s3("GetObject", Bucket="bucket", Key="a", ChecksumMode="ENABLED", Range="bytes=0-1")
    assert not [member for member in part if member.startswith("Checksum")]


# Conditions -----------------------------------------------------------------------------------------------------------


def test_a_write_that_must_be_the_first(s3):
    s3.put("a", b"1", IfNoneMatch="*")
    s3.refuses("PutObject", "PreconditionFailed", 412, Bucket="bucket", Key="a", Body=b"2", IfNoneMatch="*")
    assert s3.read("a") == b"1"


def test_a_write_over_anything_but_one(s3):
    etag = s3.put("a", b"1", IfNoneMatch='"etag"')["ETag"]
    s3.refuses("PutObject", "PreconditionFailed", 412, Bucket="bucket", Key="a", Body=b"2", IfNoneMatch=etag)
    s3.put("a", b"2", IfNoneMatch='"etag"')
    assert s3.read("a") == b"2"


def test_a_write_that_must_follow_what_one_has_seen(s3):
    s3.refuses("PutObject", "NoSuchKey", 404, Bucket="bucket", Key="a", Body=b"1", IfMatch='"etag"')
    first = s3.put("a", b"1")["ETag"]
    s3.put("a", b"2", IfMatch=first)
    s3.refuses("PutObject", "PreconditionFailed", 412, Bucket="bucket", Key="a", Body=b"3", IfMatch=first)
    assert s3.read("a") == b"2"


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject"])
def test_conditional_reads(s3, now, operation):
    etag = s3.put("a")["ETag"]
    asked = {"Bucket": "bucket", "Key": "a"}

    s3.refuses(operation, "304", 304, IfNoneMatch=etag, **asked)
    s3.refuses(operation, "304", 304, IfNoneMatch='"x", ' + etag, **asked)
    s3.refuses(operation, "304", 304, IfModifiedSince=now(), **asked)
    s3.refuses(operation, "PreconditionFailed", 412, IfMatch='"x"', **asked)
    s3.refuses(operation, "PreconditionFailed", 412, IfUnmodifiedSince=now(-1), **asked)
    for holds in (
        {"IfMatch": etag},
        {"IfNoneMatch": '"x"'},
        {"IfModifiedSince": now(-1)},
        {"IfUnmodifiedSince": now()},
        {"IfMatch": etag, "IfUnmodifiedSince": now(-1)},  # the etag decides
        {"IfNoneMatch": '"x"', "IfModifiedSince": now()},
    ):
        assert s3(operation, **asked, **holds)["ETag"] == etag


# Ranges ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "body", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
    ],
)
def test_a_range_of_an_object(s3, asked, body, told):
    s3.put("a")
    found = s3("GetObject", Bucket="bucket", Key="a", Range=asked)
    head = s3("HeadObject", Bucket="bucket", Key="a", Range=asked)

    assert found["Body"].read() == body
    for answer in (found, head):
        assert (answer["@status"], answer["ContentRange"], answer["ContentLength"]) == (206, told, len(body))


@pytest.mark.parametrize("asked", ["bytes=5-4", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b"])
def test_a_range_that_says_nothing_is_the_whole(s3, asked):
    s3.put("a")
    found = s3("GetObject", Bucket="bucket", Key="a", Range=asked)
    assert found["Body"].read() == b"0123456789"
    assert "ContentRange" not in found
    assert "@status" not in found


@pytest.mark.parametrize(("body", "asked"), [(b"ab", "bytes=2-"), (b"ab", "bytes=-0"), (b"", "bytes=0-0")])
def test_a_range_behind_the_end(s3, body, asked):
    s3.put("a", body)
    error = s3.refuses("GetObject", "InvalidRange", 416, Bucket="bucket", Key="a", Range=asked)
    assert error.members == {"RangeRequested": asked, "ActualObjectSize": len(body)}


def test_an_object_in_one_piece_has_one_part(s3):
    s3.put("a")
    assert s3.read("a", PartNumber=1) == b"0123456789"
    assert s3("HeadObject", Bucket="bucket", Key="a", PartNumber=1)["ContentRange"] == "bytes 0-9/10"
    s3.refuses("GetObject", "InvalidPartNumber", 416, Bucket="bucket", Key="a", PartNumber=2)


# Copies and tags ------------------------------------------------------------------------------------------------------


@pytest.fixture
def original(s3):
    s3.put("a b&c", b"data", ContentType="text/csv", Metadata={"m": "1"}, Tagging="t=1")
    return s3


def copy(s3, source="bucket/a%20b%26c", key="copy", **params):
    return s3("CopyObject", Bucket="bucket", Key=key, CopySource=source, **params)["CopyObjectResult"]


@pytest.mark.parametrize("source", ["bucket/a%20b%26c", "/bucket/a%20b%26c", "bucket/a b&c"])
def test_a_copy_has_the_original_s_facts(original, source):
    assert copy(original, source)["ETag"] == etag_of(b"data")
    assert original.read("copy") == b"data"
    assert original.facts("copy") == ("text/csv", {"m": "1"}, {"t": "1"})


def test_a_copy_has_new_facts_where_told(original):
    new = {"ContentType": "text/plain", "Metadata": {"n": "2"}, "Tagging": "u=2"}
    copy(original, key="ignored", **new)
    copy(original, key="replaced", MetadataDirective="REPLACE", TaggingDirective="REPLACE", **new)
    copy(original, key="emptied", MetadataDirective="REPLACE")

    assert original.facts("ignored") == ("text/csv", {"m": "1"}, {"t": "1"})
    assert original.facts("replaced") == ("text/plain", {"n": "2"}, {"u": "2"})
    assert original.facts("emptied") == ("binary/octet-stream", {}, {"t": "1"})


def test_a_copy_onto_itself_must_change_something(original):
    itself = {"Bucket": "bucket", "Key": "a b&c", "CopySource": "bucket/a%20b%26c"}
    original.refuses("CopyObject", "InvalidRequest", 400, **itself)
    original("CopyObject", **itself, MetadataDirective="REPLACE", Metadata={"m": "2"})
    assert original.facts("a b&c")[1] == {"m": "2"}
    assert original.read("a b&c") == b"data"


@pytest.mark.parametrize(
    ("source", "code", "status"),
    [
        ("bucket/none", "NoSuchKey", 404),
        ("nowhere/a", "NoSuchBucket", 404),
        ("bucket", "InvalidArgument", 400),
        ("bucket/a%20b%26c?versionId=3", "InvalidArgument", 400),
    ],
)
def test_copies_of_nothing(original, source, code, status):
    original.refuses("CopyObject", code, status, Bucket="bucket", Key="copy", CopySource=source)


def test_conditional_copies_fail_with_412(original, now):
    etag = copy(original)["ETag"]
    for fails in (
        {"CopySourceIfMatch": '"x"'},
        {"CopySourceIfNoneMatch": etag},
        {"CopySourceIfModifiedSince": now()},
        {"CopySourceIfUnmodifiedSince": now(-1)},
    ):
        asked = {"Bucket": "bucket", "Key": "copy", "CopySource": "bucket/a%20b%26c"}
        original.refuses("CopyObject", "PreconditionFailed", 412, **asked, **fails)
    assert copy(original, CopySourceIfMatch=etag)["ETag"] == etag


def test_an_object_s_tags(s3):
    s3.put("a", Tagging="x=1")
    asked = {"Bucket": "bucket", "Key": "a"}
    tags = [{"Key": f"k{n}", "Value": str(n)} for n in range(10)]
    s3("PutObjectTagging", **asked, Tagging={"TagSet": tags})
    assert s3("GetObjectTagging", **asked) == {"TagSet": tags}
    s3("DeleteObjectTagging", **asked)
    assert s3("GetObjectTagging", **asked) == {"TagSet": []}


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([("k", "1"), ("k", "2")], "InvalidTag"),
        ([("", "1")], "InvalidTag"),
        ([("k" * 129, "1")], "InvalidTag"),
        ([("k", "v" * 257)], "InvalidTag"),
        ([(f"k{n}", "") for n in range(11)], "BadRequest"),
    ],
)
def test_tags_that_no_object_may_have(s3, tags, code):
    s3.put("a")
    tag_set = {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}
    s3.refuses("PutObjectTagging", code, 400, Bucket="bucket", Key="a", Tagging=tag_set)
    header = "&".join(f"{key}={value}" for key, value in tags)
    s3.refuses("PutObject", code, 400, Bucket="bucket", Key="b", Body=b"", Tagging=header)
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="b")


def test_how_an_object_is_encrypted_is_kept_and_told(s3):
    assert s3.put("a")["ServerSideEncryption"] == "AES256"
    s3.put("a", ServerSideEncryption="aws:kms", SSEKMSKeyId="alias/mine", BucketKeyEnabled=True)
    head = s3("HeadObject", Bucket="bucket", Key="a")
    told = (head["ServerSideEncryption"], head["SSEKMSKeyId"], head["BucketKeyEnabled"])
    assert told == ("aws:kms", "alias/mine", True)
    for params in ({"ServerSideEncryption": "rot13"}, {"SSEKMSKeyId": "alias/mine"}):
        s3.refuses("PutObject", "InvalidArgument", 400, Bucket="bucket", Key="b", **params)
    copied = s3("CopyObject", Bucket="bucket", Key="b", CopySource="bucket/a")
    assert copied["ServerSideEncryption"] == "AES256"
    assert "BucketKeyEnabled" not in copied


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Metadata": {"a": "x" * 2048}}, "MetadataTooLarge"),
        ({"StorageClass": "SHELF"}, "InvalidStorageClass"),
        ({"WebsiteRedirectLocation": "x"}, "InvalidRedirectLocation"),
        ({"ContentLength": (5 << 30) + 1}, "EntityTooLarge"),
    ],
)
def test_what_no_object_may_have(s3, params, code):
    s3.refuses("PutObject", code, 400, Bucket="bucket", Key="a", **params)


def test_damage_and_a_full_disk_are_told(s3, house, monkeypatch, caplog):
    s3.put("a")

    def damaged(*_, **__):
        raise DamagedObject("`file` is missing")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(house.parts.objects, "open", damaged)
    error = s3.refuses("GetObject", "InternalError", 500, Bucket="bucket", Key="a")
    assert "sagewright check" in error.message
    assert "`bucket/a` is damaged: `file` is missing" in caplog.text
    monkeypatch.setattr(house.parts.objects, "put", full)
    s3.refuses("PutObject", "InsufficientStorage", 507, Bucket="bucket", Key="a", Body=b"")
