"""S3's versions of objects."""

from __future__ import annotations

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.s3_client import S3

NEVER = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # a version id that nobody was given


def keep(s3, status="Enabled"):
    s3("PutBucketVersioning", Bucket="bucket", VersioningConfiguration={"Status": status})


@pytest.fixture
def s3(house):
    return S3(house)


@pytest.fixture
def kept(s3):
    keep(s3)
    return s3


def test_a_bucket_says_whether_it_keeps_versions(s3):
    assert s3("GetBucketVersioning", Bucket="bucket") == {}
    for status in ("Enabled", "Suspended"):
        keep(s3, status)
        assert s3("GetBucketVersioning", Bucket="bucket") == {"Status": status}


@pytest.mark.parametrize(
    ("configuration", "code", "status"),
    [
        ({}, "IllegalVersioningConfigurationException", 400),
        ({"Status": "Off"}, "IllegalVersioningConfigurationException", 400),
        ({"Status": "Enabled", "MFADelete": "Enabled"}, "NotImplemented", 501),
    ],
)
def test_ways_to_keep_versions_that_there_are_not(s3, configuration, code, status):
    s3.refuses("PutBucketVersioning", code, status, Bucket="bucket", VersioningConfiguration=configuration)


def test_versions_are_read_by_their_ids(kept):
    first, second = kept.put("a", b"1")["VersionId"], kept.put("a", b"22")["VersionId"]
    assert kept.read("a") == b"22"
    assert kept.read("a", VersionId=first) == b"1"
    head = kept("HeadObject", Bucket="bucket", Key="a", VersionId=first)
    assert (head["VersionId"], head["ContentLength"]) == (first, 1)
    assert kept("GetObject", Bucket="bucket", Key="a")["VersionId"] == second


def test_without_versions_there_is_only_null(s3):
    assert "VersionId" not in s3.put("a")
    assert "VersionId" not in s3("HeadObject", Bucket="bucket", Key="a")
    assert s3.read("a", VersionId="null") == b"0123456789"
    keep(s3)
    assert s3("HeadObject", Bucket="bucket", Key="a")["VersionId"] == "null"


@pytest.mark.parametrize("operation", ["GetObject", "HeadObject", "GetObjectTagging", "GetObjectAttributes"])
def test_versions_that_are_not_there(kept, operation):
    kept.put("a")
    more = {"ObjectAttributes": ["ETag"]} if operation == "GetObjectAttributes" else {}
    error = kept.refuses(operation, "NoSuchVersion", 404, Bucket="bucket", Key="a", VersionId=NEVER, **more)
    assert error.members == {"Key": "a", "VersionId": NEVER}
    for version_id in ("", "3", NEVER + "A"):
        kept.refuses(operation, "InvalidArgument", 400, Bucket="bucket", Key="a", VersionId=version_id, **more)


def test_a_delete_marker_is_no_object(kept):
    put = kept.put("a")["VersionId"]
    done = kept("DeleteObject", Bucket="bucket", Key="a")
    assert done["DeleteMarker"]
    headers = {"x-amz-delete-marker": "true", "x-amz-version-id": done["VersionId"]}
    error = kept.refuses("GetObject", "NoSuchKey", 404, Bucket="bucket", Key="a")
    assert error.members == {"Key": "a", "@headers": headers}
    for operation in ("GetObject", "HeadObject"):
        error = kept.refuses(operation, "MethodNotAllowed", 405, Bucket="bucket", Key="a", VersionId=done["VersionId"])
        assert headers.items() <= error.members["@headers"].items()
    assert kept.read("a", VersionId=put) == b"0123456789"


def test_a_version_and_a_marker_are_deleted_for_good(kept):
    first, second = kept.put("a", b"1")["VersionId"], kept.put("a", b"2")["VersionId"]
    marker = kept("DeleteObject", Bucket="bucket", Key="a")["VersionId"]
    assert kept("DeleteObject", Bucket="bucket", Key="a", VersionId=marker) == {
        "DeleteMarker": True,
        "VersionId": marker,
    }
    assert kept.read("a") == b"2"
    assert kept("DeleteObject", Bucket="bucket", Key="a", VersionId=second) == {"VersionId": second}
    assert kept.read("a") == b"1"
    assert kept("DeleteObject", Bucket="bucket", Key="a", VersionId=NEVER) == {"VersionId": NEVER}
    kept("DeleteObject", Bucket="bucket", Key="a", VersionId=first)
    left = kept("ListObjectVersions", Bucket="bucket", Prefix="a")
    assert (left["Versions"], left["DeleteMarkers"]) == ([], [])


