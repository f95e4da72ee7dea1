"""What requests say of an object, and what answers tell of it: headers, etags, checksums, conditions, ranges."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zlib
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, unquote

from sagewright.engine.abc import ObjectInfo
from sagewright.engine.operations.s3.errors import bad_digest, invalid_argument, precondition_failed, refuse
from sagewright.engine.parts import Params, Result
from sagewright.vocabulary.errors import ApiError

CHECKSUMS = ("ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256")
KEPT = (
    "ContentType",
    "ContentEncoding",
    "ContentLanguage",
    "ContentDisposition",
    "CacheControl",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
)
_PRIVATE = (None, "private", "bucket-owner-full-control", "bucket-owner-read")


def quoted(etag: str) -> str:
    return f'"{etag}"'


def kept_headers(params: Params) -> dict[str, str]:
    """Return the headers of a request that stay with its object.

    Raises:
        ApiError: `NotImplemented` for what would have to change how the object is kept.
    """
    refuse(
        [
            ("ACL", params.get("ACL") not in _PRIVATE),
            ("SSECustomerAlgorithm", params.get("SSECustomerAlgorithm")),
            ("WebsiteRedirectLocation", params.get("WebsiteRedirectLocation")),
            ("ObjectLockMode", params.get("ObjectLockMode")),
            ("ObjectLockLegalHoldStatus", params.get("ObjectLockLegalHoldStatus") == "ON"),
            *((name, params.get(name)) for name in ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP")),
        ]
    )
    headers = {name: str(params[name]) for name in KEPT if params.get(name)}
    if isinstance(params.get("Expires"), datetime):
        headers["Expires"] = format_datetime(params["Expires"].astimezone(timezone.utc), usegmt=True)
    headers.setdefault("ContentType", "binary/octet-stream")
    return headers


def tags_of_header(params: Params) -> dict[str, str]:
    """Return the tags of a request's `Tagging` header."""
    tags = parse_qsl(params.get("Tagging") or "", keep_blank_values=True)
    check_tags(tags)
    return dict(tags)


def check_tags(tags: list[tuple[str, str]], what: str = "Object", most: int = 10) -> None:
    """Check an object's tags, or a bucket's, which may be 50.

    Raises:
        ApiError: `InvalidTag` or `BadRequest`.
    """
    if len(tags) > most:
        raise ApiError("BadRequest", f"{what} tags cannot be greater than {most}")
    for key, value in tags:
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise ApiError("InvalidTag", "The TagKey or TagValue you have provided is invalid", members={"TagKey": key})
    if len({key for key, _ in tags}) < len(tags):
        raise ApiError("InvalidTag", "Cannot provide multiple Tags with the same key")


def describe(info: ObjectInfo, params: Params) -> Result:
    """Return the members of `GetObject` and `HeadObject` that tell of the object."""
    answer: Result = {
        "AcceptRanges": "bytes",
        "LastModified": int(info.modified_at),
        "ContentLength": info.size,
        "ETag": quoted(info.etag),
        "Metadata": dict(info.metadata),
        "TagCount": len(info.tags) or None,
    }
    for name, value in info.headers.items():
        answer[name] = parsedate_to_datetime(value) if name == "Expires" else value
    if answer.get("StorageClass") == "STANDARD":
        del answer["StorageClass"]
    for name in CHECKSUMS:
        if params.get("ChecksumMode") != "ENABLED":
            answer.pop(name, None)
        elif name in answer:
            answer["ChecksumType"] = "FULL_OBJECT"
    for name, value in params.items():
        if name.startswith("Response"):
            answer[name.removeprefix("Response")] = value
    return answer


# Bodies ---------------------------------------------------------------------------------------------------------------


def md5_of(params: Params) -> bytes | None:
    """Return the digest of a request's `Content-MD5`."""
    text = params.get("ContentMD5")
    if text is None:
        return None
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != 16:
        raise ApiError("InvalidDigest", "The Content-MD5 you specified was invalid.")
    return digest


