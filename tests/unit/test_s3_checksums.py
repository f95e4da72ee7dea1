"""S3's checksums, of objects in one piece and of parts."""

from __future__ import annotations

import base64
import zlib

import pytest

from sagewright.engine.operations.s3 import checksums
from sagewright.engine.operations.s3.checksums import SIZES, combine, running
from tests.unit.s3_client import S3

# The checksums of `123456789`: the check values of the catalogue of CRCs.
CHECK_VALUES = {
    "CRC32": "y/Q5Jg==",
    "CRC32C": "4waSgw==",
    "CRC64NVME": "rosUhgp5mIg=",
}
PART = b"p" * (5 << 20)


def sum_of(algorithm, data):
    found = running(algorithm)
    if found is None:
        pytest.skip("awscrt is not installed")
    found.update(data)
    return base64.b64encode(found.digest()).decode()


@pytest.fixture
def s3(house):
    return S3(house)


@pytest.mark.parametrize("algorithm", CHECK_VALUES)
def test_check_values(algorithm):
    assert sum_of(algorithm, b"123456789") == CHECK_VALUES[algorithm]


@pytest.mark.parametrize("algorithm", SIZES)
def test_every_checksum_has_its_size(algorithm):
    assert len(base64.b64decode(sum_of(algorithm, b"x"))) == SIZES[algorithm]


@pytest.mark.parametrize(("first", "second"), [(b"", b""), (b"", b"b"), (b"a", b""), (b"abc", b"d" * 1000)])
def test_crcs_of_two_texts_make_that_of_both(first, second):
    whole = combine(0xEDB88320, 32, zlib.crc32(first), zlib.crc32(second), len(second))
    assert whole == zlib.crc32(first + second)


@pytest.mark.parametrize("algorithm", SIZES)
def test_a_checksum_is_verified_and_told(s3, algorithm):
    member, right = f"Checksum{algorithm}", sum_of(algorithm, b"data")
    wrong = sum_of(algorithm, b"other")
    s3.refuses("PutObject", "BadDigest", 400, Bucket="bucket", Key="a", Body=b"data", **{member: wrong})
    s3.refuses("HeadObject", "NoSuchKey", 404, Bucket="bucket", Key="a")
    assert s3.put("a", b"data", **{member: right})[member] == right
    head = s3("HeadObject", Bucket="bucket", Key="a", ChecksumMode="ENABLED")
    assert (head[member], head["ChecksumType"]) == (right, "FULL_OBJECT")
    assert member not in s3("HeadObject", Bucket="bucket", Key="a")


def test_who_sends_none_gets_one(s3):
    right = sum_of("CRC64NVME", b"data")
    assert s3.put("a", b"data")["ChecksumCRC64NVME"] == right
    assert s3.put("a", b"data", ChecksumAlgorithm="SHA256")["ChecksumSHA256"] == sum_of("SHA256", b"data")


def test_without_the_library_what_is_sent_is_kept(s3, monkeypatch):
    monkeypatch.setattr(checksums, "_awscrt", lambda: None)
    assert "ChecksumCRC64NVME" not in s3.put("a", b"data")
    assert s3.put("a", b"data", ChecksumCRC32C="AAAAAA==")["ChecksumCRC32C"] == "AAAAAA=="


@pytest.mark.parametrize(
    "params",
    [
        {"ChecksumCRC32": "AAAA"},
        {"ChecksumCRC32": "?"},
        {"ChecksumCRC32": "AAAAAA==", "ChecksumSHA1": "AAAA"},
        {"ChecksumAlgorithm": "CRC7"},
    ],
)
def test_checksums_that_there_are_not(s3, params):
    s3.refuses("PutObject", "InvalidRequest", 400, Bucket="bucket", Key="a", Body=b"", **params)


