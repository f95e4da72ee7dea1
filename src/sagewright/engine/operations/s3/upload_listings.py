"""Listings of multipart uploads and of their parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sagewright.engine.abc import Upload
from sagewright.engine.objects.rules import rolled_prefix
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.checksums import sent
from sagewright.engine.operations.s3.conditions import quoted, whole_number
from sagewright.engine.operations.s3.errors import s3_errors
from sagewright.engine.operations.s3.listings import encoder
from sagewright.engine.operations.s3.uploads import find_upload, told_checksum
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST = 1000


def list_parts(parts: Parts, caller: Caller, params: Params) -> Result:
    """List an upload's parts."""
    upload, marker = find_upload(parts, params), whole_number(params, "PartNumberMarker", 0)
    limit = min(whole_number(params, "MaxParts", MOST), MOST)
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        found = [part for part in parts.objects.list_parts(upload.upload_id) if part.number > marker]
    shown, shows_sums = found[:limit], "ChecksumAlgorithm" in upload.headers
    return {
        "Bucket": upload.bucket,
        "Key": upload.key,
        "UploadId": upload.upload_id,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": shown[-1].number if shown else 0,
        "MaxParts": limit,
        "IsTruncated": len(found) > limit,
        "Parts": [
            {
                "PartNumber": part.number,
                "LastModified": part.modified_at,
                "ETag": quoted(part.etag),
                "Size": part.size,
                **(sent(part.checksums) if shows_sums else {}),
            }
            for part in shown
        ],
        "StorageClass": upload.headers.get("StorageClass", "STANDARD"),
        "Owner": {"ID": caller.account},
        "Initiator": {"ID": caller.account},
        **told_checksum(upload.headers),
    }


def list_multipart_uploads(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the uploads under way in a bucket."""
    bucket, encode, limit = (
        find_bucket(parts, params),
        encoder(params),
        min(whole_number(params, "MaxUploads", MOST), MOST),
    )
    with s3_errors(bucket.name):
        uploads = sorted(parts.objects.list_uploads(bucket.name), key=_place)
    found = [*_rolled_up(uploads, params)]
    shown, more = found[:limit], len(found) > limit > 0
    last = shown[-1] if more else None
    return {
        "Bucket": bucket.name,
        "Prefix": encode(params.get("Prefix", "")),
        "Delimiter": encode(params["Delimiter"]) if params.get("Delimiter") else None,
        "KeyMarker": encode(params.get("KeyMarker", "")),
        "UploadIdMarker": params.get("UploadIdMarker", ""),
        "MaxUploads": limit,
        "IsTruncated": more,
        "EncodingType": params.get("EncodingType"),
        "NextKeyMarker": encode(last.key if isinstance(last, Upload) else last) if last else None,
        "NextUploadIdMarker": last.upload_id if isinstance(last, Upload) else None,
        "CommonPrefixes": [{"Prefix": encode(item)} for item in shown if isinstance(item, str)],
        "Uploads": [_summary(item, caller, encode(item.key)) for item in shown if isinstance(item, Upload)],
    }


def _rolled_up(uploads: Sequence[Upload], params: Params) -> Iterator[Upload | str]:
    """Yield the uploads behind the markers, and once each the common prefix of those that have one."""
    prefix, delimiter = params.get("Prefix", ""), params.get("Delimiter", "")
    key, upload_id = params.get("KeyMarker", ""), params.get("UploadIdMarker", "")
    marker = (key.encode(errors="surrogatepass"), upload_id if upload_id or not key else "~")
    rolled = ""
    for upload in uploads:
        if not upload.key.startswith(prefix) or _place(upload) <= marker:
            continue
        common = rolled_prefix(upload.key, prefix, delimiter)
        if common is None:
            yield upload
        elif common not in (rolled, key):
            rolled = common
            yield common


def _summary(upload: Upload, caller: Caller, key: str) -> Result:
    return {
        "UploadId": upload.upload_id,
        "Key": key,
        "Initiated": upload.started_at,
        "StorageClass": upload.headers.get("StorageClass", "STANDARD"),
        "Owner": {"ID": caller.account},
        "Initiator": {"ID": caller.account},
        **told_checksum(upload.headers),
    }


def _place(upload: Upload) -> tuple[bytes, str]:
    return upload.key.encode(errors="surrogatepass"), upload.upload_id
