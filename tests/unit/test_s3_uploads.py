"""S3's multipart uploads."""

from __future__ import annotations

import base64

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.s3_client import S3, etag_of, md5

PART = b"p" * (5 << 20)  # the smallest that may stand before another one


@pytest.fixture
def s3(house):
    return S3(house)


class Upload:
    """One upload to `bucket/big`."""

    def __init__(self, s3, **params):
        self.s3 = s3
        upload_id = s3("CreateMultipartUpload", Bucket="bucket", Key="big", **params)["UploadId"]
        self.name = {"Bucket": "bucket", "Key": "big", "UploadId": upload_id}

    def part(self, number, body=PART, **params):
        return self.s3("UploadPart", **self.name, PartNumber=number, Body=body, **params)["ETag"]

    def complete(self, *parts, **params):
        named = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return self.s3("CompleteMultipartUpload", **self.name, MultipartUpload={"Parts": named}, **params)

    def refuses(self, code, *parts, status=400, **params):
        with pytest.raises(ApiError) as caught:
            self.complete(*parts, **params)
        assert (caught.value.code, caught.value.status) == (code, status)


@pytest.fixture
def upload(s3):
    return Upload(s3, ContentType="text/csv", Metadata={"m": "1"}, Tagging="t=1")


def test_parts_become_an_object(s3, upload):
    last = upload.part(7, b"end")
    first = upload.part(2)
    upload.part(3, b"not named in the end")
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="big")
    made = upload.complete((2, first), (7, last))

    joined = md5(md5(PART).digest() + md5(b"end").digest()).hexdigest()
    assert made["ETag"] == f'"{joined}-2"'
    assert s3.read("big") == PART + b"end"
    assert s3.facts("big") == ("text/csv", {"m": "1"}, {"t": "1"})
    upload.refuses("NoSuchUpload", (2, first), status=404)


def test_a_part_is_replaced_by_the_next_of_its_number(s3, upload):
    before, after = upload.part(1, b"before"), upload.part(1, b"after")
    upload.refuses("InvalidPart", (1, before))
    upload.complete((1, after))
    assert s3.read("big") == b"after"


def test_completions_that_are_refused(upload):
    one, two = upload.part(1, b"short"), upload.part(2)
    upload.refuses("MalformedXML")
    upload.refuses("InvalidPart", (1, '"etag"'))
    upload.refuses("InvalidPart", (3, one))
    upload.refuses("InvalidPartOrder", (2, two), (1, one))
    upload.refuses("InvalidPartOrder", (1, one), (1, one))
    upload.refuses("EntityTooSmall", (1, one), (2, two))


def test_conditional_completions(s3, upload):
    part = (1, upload.part(1, b"new"))
    upload.refuses("NoSuchKey", part, status=404, IfMatch='"etag"')
    etag = s3.put("big", b"old")["ETag"]
    upload.refuses("PreconditionFailed", part, status=412, IfNoneMatch="*")
    upload.refuses("PreconditionFailed", part, status=412, IfMatch='"etag"')
    assert s3.read("big") == b"old"
    upload.complete(part, IfMatch=etag)
    assert s3.read("big") == b"new"


def test_a_part_is_checked_like_a_body(s3, upload):
    part = {**upload.name, "PartNumber": 1, "Body": b"other"}
    s3.refuses("UploadPart", "BadDigest", 400, **part, ContentMD5=base64.b64encode(md5(b"data").digest()).decode())
    s3.refuses("UploadPart", "BadDigest", 400, **part, ChecksumCRC32="AAAAAA==")
    for number in (0, 10_001):
        s3.refuses("UploadPart", "InvalidArgument", 400, **upload.name, PartNumber=number, Body=b"")
    assert s3("ListParts", **upload.name)["Parts"] == []


def test_a_part_is_copied_from_an_object(s3, upload):
    s3.put("a")
    source = {**upload.name, "PartNumber": 1, "CopySource": "bucket/a"}
    whole = s3("UploadPartCopy", **source)["CopyPartResult"]["ETag"]
    part = s3("UploadPartCopy", **source, CopySourceRange="bytes=2-4")["CopyPartResult"]["ETag"]
    assert whole == etag_of(b"0123456789")
    for wrong in ("bytes=2-10", "bytes=4-2", "bytes=2-"):
        s3.refuses("UploadPartCopy", "InvalidArgument", 400, **source, CopySourceRange=wrong)
    s3.refuses("UploadPartCopy", "PreconditionFailed", 412, **source, CopySourceIfMatch='"x"')
    s3.refuses("UploadPartCopy", "NoSuchKey", 404, **{**source, "CopySource": "bucket/none"})
    upload.complete((1, part))
    assert s3.read("big") == b"234"


