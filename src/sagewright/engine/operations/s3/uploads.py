"""Multipart uploads."""

from __future__ import annotations

import re

from sagewright.engine.abc import Upload
from sagewright.engine.objects.rules import only_if_absent, only_over
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.errors import (
    bad_digest,
    invalid_argument,
    no_such_upload,
    refuse,
    s3_errors,
)
from sagewright.engine.operations.s3.facts import (
    CheckedBody,
    check_conditions,
    copy_source,
    kept_headers,
    md5_of,
    quoted,
    tags_of_header,
)
from sagewright.engine.operations.s3.objects import checked_key
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

MOST = 1000
_SOURCE_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def create_multipart_upload(parts: Parts, caller: Caller, params: Params) -> Result:
    """Begin an upload."""
    find_bucket(parts, params)
    bucket, key = params["Bucket"], checked_key(params["Key"])
    with s3_errors(bucket, key):
        upload = parts.objects.start_upload(
            bucket, key, headers=kept_headers(params), metadata=params.get("Metadata"), tags=tags_of_header(params)
        )
    return {
        "Bucket": bucket,
        "Key": key,
        "UploadId": upload.upload_id,
        "ChecksumAlgorithm": params.get("ChecksumAlgorithm"),
        "ChecksumType": params.get("ChecksumType"),
        "ServerSideEncryption": params.get("ServerSideEncryption"),
    }


def upload_part(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store a part."""
    upload, sums = _find(parts, params), dict[str, str]()
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        try:
            part = parts.objects.put_part(
                upload.upload_id, _number(params), CheckedBody(params, sums).stream(), md5=md5_of(params)
            )
        except ValueError:
            raise bad_digest() from None
    return {"ETag": quoted(part.etag), **sums}


def upload_part_copy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store a part that is an object, or a range of one."""
    upload, source = _find(parts, params), copy_source(params)
    with s3_errors(*source):
        info = parts.objects.head(*source)
        check_conditions(info, params, "CopySource")
        start, length = _source_range(params.get("CopySourceRange"), info.size)
        stream = parts.objects.open(*source, start, length)[1]
    with stream, s3_errors(upload.bucket, upload.key, upload.upload_id):
        part = parts.objects.put_part(upload.upload_id, _number(params), stream)
    return {"CopyPartResult": {"ETag": quoted(part.etag), "LastModified": part.modified_at}}


def complete_multipart_upload(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make an object of the parts."""
    upload = _find(parts, params)
    named = [
        (part.get("PartNumber", 0), part.get("ETag", "")) for part in params.get("MultipartUpload", {}).get("Parts", ())
    ]
    if not named:
        raise ApiError("MalformedXML", "The XML you provided was not well-formed or did not validate.")
    numbers = [number for number, _ in named]
    if numbers != sorted(set(numbers)):
        raise ApiError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
        )
    if_match = params.get("IfMatch")
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        info = parts.objects.complete_upload(
            upload.upload_id,
            named,
            guard=only_if_absent if params.get("IfNoneMatch") else only_over(if_match.strip('"')) if if_match else None,
        )
    return {
        "Location": f"https://{upload.bucket}.s3.{caller.region}.amazonaws.com/{upload.key}",
        "Bucket": upload.bucket,
        "Key": upload.key,
        "ETag": quoted(info.etag),
    }


def abort_multipart_upload(parts: Parts, caller: Caller, params: Params) -> Result:
    """Throw an upload away."""
    upload = _find(parts, params)
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        parts.objects.abort_upload(upload.upload_id)
    return {}


def list_parts(parts: Parts, caller: Caller, params: Params) -> Result:
    """List an upload's parts."""
    upload, marker = _find(parts, params), int(params.get("PartNumberMarker") or 0)
    limit = min(params.get("MaxParts", MOST), MOST)
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        found = [part for part in parts.objects.list_parts(upload.upload_id) if part.number > marker]
    shown = found[:limit]
    return {
        "Bucket": upload.bucket,
        "Key": upload.key,
        "UploadId": upload.upload_id,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": shown[-1].number if shown else None,
        "MaxParts": limit,
        "IsTruncated": len(found) > limit,
        "Parts": [
            {"PartNumber": p.number, "LastModified": p.modified_at, "ETag": quoted(p.etag), "Size": p.size}
            for p in shown
        ],
        "StorageClass": upload.headers.get("StorageClass", "STANDARD"),
        "Owner": {"ID": caller.account},
        "Initiator": {"ID": caller.account},
    }


def list_multipart_uploads(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the uploads under way in a bucket."""
    find_bucket(parts, params)
    refuse([("Delimiter", params.get("Delimiter"))])
    after = (params.get("KeyMarker", ""), params.get("UploadIdMarker", "" if not params.get("KeyMarker") else "~"))
    limit = min(params.get("MaxUploads", MOST), MOST)
    uploads = sorted(parts.objects.list_uploads(params["Bucket"]), key=_place)
    found = [
        u for u in uploads if u.key.startswith(params.get("Prefix", "")) and _place(u) > (after[0].encode(), after[1])
    ]
    shown = found[:limit]
    return {
        "Bucket": params["Bucket"],
        "Prefix": params.get("Prefix"),
        "KeyMarker": params.get("KeyMarker"),
        "UploadIdMarker": params.get("UploadIdMarker"),
        "MaxUploads": limit,
        "IsTruncated": len(found) > limit,
        "NextKeyMarker": shown[-1].key if len(found) > limit and shown else None,
        "NextUploadIdMarker": shown[-1].upload_id if len(found) > limit and shown else None,
        "Uploads": [
            {
                "UploadId": u.upload_id,
                "Key": u.key,
                "Initiated": u.started_at,
                "StorageClass": u.headers.get("StorageClass", "STANDARD"),
                "Owner": {"ID": caller.account},
                "Initiator": {"ID": caller.account},
            }
            for u in shown
        ],
    }


def _find(parts: Parts, params: Params) -> Upload:
    find_bucket(parts, params)
    bucket, key, upload_id = params["Bucket"], params["Key"], params["UploadId"]
    with s3_errors(bucket, key, upload_id):
        upload = parts.objects.get_upload(upload_id)
    if (upload.bucket, upload.key) != (bucket, key):
        raise no_such_upload(upload_id)
    return upload


def _place(upload: Upload) -> tuple[bytes, str]:
    return upload.key.encode(errors="surrogatepass"), upload.upload_id


def _number(params: Params) -> int:
    number = int(params["PartNumber"])
    if not 1 <= number <= 10_000:
        raise invalid_argument("partNumber", number, "Part number must be an integer between 1 and 10000, inclusive")
    return number


def _source_range(text: str | None, size: int) -> tuple[int, int | None]:
    if text is None:
        return 0, None
    match = _SOURCE_RANGE.fullmatch(text)
    if match is None or int(match[1]) > int(match[2]) or int(match[2]) >= size:
        raise invalid_argument("x-amz-copy-source-range", text, "The range is not valid for the source object.")
    return int(match[1]), int(match[2]) - int(match[1]) + 1