class CheckedBody(io.RawIOBase):
    """A request's body, which is compared at its end with the checksum that came before or behind it.

    CRC32, SHA1 and SHA256 are verified; CRC32C and CRC64NVME, which Python's library cannot compute, are recorded.

    Args:
        headers: The object's; the checksums are put in at the end.
    """

    def __init__(self, params: Params, headers: dict[str, str]) -> None:
        body = params.get("Body") or b""
        self._body: BinaryIO = io.BytesIO(body) if isinstance(body, bytes) else body
        self._params, self._headers = params, headers
        self._crc = 0
        wanted = {str(params.get("ChecksumAlgorithm")), *(n.removeprefix("Checksum") for n in CHECKSUMS if n in params)}
        self._with_crc = "CRC32" in wanted
        self._hashes = {
            name: hashlib.new(name.lower(), usedforsecurity=False) for name in ("SHA1", "SHA256") if name in wanted
        }

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        if piece:
            if self._with_crc:
                self._crc = zlib.crc32(piece, self._crc)
            for hash_ in self._hashes.values():
                hash_.update(piece)
        else:
            self._compare()
        return piece

    def _compare(self) -> None:
        found = {f"Checksum{name}": hash_.digest() for name, hash_ in self._hashes.items()}
        if self._with_crc:
            found["ChecksumCRC32"] = self._crc.to_bytes(4, "big")
        for name, digest in found.items():
            if name in self._params and self._params[name] != base64.b64encode(digest).decode():
                raise bad_digest()
        self._headers.update(checksums(self._params))

    def stream(self) -> BinaryIO:
        return cast("BinaryIO", self)


def checksums(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksums among params or headers."""
    return {name: str(params[name]) for name in CHECKSUMS if params.get(name)}


# Conditions and ranges ------------------------------------------------------------------------------------------------


def check_conditions(info: ObjectInfo, params: Params, prefix: str = "") -> None:
    """Check the conditions of a read (RFC 9110, section 13.2.2).

    Args:
        prefix: `CopySource` for the conditions of a copy, which all fail with 412.

    Raises:
        ApiError: `PreconditionFailed`, or status 304 for an object that has not changed.
    """
    modified_at = int(info.modified_at)
    if (etag := params.get(f"{prefix}IfMatch")) is not None:
        if not _matches(etag, info.etag):
            raise precondition_failed("If-Match")
    elif (since := params.get(f"{prefix}IfUnmodifiedSince")) is not None and modified_at > since.timestamp():
        raise precondition_failed("If-Unmodified-Since")
    if (etag := params.get(f"{prefix}IfNoneMatch")) is not None:
        if _matches(etag, info.etag):
            raise _not_modified("If-None-Match", prefix, info.etag)
    elif (since := params.get(f"{prefix}IfModifiedSince")) is not None and modified_at <= since.timestamp():
        raise _not_modified("If-Modified-Since", prefix, info.etag)


def _matches(condition: str, etag: str) -> bool:
    return any(word.strip().strip('"') in ("*", etag) for word in condition.split(","))


def _not_modified(condition: str, prefix: str, etag: str) -> ApiError:
    return precondition_failed(condition) if prefix else ApiError("304", "Not Modified", 304, {"ETag": quoted(etag)})


_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def byte_range(text: str | None, size: int) -> tuple[int, int] | None:
    """Return start and length of a `Range` header; None: it asks for nothing that S3 understands.

    Raises:
        ApiError: `InvalidRange`: it lies behind the end.
    """
    match = _RANGE.fullmatch(text or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(0, size - int(last)), size
        satisfiable = int(last) > 0 and size > 0
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
        satisfiable = start < size
    if not satisfiable:
        raise ApiError(
            "InvalidRange",
            "The requested range is not satisfiable",
            416,
            {"RangeRequested": text, "ActualObjectSize": size},
        )
    return start, end - start


def copy_source(params: Params) -> tuple[str, str]:
    """Return bucket and key of a `CopySource` header."""
    path, _, version = str(params["CopySource"]).partition("?versionId=")
    refuse([("CopySource with a versionId", version not in ("", "null"))])
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not key or bucket.startswith("arn:"):
        raise invalid_argument(
            "x-amz-copy-source", path, "Invalid copy source object key: write bucket/key, percent-encoded."
        )
    return bucket, key
