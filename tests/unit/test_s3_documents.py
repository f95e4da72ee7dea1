"""Documents that S3 is sent are compared with what their headers say of them."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.wire import Headers, HttpRequest
from sagewright.targets import Target, boto_session

TAGS = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"


def text(digest):
    return base64.b64encode(digest).decode()


MD5 = text(hashlib.md5(TAGS, usedforsecurity=False).digest())
CRC32 = text(zlib.crc32(TAGS).to_bytes(4, "big"))
SHA256 = text(hashlib.sha256(TAGS).digest())


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, None),
        ({"content-md5": MD5}, None),
        ({"x-amz-checksum-crc32": CRC32, "x-amz-checksum-sha256": SHA256}, None),
        ({"content-md5": text(bytes(16))}, b"BadDigest"),
        ({"content-md5": "not base64"}, b"InvalidDigest"),
        ({"x-amz-checksum-crc32": text(bytes(4))}, b"BadDigest"),
        ({"x-amz-checksum-sha256": "x"}, b"BadDigest"),
    ],
)
def test_a_document_is_the_one_that_was_meant(home, headers, code):
    objects = engine_of(home).parts.objects
    objects.create_bucket("bucket", "us-east-1", "123456789012")
    request = ("PUT", "/bucket", "tagging", "localhost", Headers(headers), io.BytesIO(TAGS), "s3", "PutBucketTagging")
    answer = handle(HttpRequest(*request), home)

    assert (answer.status, dict(objects.head_bucket("bucket").tags)) == ((400, {}) if code else (204, {"a": "b"}))
    assert code is None or code in answer.body


def test_an_upload_is_completed_with_the_checksum_of_its_object(home):
    objects = engine_of(home).parts.objects
    objects.create_bucket("bucket", "us-east-1", "123456789012")
    s3 = boto_session("us-east-1", Target("local", home)).client("s3")
    named = {"Bucket": "bucket", "Key": "big"}
    named["UploadId"] = s3.create_multipart_upload(**named, ChecksumAlgorithm="SHA256")["UploadId"]
    part = s3.upload_part(**named, PartNumber=1, Body=b"data", ChecksumAlgorithm="SHA256")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}]}
    whole = text(hashlib.sha256(hashlib.sha256(b"data").digest()).digest())

    with pytest.raises(ClientError, match="BadDigest"):
        s3.complete_multipart_upload(**named, MultipartUpload=parts, ChecksumSHA256=f"{text(bytes(32))}-1")
    made = s3.complete_multipart_upload(**named, MultipartUpload=parts, ChecksumSHA256=f"{whole}-1")
    assert made["ChecksumSHA256"] == f"{whole}-1"