def upload(s3, pieces, told=True, **params):
    """Return the params that complete an upload of some pieces."""
    made = s3("CreateMultipartUpload", Bucket="bucket", Key="big", **params)
    name = {"Bucket": "bucket", "Key": "big", "UploadId": made["UploadId"]}
    parts = []
    for number, piece in enumerate(pieces, 1):
        answer = s3("UploadPart", **name, PartNumber=number, Body=piece)
        sums = {key: value for key, value in answer.items() if key.startswith("Checksum") and told}
        parts.append({"PartNumber": number, "ETag": answer["ETag"], **sums})
    return {**name, "MultipartUpload": {"Parts": parts}}


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_the_checksum_of_parts_is_that_of_the_whole(s3, algorithm):
    whole = sum_of(algorithm, PART + b"end")
    named = upload(s3, [PART, b"end"], ChecksumAlgorithm=algorithm, ChecksumType="FULL_OBJECT")
    member = f"Checksum{algorithm}"
    s3.refuses("CompleteMultipartUpload", "BadDigest", 400, **named, **{member: sum_of(algorithm, b"other")})
    made = s3("CompleteMultipartUpload", **named, **{member: whole})
    assert (made[member], made["ChecksumType"]) == (whole, "FULL_OBJECT")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_of_the_parts_checksums(s3, algorithm):
    digests = b"".join(base64.b64decode(sum_of(algorithm, piece)) for piece in (PART, b"end"))
    made = s3("CompleteMultipartUpload", **upload(s3, [PART, b"end"], ChecksumAlgorithm=algorithm))
    expected = f"{sum_of(algorithm, digests)}-2"
    assert (made[f"Checksum{algorithm}"], made["ChecksumType"]) == (expected, "COMPOSITE")
    found = s3(
        "GetObjectAttributes", Bucket="bucket", Key="big", ObjectAttributes=["Checksum", "ObjectParts", "ObjectSize"]
    )
    assert found["Checksum"] == {f"Checksum{algorithm}": expected, "ChecksumType": "COMPOSITE"}
    assert found["ObjectSize"] == len(PART) + 3
    assert found["ObjectParts"]["TotalPartsCount"] == 2
    sizes = [(part["PartNumber"], part["Size"]) for part in found["ObjectParts"]["Parts"]]
    assert sizes == [(1, len(PART)), (2, 3)]
    copied = s3("CopyObject", Bucket="bucket", Key="copy", CopySource="bucket/big")["CopyObjectResult"]
    assert copied[f"Checksum{algorithm}"] == sum_of(algorithm, PART + b"end")


def test_parts_without_a_word_of_checksums(s3):
    whole = sum_of("CRC64NVME", PART + b"end")
    made = s3("CompleteMultipartUpload", **upload(s3, [PART, b"end"]))
    assert (made["ChecksumCRC64NVME"], made["ChecksumType"]) == (whole, "FULL_OBJECT")
    again = s3("CompleteMultipartUpload", **upload(s3, [PART, b"end"], told=False, ChecksumAlgorithm="SHA1"))
    assert again["ChecksumType"] == "COMPOSITE"


def test_a_part_whose_checksum_differs(s3):
    named = upload(s3, [b"end"], ChecksumAlgorithm="SHA256")
    part = named["MultipartUpload"]["Parts"][0]
    wrong = {"Parts": [{**part, "ChecksumSHA256": sum_of("SHA256", b"other")}]}
    s3.refuses("CompleteMultipartUpload", "InvalidPart", 400, **{**named, "MultipartUpload": wrong})
    name = {key: named[key] for key in ("Bucket", "Key", "UploadId")}
    s3.refuses("UploadPart", "InvalidRequest", 400, **name, PartNumber=2, Body=b"", ChecksumAlgorithm="CRC32")
    s3.refuses("CompleteMultipartUpload", "InvalidRequest", 400, **named, ChecksumType="FULL_OBJECT")
    listed = s3("ListParts", **name)
    assert listed["ChecksumAlgorithm"] == "SHA256"
    assert listed["Parts"][0]["ChecksumSHA256"] == sum_of("SHA256", b"end")


@pytest.mark.parametrize(
    "params",
    [
        {"ChecksumAlgorithm": "SHA256", "ChecksumType": "FULL_OBJECT"},
        {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "COMPOSITE"},
        {"ChecksumType": "COMPOSITE"},
    ],
)
def test_checksums_that_no_upload_has(s3, params):
    s3.refuses("CreateMultipartUpload", "InvalidRequest", 400, Bucket="bucket", Key="a", **params)