def test_an_aborted_upload_is_gone(s3, upload):
    upload.part(1)
    s3("AbortMultipartUpload", **upload.name)
    for operation in ("AbortMultipartUpload", "ListParts"):
        s3.refuses(operation, "NoSuchUpload", 404, **upload.name)
    assert s3("ListMultipartUploads", Bucket="bucket")["Uploads"] == []


def test_an_upload_belongs_to_its_key(s3, upload):
    s3.refuses("ListParts", "NoSuchUpload", 404, **{**upload.name, "Key": "other"})
    s3.refuses("ListParts", "NoSuchUpload", 404, **{**upload.name, "UploadId": "other"})


def test_parts_are_listed_in_pages(s3, upload):
    for number in (3, 1, 2):
        upload.part(number, b"x" * number)
    first = s3("ListParts", **upload.name, MaxParts=2)
    second = s3("ListParts", **upload.name, PartNumberMarker=first["NextPartNumberMarker"])
    assert [[(p["PartNumber"], p["Size"]) for p in page["Parts"]] for page in (first, second)] == [
        [(1, 1), (2, 2)],
        [(3, 3)],
    ]
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)


def test_uploads_are_listed_in_pages(s3):
    made = [
        (key, s3("CreateMultipartUpload", Bucket="bucket", Key=key)["UploadId"]) for key in ("u/b", "u/a", "u/a", "v")
    ]
    asked = {"Bucket": "bucket", "Prefix": "u/", "MaxUploads": 1}
    page = s3("ListMultipartUploads", **asked)
    pages = [page]
    while page["IsTruncated"]:
        after = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
        page = s3("ListMultipartUploads", **asked, **after)
        pages.append(page)
    found = [(upload["Key"], upload["UploadId"]) for page in pages for upload in page["Uploads"]]
    assert found == sorted(made[:3])
    behind = s3("ListMultipartUploads", Bucket="bucket", KeyMarker="u/a")["Uploads"]
    assert [upload["Key"] for upload in behind] == ["u/b", "v"]


# Listings, and parts of what was joined -------------------------------------------------------------------------------


def test_a_repeated_completion_answers_the_same(s3, upload):
    part = (1, upload.part(1, b"data"))
    made = upload.complete(part)
    assert upload.complete(part) == made
    upload.refuses("NoSuchUpload", (1, '"other"'), status=404)
    s3.put("big", b"new")
    upload.refuses("NoSuchUpload", part, status=404)


def test_a_part_is_read_by_its_number(s3, upload):
    upload.complete((1, upload.part(1)), (2, upload.part(2, b"end")))
    first = s3("HeadObject", Bucket="bucket", Key="big", PartNumber=1)
    assert (first["PartsCount"], first["ContentLength"]) == (2, len(PART))
    assert first["ContentRange"] == f"bytes 0-{len(PART) - 1}/{len(PART) + 3}"
    assert s3.read("big", PartNumber=2) == b"end"
    s3.refuses("GetObject", "InvalidPartNumber", 416, Bucket="bucket", Key="big", PartNumber=3)
    s3.refuses("GetObject", "InvalidRequest", 400, Bucket="bucket", Key="big", PartNumber=1, Range="bytes=0-1")


def test_uploads_are_rolled_up(s3):
    names = ["a/1", "a/2", "b", "c/1", "c/2"]
    for key in names:
        s3("CreateMultipartUpload", Bucket="bucket", Key=key)
    page = s3("ListMultipartUploads", Bucket="bucket", Delimiter="/")
    assert [item["Prefix"] for item in page["CommonPrefixes"]] == ["a/", "c/"]
    assert [item["Key"] for item in page["Uploads"]] == ["b"]
    page = s3("ListMultipartUploads", Bucket="bucket", Delimiter="/", MaxUploads=2)
    assert (page["IsTruncated"], page["NextKeyMarker"]) == (True, "b")
    rest = s3(
        "ListMultipartUploads",
        Bucket="bucket",
        Delimiter="/",
        KeyMarker=page["NextKeyMarker"],
        UploadIdMarker=page["NextUploadIdMarker"],
    )
    assert [item["Prefix"] for item in rest["CommonPrefixes"]] == ["c/"]
    only = s3("ListMultipartUploads", Bucket="bucket", Prefix="c/")
    assert [item["Key"] for item in only["Uploads"]] == ["c/1", "c/2"]


def test_the_size_of_the_whole_is_checked(upload):
    part = (1, upload.part(1, b"data"))
    upload.refuses("InvalidRequest", part, MpuObjectSize=5)
    upload.complete(part, MpuObjectSize=4)