def test_many_versions_are_deleted_at_once(kept):
    first = kept.put("a")["VersionId"]
    kept.put("b")
    named = [{"Key": "a", "VersionId": first}, {"Key": "b"}, {"Key": "c", "VersionId": "3"}]
    answer = kept("DeleteObjects", Bucket="bucket", Delete={"Objects": named})
    marker = answer["Deleted"][1].pop("DeleteMarkerVersionId")
    assert answer["Deleted"] == [{"Key": "a", "VersionId": first}, {"Key": "b", "DeleteMarker": True}]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("c", "NoSuchVersion")]
    again = kept("DeleteObjects", Bucket="bucket", Delete={"Objects": [{"Key": "b", "VersionId": marker}]})
    assert again["Deleted"] == [
        {"Key": "b", "VersionId": marker, "DeleteMarker": True, "DeleteMarkerVersionId": marker}
    ]
    assert kept.read("b") == b"0123456789"


def test_a_listing_of_versions(kept):
    first, second = kept.put("a/1", b"1")["VersionId"], kept.put("a/1", b"22")["VersionId"]
    marker = kept("DeleteObject", Bucket="bucket", Key="a/1")["VersionId"]
    kept.put("b/1")
    page = kept("ListObjectVersions", Bucket="bucket", Prefix="a")
    assert [(item["VersionId"], item["IsLatest"], item["Size"]) for item in page["Versions"]] == [
        (second, False, 2),
        (first, False, 1),
    ]
    assert [(item["VersionId"], item["IsLatest"]) for item in page["DeleteMarkers"]] == [(marker, True)]
    rolled = kept("ListObjectVersions", Bucket="bucket", Delimiter="/")
    assert [item["Prefix"] for item in rolled["CommonPrefixes"]][:2] == ["a/", "b/"]
    page = kept("ListObjectVersions", Bucket="bucket", MaxKeys=2)
    assert (page["NextKeyMarker"], page["NextVersionIdMarker"]) == ("a/1", second)
    rest = kept("ListObjectVersions", Bucket="bucket", KeyMarker="a/1", VersionIdMarker=second)
    assert next(item["VersionId"] for item in rest["Versions"]) == first
    kept.refuses("ListObjectVersions", "InvalidArgument", 400, Bucket="bucket", VersionIdMarker=second)


def test_a_version_is_copied_and_tagged(kept):
    first = kept.put("a", b"1", Tagging="t=1")["VersionId"]
    kept.put("a", b"2")
    answer = kept("CopyObject", Bucket="bucket", Key="a", CopySource=f"bucket/a?versionId={first}")
    assert answer["CopySourceVersionId"] == first
    assert answer["VersionId"] != first
    assert kept.read("a") == b"1"
    told = kept("PutObjectTagging", Bucket="bucket", Key="a", VersionId=first, Tagging={"TagSet": []})
    assert told == {"VersionId": first}
    assert kept("GetObjectTagging", Bucket="bucket", Key="a", VersionId=first)["TagSet"] == []
    assert kept("GetObjectTagging", Bucket="bucket", Key="a")["TagSet"] == [{"Key": "t", "Value": "1"}]


def test_a_copy_of_a_delete_marker(kept):
    kept.put("a")
    marker = kept("DeleteObject", Bucket="bucket", Key="a")["VersionId"]
    copy = {"Bucket": "bucket", "Key": "b"}
    kept.refuses("CopyObject", "NoSuchKey", 404, **copy, CopySource="bucket/a")
    kept.refuses("CopyObject", "InvalidRequest", 400, **copy, CopySource=f"bucket/a?versionId={marker}")


def test_conditions_look_at_the_newest_version(kept):
    kept.put("a")
    kept.refuses("PutObject", "PreconditionFailed", 412, Bucket="bucket", Key="a", IfNoneMatch="*")
    kept("DeleteObject", Bucket="bucket", Key="a")
    kept.put("a", IfNoneMatch="*")  # a delete marker is no object
    with pytest.raises(ApiError, match="PreconditionFailed"):
        kept("DeleteObject", Bucket="bucket", Key="a", IfMatch='"other"')
