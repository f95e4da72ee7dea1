"""S3's listings: order, roll-up, pages, encoding."""

from __future__ import annotations

import pytest

from tests.unit.conftest import ACCOUNT
from tests.unit.s3_client import S3, etag_of


@pytest.fixture
def s3(house):
    return S3(house)


@pytest.fixture
def listed(s3):
    s3("CreateBucket", Bucket="list")
    for key in ("a/1", "a/2", "b", "c d/é+1", "c d/2", "~"):
        s3("PutObject", Bucket="list", Key=key, Body=b"xy")
    return s3


def names(page):
    keys = [item["Key"] for item in page.get("Contents", [])]
    return [*keys, *(item["Prefix"] for item in page.get("CommonPrefixes", []))]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_of_a_listing_follow_each_other_by_token(listed, size, delimiter):
    asked = {"Bucket": "list", "Delimiter": delimiter, "MaxKeys": size}
    page = listed("ListObjectsV2", **asked)
    found = names(page)
    while page["IsTruncated"]:
        assert page["KeyCount"] == size
        token = page["NextContinuationToken"]
        page = listed("ListObjectsV2", ContinuationToken=token, **asked)
        assert page["ContinuationToken"] == token
        found += names(page)

    assert "NextContinuationToken" not in page
    assert sorted(found) == (["a/", "b", "c d/", "~"] if delimiter else ["a/1", "a/2", "b", "c d/2", "c d/é+1", "~"])


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_of_the_old_listing_follow_each_other_by_marker(listed, size, delimiter):
    asked = {"Bucket": "list", "Delimiter": delimiter, "MaxKeys": size}
    page = listed("ListObjects", **asked)
    found = names(page)
    while page["IsTruncated"]:
        assert ("NextMarker" in page) == bool(delimiter)
        page = listed("ListObjects", Marker=page.get("NextMarker") or found[-1], **asked)
        found += names(page)
    assert sorted(found) == (["a/", "b", "c d/", "~"] if delimiter else ["a/1", "a/2", "b", "c d/2", "c d/é+1", "~"])


def test_a_listing_describes_its_objects(listed, house):
    page = listed("ListObjectsV2", Bucket="list", Prefix="b", FetchOwner=True)
    assert page["Contents"] == [
        {
            "Key": "b",
            "LastModified": house.parts.clock.now(),
            "ETag": etag_of(b"xy"),
            "Size": 2,
            "StorageClass": "STANDARD",
            "Owner": {"ID": ACCOUNT},
            "ChecksumAlgorithm": ["CRC64NVME"],
            "ChecksumType": "FULL_OBJECT",
        }
    ]
    assert (page["KeyCount"], page["MaxKeys"], page["IsTruncated"]) == (1, 1000, False)
    assert listed("ListObjectsV2", Bucket="list", Prefix="b")["Contents"][0]["Owner"] is None


def test_a_listing_s_names_are_encoded_where_asked(listed):
    asked = {"Bucket": "list", "Prefix": "c d/", "StartAfter": "c d/3", "EncodingType": "url"}
    page = listed("ListObjectsV2", **asked)
    assert names(page) == ["c%20d/%C3%A9%2B1"]
    assert (page["Prefix"], page["StartAfter"], page["EncodingType"]) == ("c%20d/", "c%20d/3", "url")
    rolled = listed("ListObjects", Bucket="list", Delimiter=" ", Marker="b", EncodingType="url")
    assert names(rolled) == ["~", "c%20"]
    assert (rolled["Delimiter"], rolled["Marker"]) == ("%20", "b")


def test_no_page_holds_more_than_a_thousand(s3):
    for n in range(1001):
        s3.put(f"n/{n:04}", b"")
    page = s3("ListObjectsV2", Bucket="bucket", Prefix="n/", MaxKeys=5000)
    assert (len(page["Contents"]), page["MaxKeys"], page["IsTruncated"]) == (1000, 1000, True)


def test_a_page_of_none(listed):
    page = listed("ListObjectsV2", Bucket="list", MaxKeys=0)
    assert (names(page), page["IsTruncated"]) == ([], False)


@pytest.mark.parametrize("wrong", [{"MaxKeys": -1}, {"ContinuationToken": "é"}])
def test_listings_that_cannot_be(s3, wrong):
    s3.refuses("ListObjectsV2", "InvalidArgument", 400, Bucket="bucket", **wrong)


def test_every_object_is_its_only_version(listed):
    first = listed("ListObjectVersions", Bucket="list", MaxKeys=4)
    rest = listed("ListObjectVersions", Bucket="list", KeyMarker=first["NextKeyMarker"], VersionIdMarker="null")

    versions = [*first["Versions"], *rest["Versions"]]
    assert [version["Key"] for version in versions] == ["a/1", "a/2", "b", "c d/2", "c d/é+1", "~"]
    assert {(version["VersionId"], version["IsLatest"]) for version in versions} == {("null", True)}
    listed("DeleteObject", Bucket="list", Key="b", VersionId="null")
    assert "b" not in [version["Key"] for version in listed("ListObjectVersions", Bucket="list")["Versions"]]
