"""Objects."""

from __future__ import annotations

from sagewright.engine.abc import ObjectInfo
from sagewright.engine.objects.rules import only_if_absent, only_over
from sagewright.engine.operations.s3.buckets import find_bucket, tag_set
from sagewright.engine.operations.s3.errors import bad_digest, refuse, s3_errors
from sagewright.engine.operations.s3.facts import (
    CheckedBody,
    byte_range,
    check_conditions,
    check_tags,
    checksums,
    copy_source,
    describe,
    kept_headers,
    md5_of,
    quoted,
    tags_of_header,
)
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

LONGEST_KEY_BYTES = 1024


def put_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store an object."""
    find_bucket(parts, params)
    bucket, key = params["Bucket"], checked_key(params["Key"])
    if params.get("IfNoneMatch", "*") != "*":
        raise ApiError("NotImplemented", "`IfNoneMatch` of a write can only be `*`.", 501)
    if_match = params.get("IfMatch")
    headers = kept_headers(params)
    with s3_errors(bucket, key):
        try:
            info = parts.objects.put(
                bucket,
                key,
                CheckedBody(params, headers).stream(),
                headers=headers,
                metadata=params.get("Metadata"),
                tags=tags_of_header(params),
                guard=only_if_absent
                if "IfNoneMatch" in params
                else only_over(if_match.strip('"'))
                if if_match
                else None,
                md5=md5_of(params),
            )
        except ValueError:
            raise bad_digest() from None
    return _stored(info)


def get_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Read an object, or a range of it."""
    info = _find(parts, params)
    answer, span = _describe_range(info, params)
    with s3_errors(info.bucket, info.key):
        opened, stream = parts.objects.open(info.bucket, info.key, *span)
    if opened.etag != info.etag:  # overwritten since we looked
        stream.close()
        return get_object(parts, caller, params)
    return {**answer, "Body": stream}


def head_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell what is known of an object."""
    return _describe_range(_find(parts, params), params)[0]


def delete_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove an object; one that is not there is as good as removed."""
    find_bucket(parts, params)
    refuse([("VersionId", params.get("VersionId") not in (None, "null"))])
    if params.get("IfMatch"):
        check_conditions(_find(parts, {"Bucket": params["Bucket"], "Key": params["Key"]}), params)
    with s3_errors(params["Bucket"]):
        parts.objects.delete(params["Bucket"], params["Key"])
    return {}


def delete_objects(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove up to a thousand objects."""
    find_bucket(parts, params)
    wanted = params["Delete"].get("Objects") or []
    if not 1 <= len(wanted) <= 1000:
        raise ApiError("MalformedXML", "The XML you provided was not well-formed or did not validate.")
    deleted, errors = [], []
    for item in wanted:
        if item.get("VersionId") not in (None, "", "null"):
            errors.append({"Key": item["Key"], "Code": "NoSuchVersion", "Message": "The version does not exist."})
            continue
        parts.objects.delete(params["Bucket"], item["Key"])
        deleted.append({"Key": item["Key"]})
    return {"Deleted": [] if params["Delete"].get("Quiet") else deleted, "Errors": errors}


def copy_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Copy an object, with its own facts or with new ones."""
    find_bucket(parts, params)
    source, target = copy_source(params), (params["Bucket"], checked_key(params["Key"]))
    new_facts = params.get("MetadataDirective") == "REPLACE"
    new_tags = params.get("TaggingDirective") == "REPLACE"
    headers = kept_headers(params) if new_facts else None
    with s3_errors(source[0], source[1]):
        info = parts.objects.head(*source)
    check_conditions(info, params, "CopySource")
    if source == target and not (new_facts or new_tags or params.get("StorageClass")):
        raise ApiError(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
        )
    if headers is None and params.get("StorageClass"):
        headers = {**info.headers, "StorageClass": params["StorageClass"]}
    with s3_errors(source[0], source[1]):
        copied = parts.objects.copy(
            source,
            target,
            headers=headers,
            metadata=params.get("Metadata", {}) if new_facts else None,
            tags=tags_of_header(params) if new_tags else None,
        )
    return {"CopyObjectResult": {"ETag": quoted(copied.etag), "LastModified": copied.modified_at}}


def get_object_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return an object's tags."""
    return {"TagSet": tag_set(_find(parts, params).tags)}


def put_object_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace an object's tags."""
    info = _find(parts, params)
    tags = [(tag["Key"], tag["Value"]) for tag in params["Tagging"].get("TagSet", ())]
    check_tags(tags)
    with s3_errors(info.bucket, info.key):
        parts.objects.tag(info.bucket, info.key, dict(tags))
    return {}


def delete_object_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove an object's tags."""
    info = _find(parts, params)
    with s3_errors(info.bucket, info.key):
        parts.objects.tag(info.bucket, info.key, {})
    return {}


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


def _find(parts: Parts, params: Params) -> ObjectInfo:
    find_bucket(parts, params)
    refuse([("VersionId", params.get("VersionId") not in (None, "null"))])
    with s3_errors(params["Bucket"], params["Key"]):
        info = parts.objects.head(params["Bucket"], params["Key"])
    check_conditions(info, params)
    return info


def _describe_range(info: ObjectInfo, params: Params) -> tuple[Result, tuple[int, int | None]]:
    """Return what a read answers, beside the bytes, and where these are."""
    answer = describe(info, params)
    part = params.get("PartNumber")
    if part is not None:
        refuse([("PartNumber of an object made of parts", "-" in info.etag)])
        if part != 1:
            raise ApiError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416)
    span = byte_range(params.get("Range"), info.size)
    if span is None:
        return answer, (0, None)
    start, length = span
    for name in [name for name in answer if name.startswith("Checksum")]:
        del answer[name]  # they are the whole object's
    answer.update(
        {"ContentLength": length, "ContentRange": f"bytes {start}-{start + length - 1}/{info.size}", "@status": 206}
    )
    return answer, span


def _stored(info: ObjectInfo) -> Result:
    sums = checksums(info.headers)
    answer: Result = {"ETag": quoted(info.etag), **sums}
    if sums:
        answer["ChecksumType"] = "FULL_OBJECT"
    for name in ("ServerSideEncryption", "SSEKMSKeyId"):
        answer[name] = info.headers.get(name)
    return answer
