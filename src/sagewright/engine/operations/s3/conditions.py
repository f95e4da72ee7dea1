"""What reads and writes may depend on, and which bytes a read is for: conditions, ranges, sources of copies."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from sagewright.engine.abc import Guard, ObjectInfo
from sagewright.engine.operations.s3.errors import (
    invalid_argument,
    invalid_request,
    is_version_id,
    no_such_key,
    precondition_failed,
)
from sagewright.engine.parts import Params
from sagewright.vocabulary.errors import ApiError


def quoted(etag: str) -> str:
    return f'"{etag}"'


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


def write_guard(params: Params) -> Guard | None:
    """Return what guards a write by the request's `IfMatch` and `IfNoneMatch`.

    Amazon S3 takes only `*` for the latter; an etag means what it means elsewhere (RFC 9110, section 13.1.2).
    """
    match, none_match = params.get("IfMatch"), params.get("IfNoneMatch")
    if match is None and none_match is None:
        return None

    def guard(present: ObjectInfo | None) -> None:
        if none_match is not None and present is not None and _matches(none_match, present.etag):
            raise precondition_failed("If-None-Match")
        if match is not None:
            _check_match(present, match, str(params.get("Key", "")))

    return guard


def delete_guard(key: str, etag: str | None, modified_at: datetime | None, size: int | None) -> Guard | None:
    """Return what guards a removal; None: nothing does."""
    if etag is None and modified_at is None and size is None:
        return None

    def guard(present: ObjectInfo | None) -> None:
        if etag is not None:
            _check_match(present, etag, key)
        if present is None:
            return
        if modified_at is not None and int(present.modified_at) != int(modified_at.timestamp()):
            raise precondition_failed("If-Match-Last-Modified-Time")
        if size is not None and present.size != size:
            raise precondition_failed("If-Match-Size")

    return guard


def _check_match(present: ObjectInfo | None, etag: str, key: str) -> None:
    if present is None:
        raise no_such_key(key)
    if not _matches(etag, present.etag):
        raise precondition_failed("If-Match")


def _matches(condition: str, etag: str) -> bool:
    return any(word.strip().removeprefix("W/").strip('"') in ("*", etag) for word in condition.split(","))


def _not_modified(condition: str, prefix: str, etag: str) -> ApiError:
    return precondition_failed(condition) if prefix else ApiError("304", "Not Modified", 304, {"ETag": quoted(etag)})


# Ranges ---------------------------------------------------------------------------------------------------------------

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_SOURCE_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


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


def source_range(text: str | None, size: int) -> tuple[int, int | None]:
    """Return start and length of the part of a source that `CopySourceRange` names; None: to its end."""
    if text is None:
        return 0, None
    match = _SOURCE_RANGE.fullmatch(text)
    if match is None:
        raise invalid_argument(
            "x-amz-copy-source-range",
            text,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
            "zero-based offsets of the first and last bytes to copy",
        )
    if int(match[1]) > int(match[2]) or int(match[2]) >= size:
        raise invalid_argument(
            "x-amz-copy-source-range", text, f"Range specified is not valid for source object of size: {size}"
        )
    return int(match[1]), int(match[2]) - int(match[1]) + 1


# Sources of copies ----------------------------------------------------------------------------------------------------


class Source(NamedTuple):
    """The object that is copied."""

    bucket: str
    key: str
    version_id: str | None


def copy_source(params: Params) -> Source:
    """Return what a `CopySource` header names."""
    text = str(params["CopySource"])
    path, marked, version_id = text.partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if bucket.startswith("arn:"):
        raise ApiError(
            "NotImplemented", "Access points are not built into the Sagewright engine (target `local`).", 501
        )
    if not bucket or not key:
        raise invalid_argument(
            "x-amz-copy-source", path, "Invalid copy source object key: write bucket/key, percent-encoded."
        )
    return Source(bucket, key, checked_version(unquote(version_id)) if marked and version_id else None)


def named_version(params: Params) -> str | None:
    """Return the request's `VersionId`; None: it names none."""
    return checked_version(params.get("VersionId"))


def checked_version(version_id: str | None) -> str | None:
    """Return what can be the id of a version.

    Raises:
        ApiError: `InvalidArgument`.
    """
    if version_id == "":
        raise invalid_argument("versionId", "", "Version id cannot be the empty string")
    if version_id is not None and not is_version_id(version_id):
        raise invalid_argument("versionId", version_id, "Invalid version id specified")
    return version_id


def whole_number(params: Params, name: str, default: int) -> int:
    """Return a parameter that is a number from 0, however it came.

    Raises:
        ApiError: `InvalidArgument`.
    """
    value = params.get(name)
    if value in (None, ""):
        return default
    text = str(value)
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 31):
        argument = name[0].lower() + name[1:]
        raise invalid_argument(
            re.sub(r"(?=[A-Z])", "-", argument).lower(),
            value,
            f"Argument {argument} must be an integer between 0 and 2147483647",
        )
    return int(text)


def only_one_of(params: Params, *names: str) -> None:
    """Refuse a request with two things that exclude each other."""
    if all(params.get(name) is not None for name in names):
        raise invalid_request("Cannot specify both Range header and partNumber query parameter")
