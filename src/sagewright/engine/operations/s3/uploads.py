"""Multipart uploads: beginning them, their parts, giving them up."""

from __future__ import annotations

from collections.abc import Mapping

from sagewright.engine.abc import Upload
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.checksums import (
    DEFAULT,
    MOST_BYTES,
    CheckedBody,
    algorithm_of,
    sent,
    too_large,
    type_of_upload,
)
from sagewright.engine.operations.s3.conditions import copy_source, quoted, source_range
from sagewright.engine.operations.s3.copies import find_source, open_source
from sagewright.engine.operations.s3.errors import (
    bad_digest,
    invalid_argument,
    invalid_request,
    no_such_upload,
    s3_errors,
)
from sagewright.engine.operations.s3.facts import (
    encryption_members,
    md5_of,
    metadata_of,
    tags_of_header,
    version_member,
)
from sagewright.engine.operations.s3.object_headers import kept_headers
from sagewright.engine.operations.s3.objects import checked_key
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_PARTS = 10_000


def create_multipart_upload(parts: Parts, caller: Caller, params: Params) -> Result:
    """Begin an upload."""
    bucket, key = find_bucket(parts, params), checked_key(params["Key"])
    algorithm, kind = type_of_upload(algorithm_of(params), params.get("ChecksumType"))
    headers = kept_headers(params, bucket, parts.clock.now())
    if algorithm is not None:
        headers |= {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}
    with s3_errors(bucket.name, key):
        upload = parts.objects.start_upload(
            bucket.name, key, headers=headers, metadata=metadata_of(params), tags=tags_of_header(params)
        )
    return {
        "Bucket": bucket.name,
        "Key": key,
        "UploadId": upload.upload_id,
        **told_checksum(upload.headers),
        **encryption_members(headers),
    }


def upload_part(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store a part."""
    upload, sums, number = find_upload(parts, params), dict[str, str](), _number(params)
    if (params.get("ContentLength") or 0) > MOST_BYTES:
        raise too_large(params["ContentLength"])
    body = CheckedBody(params, sums, _algorithm(upload.headers, params)).stream()
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        try:
            part = parts.objects.put_part(upload.upload_id, number, body, md5=md5_of(params), checksums=sums)
        except ValueError:
            raise bad_digest() from None
    return {"ETag": quoted(part.etag), **_told_sums(upload, sums, params), **encryption_members(upload.headers)}


def upload_part_copy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Store a part that is an object, or a range of one."""
    upload, source, number = find_upload(parts, params), copy_source(params), _number(params)
    bucket, info = find_source(parts, params, source)
    start, length = source_range(params.get("CopySourceRange"), info.size)
    if (info.size if length is None else length) > MOST_BYTES:
        raise invalid_request(
            f"The specified copy source is larger than the maximum allowable size for a copy source: {MOST_BYTES}"
        )
    sums: dict[str, str] = {}
    with open_source(parts, info, start, length) as stream:
        body = CheckedBody({"Body": stream}, sums, _algorithm(upload.headers, {})).stream()
        with s3_errors(upload.bucket, upload.key, upload.upload_id):
            part = parts.objects.put_part(upload.upload_id, number, body, checksums=sums)
    told = {"ETag": quoted(part.etag), "LastModified": part.modified_at, **_told_sums(upload, sums, {})}
    source_version = version_member(info, bucket).get("VersionId")
    return {"CopyPartResult": told, "CopySourceVersionId": source_version, **encryption_members(upload.headers)}


def abort_multipart_upload(parts: Parts, caller: Caller, params: Params) -> Result:
    """Throw an upload away."""
    upload = find_upload(parts, params)
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        parts.objects.abort_upload(upload.upload_id)
    return {}


def find_upload(parts: Parts, params: Params) -> Upload:
    """Return the request's upload, which belongs to one bucket and key."""
    find_bucket(parts, params)
    bucket, key, upload_id = params["Bucket"], params["Key"], params["UploadId"]
    with s3_errors(bucket, key, upload_id):
        upload = parts.objects.get_upload(upload_id)
    if (upload.bucket, upload.key) != (bucket, key):
        raise no_such_upload(upload_id)
    return upload


def told_checksum(headers: Mapping[str, str]) -> Result:
    """Return what an upload answers of the checksum that was asked for."""
    return {name: headers[name] for name in ("ChecksumAlgorithm", "ChecksumType") if "ChecksumAlgorithm" in headers}


def _algorithm(headers: Mapping[str, str], params: Params) -> str:
    """Return how a part is summed: as the upload asks.

    Raises:
        ApiError: `InvalidRequest`: the part's sender uses another algorithm.
    """
    asked, used = headers.get("ChecksumAlgorithm"), algorithm_of(params)
    if asked is not None and used not in (None, asked):
        raise invalid_request(
            f"Checksum Type mismatch occurred, expected checksum Type: {asked.lower()}, "
            f"actual checksum Type: {str(used).lower()}"
        )
    return asked or used or DEFAULT


def _told_sums(upload: Upload, sums: Mapping[str, str], params: Params) -> dict[str, str]:
    """Return a part's checksum where it was asked for."""
    return sent(sums) if "ChecksumAlgorithm" in upload.headers or algorithm_of(params) else {}


def _number(params: Params) -> int:
    number = int(params["PartNumber"])
    if not 1 <= number <= MOST_PARTS:
        raise invalid_argument(
            "partNumber", number, f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
        )
    return number
