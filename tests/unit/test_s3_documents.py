"""Documents that S3 is sent are compared with what their headers say of them."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib

import pytest

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.wire import Headers, HttpRequest

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
