"""Objects: writing and reading them."""

from __future__ import annotations

from sagewright.engine.abc import Assembly, Bucket, ObjectInfo
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.checksums import MOST_BYTES as MOST_BYTES_AT_ONCE
from sagewright.engine.operations.s3.checksums import CheckedBody, sent, too_large
from sagewright.engine.operations.s3.conditions import (
    byte_range,
    check_conditions,
    named_version,
    only_one_of,
    write_guard,
)
from sagewright.engine.operations.s3.errors import bad_digest, refuse, s3_errors
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.operations.s3.facts import (
    checksum_members,
    describe,
    md5_of,
    metadata_of,
    stored,
    tags_of_header,
)
from sagewright.engine.operations.s3.object_headers import kept_headers
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

LONGEST_KEY_BYTES = 1024


def put_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store an object."""
    bucket, key = find_bucket(parts, params), checked_key(params["Key"])
    headers, metadata, tags = (
        kept_headers(params, bucket, parts.clock.now()),
        metadata_of(params),
        tags_of_header(params),
    )
    if (params.get("ContentLength") or 0) > MOST_BYTES_AT_ONCE:
        raise too_large(params["ContentLength"])
    body = CheckedBody(params, headers).stream()
    with s3_errors(bucket.name, key):
        try:
            info = parts.objects.put(
                bucket.name,
                key,
                body,
                headers=headers,
                metadata=metadata,
                tags=tags,
                guard=write_guard(params),
                md5=md5_of(params),
            )
        except ValueError:
            raise bad_digest() from None
    object_event(parts, caller, f"ObjectCreated:{'Post' if params.get('@form') else 'Put'}", bucket, info)
    return stored(info, bucket)


def get_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Read an object, or a range or part of it."""
    bucket, info = find_object(parts, params)
    answer, span = _describe_range(parts, bucket, info, params)
    version_id = named_version(params)
    with s3_errors(bucket.name, info.key, version_id=version_id):
        opened, stream = parts.objects.open(bucket.name, info.key, *span, version_id=version_id)
    if (opened.etag, opened.version_id) != (info.etag, info.version_id):  # overwritten since we looked
        stream.close()
        return get_object(parts, caller, params)
    return {**answer, "Body": stream}


def head_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell what is known of an object."""
    bucket, info = find_object(parts, params)
    return _describe_range(parts, bucket, info, params)[0]


def checked_key(key: str) -> str:
    """Return a key that may be written.

    Raises:
        ApiError: `KeyTooLongError`.
    """
    size = len(key.encode(errors="surrogatepass"))
    if size > LONGEST_KEY_BYTES:
        raise ApiError(
            "KeyTooLongError", "Your key is too long", 400, {"Size": size, "MaxSizeAllowed": LONGEST_KEY_BYTES}
        )
    return key


def find_object(parts: Parts, params: Params) -> tuple[Bucket, ObjectInfo]:
    """Return the request's bucket and object, or version, if its conditions hold."""
    bucket, version_id = find_bucket(parts, params), named_version(params)
    refuse([("SSECustomerAlgorithm", params.get("SSECustomerAlgorithm"))])
    with s3_errors(bucket.name, params["Key"], version_id=version_id):
        info = parts.objects.head(bucket.name, params["Key"], version_id=version_id)
    check_conditions(info, params)
    return bucket, info


def _describe_range(
    parts: Parts, bucket: Bucket, info: ObjectInfo, params: Params
) -> tuple[Result, tuple[int, int | None]]:
    """Return what a read answers, beside the bytes, and where these are."""
    only_one_of(params, "Range", "PartNumber")
    answer = describe(info, params, bucket)
    number = params.get("PartNumber")
    if number is not None:
        return _describe_part(answer, info, number, _assembly(parts, info, params), params)
    span = byte_range(params.get("Range"), info.size)
    if span is None:
        return answer, (0, None)
    for name in [name for name in answer if name.startswith("Checksum")]:
        del answer[name]  # they are the whole object's
    return _cut(answer, info, *span), span


def _describe_part(
    answer: Result, info: ObjectInfo, number: int, assembly: Assembly | None, params: Params
) -> tuple[Result, tuple[int, int | None]]:
    if assembly is None:
        refuse([("PartNumber of an object whose parts were not kept", "-" in info.etag)])
        if number != 1:
            raise _no_such_part()
        return _cut(answer, info, 0, info.size), (0, None)  # AWS tells the range of the only part, too
    answer["PartsCount"] = len(assembly.parts)
    if not 1 <= number <= len(assembly.parts):
        raise _no_such_part()
    before, part = assembly.parts[: number - 1], assembly.parts[number - 1]
    if params.get("ChecksumMode") == "ENABLED" and part.checksums:
        for name in [name for name in answer if name.startswith("Checksum")]:
            del answer[name]
        answer.update(checksum_members({**info.headers, **dict.fromkeys(sent(info.headers), ""), **part.checksums}))
    start = sum(other.size for other in before)
    return _cut(answer, info, start, part.size), (start, part.size)


def _assembly(parts: Parts, info: ObjectInfo, params: Params) -> Assembly | None:
    version_id = named_version(params)
    with s3_errors(info.bucket, info.key, version_id=version_id):
        return parts.objects.assembly(info.bucket, info.key, version_id=version_id)


def _cut(answer: Result, info: ObjectInfo, start: int, length: int) -> Result:
    if not length:  # an empty part has no range that could be told
        return {**answer, "ContentLength": 0}
    told = f"bytes {start}-{start + length - 1}/{info.size}"
    return {**answer, "ContentLength": length, "ContentRange": told, "@status": 206}


def _no_such_part() -> ApiError:
    return ApiError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416)
