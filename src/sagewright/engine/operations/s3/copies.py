"""Objects: copying them."""

from __future__ import annotations

from typing import BinaryIO

from sagewright.engine.abc import Bucket, IsDeleteMarker, ObjectInfo
from sagewright.engine.objects.rules import NULL, has_versions
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.checksums import (
    COMPOSITE,
    MOST_BYTES,
    CheckedBody,
    algorithm_of,
    sent,
)
from sagewright.engine.operations.s3.conditions import Source, check_conditions, copy_source, quoted, write_guard
from sagewright.engine.operations.s3.errors import invalid_request, refuse, s3_errors
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.operations.s3.facts import (
    checksum_members,
    encryption_members,
    metadata_of,
    tags_of_header,
    written_version,
)
from sagewright.engine.operations.s3.locks import HOLD, MODE, UNTIL
from sagewright.engine.operations.s3.object_headers import kept_headers
from sagewright.engine.operations.s3.objects import checked_key
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

# What a copy does not take over from its source unless it is asked to (User Guide, "Copying objects").
_OWN = (
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "BucketKeyEnabled",
    "WebsiteRedirectLocation",
    "ACL",
    MODE,
    UNTIL,
    HOLD,
)
_CHANGES = ("StorageClass", "WebsiteRedirectLocation", "ServerSideEncryption", "SSEKMSKeyId", "ChecksumAlgorithm")


def copy_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Copy an object, with its own facts or with new ones."""
    bucket, key, source = find_bucket(parts, params), checked_key(params["Key"]), copy_source(params)
    source_bucket, info = find_source(parts, params, source)
    _check_directives(params)
    if (source.bucket, source.key) == (bucket.name, key) and source.version_id is None:
        _check_change(params)
    if info.size > MOST_BYTES:
        raise invalid_request(
            f"The specified copy source is larger than the maximum allowable size for a copy source: {MOST_BYTES}"
        )
    copied = _copy(parts, params, bucket, info)
    object_event(parts, caller, "ObjectCreated:Copy", bucket, copied)
    answer: Result = {
        "CopyObjectResult": {
            "ETag": quoted(copied.etag),
            "LastModified": copied.modified_at,
            **checksum_members(copied.headers),
        },
        **written_version(copied),
        **encryption_members(copied.headers),
    }
    if has_versions(source_bucket.configuration):
        answer["CopySourceVersionId"] = info.version_id or NULL
    return answer


def find_source(parts: Parts, params: Params, source: Source) -> tuple[Bucket, ObjectInfo]:
    """Return bucket and facts of what is copied, if the request's conditions hold."""
    refuse([("CopySourceSSECustomerAlgorithm", params.get("CopySourceSSECustomerAlgorithm"))])
    named = {"Bucket": source.bucket, "ExpectedBucketOwner": params.get("ExpectedSourceBucketOwner")}
    bucket = find_bucket(parts, {name: value for name, value in named.items() if value is not None})
    with s3_errors(source.bucket, source.key, version_id=source.version_id):
        try:
            info = parts.objects.head(source.bucket, source.key, version_id=source.version_id)
        except IsDeleteMarker:
            if source.version_id is None:
                raise
            raise invalid_request(
                "The source of a copy request may not specifically refer to a delete marker by version id."
            ) from None
    check_conditions(info, params, "CopySource")
    return bucket, info


def open_source(parts: Parts, info: ObjectInfo, start: int = 0, length: int | None = None) -> BinaryIO:
    """Return the bytes of what is copied, whatever has been laid over it since it was looked up, if that is kept."""
    version_id = info.version_id
    with s3_errors(info.bucket, info.key, version_id=version_id):
        opened, stream = parts.objects.open(info.bucket, info.key, start, length, version_id=version_id)
    if opened.etag != info.etag:
        stream.close()
        raise ApiError("OperationAborted", "The source of the copy was overwritten meanwhile. Please try again.", 409)
    return stream


def _copy(parts: Parts, params: Params, bucket: Bucket, info: ObjectInfo) -> ObjectInfo:
    metadata = metadata_of(params) if params.get("MetadataDirective") == "REPLACE" else None
    tags = tags_of_header(params) if params.get("TaggingDirective") == "REPLACE" else None
    headers, algorithm = _headers(parts, params, bucket, info), algorithm_of(params)
    present = sent(info.headers)
    if info.headers.get("ChecksumType") == COMPOSITE and algorithm is None:
        algorithm = next(iter(present)).removeprefix("Checksum")  # a copy is one piece
    guard, version_id = write_guard(params), info.version_id or NULL
    with s3_errors(info.bucket, info.key, version_id=version_id):
        if algorithm is None or (f"Checksum{algorithm}" in present and "ChecksumType" not in info.headers):
            headers |= present
            return parts.objects.copy(
                (info.bucket, info.key),
                (bucket.name, params["Key"]),
                version_id=version_id,
                headers=headers,
                metadata=metadata,
                tags=tags,
                guard=guard,
            )
        with open_source(parts, info) as stream:
            return parts.objects.put(
                bucket.name,
                params["Key"],
                CheckedBody({"Body": stream, "ChecksumAlgorithm": algorithm}, headers).stream(),
                headers=headers,
                metadata=info.metadata if metadata is None else metadata,
                tags=info.tags if tags is None else tags,
                guard=guard,
            )


def _headers(parts: Parts, params: Params, bucket: Bucket, info: ObjectInfo) -> dict[str, str]:
    new = kept_headers(params, bucket, parts.clock.now())
    if params.get("MetadataDirective") == "REPLACE":
        return new
    theirs = {name: value for name, value in info.headers.items() if name not in _OWN}
    for name in ("ChecksumType", *sent(info.headers)):
        theirs.pop(name, None)
    return {**theirs, **{name: new[name] for name in _OWN if name in new}}


def _check_directives(params: Params) -> None:
    for name in ("MetadataDirective", "TaggingDirective"):
        if params.get(name) not in (None, "COPY", "REPLACE"):
            word = name.removesuffix("Directive").lower()
            raise ApiError(
                "InvalidArgument", f"Unknown {word} directive.", 400, {"ArgumentName": f"x-amz-{word}-directive"}
            )


def _check_change(params: Params) -> None:
    replaced = "REPLACE" in (params.get("MetadataDirective"), params.get("TaggingDirective"))
    if not replaced and not any(params.get(name) for name in _CHANGES):
        raise invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes."
        )
