"""Multipart uploads: joining the parts to an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Bucket, NoSuchObject, ObjectInfo, Part, Upload
from sagewright.engine.objects.rules import check_parts
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.checksums import DEFAULT, FULL_OBJECT, SIZES, joined, sent
from sagewright.engine.operations.s3.conditions import quoted, write_guard
from sagewright.engine.operations.s3.errors import bad_digest, invalid_request, malformed_xml, no_such_upload, s3_errors
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.operations.s3.facts import checksum_members, encryption_members, written_version
from sagewright.engine.operations.s3.uploads import find_upload
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_OF_UPLOADS = ("ChecksumAlgorithm", "ChecksumType")


def complete_multipart_upload(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make an object of the parts. Doing so again answers the same."""
    bucket, named = find_bucket(parts, params), _named(params)
    try:
        upload = find_upload(parts, params)
    except ApiError as error:
        return _answer(bucket, _made_before(parts, params, error), caller)
    with s3_errors(upload.bucket, upload.key, upload.upload_id):
        stored = parts.objects.list_parts(upload.upload_id)
        asked = [(part["PartNumber"], part["ETag"]) for part in named]
        chosen = check_parts(asked, {part.number: part for part in stored})
        _check_part_sums(named, chosen)
        _check_size(params, chosen)
        headers = {**upload.headers, **_checksum(upload, chosen, params)}
        info = parts.objects.complete_upload(
            upload.upload_id,
            asked,
            headers={name: value for name, value in headers.items() if name != "ChecksumAlgorithm"},
            guard=write_guard(params),
        )
    object_event(parts, caller, "ObjectCreated:CompleteMultipartUpload", bucket, info)
    return _answer(bucket, info, caller)


def _named(params: Params) -> Sequence[Mapping[str, Any]]:
    """Return the parts that are named, in ascending order."""
    named: Sequence[Mapping[str, Any]] = (params.get("MultipartUpload") or {}).get("Parts") or ()
    if not named or any("PartNumber" not in part or "ETag" not in part for part in named):
        raise malformed_xml()
    numbers = [part["PartNumber"] for part in named]
    if numbers != sorted(set(numbers)):
        raise ApiError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
        )
    return named


def _made_before(parts: Parts, params: Params, error: ApiError) -> ObjectInfo:
    """Return the object that an upload which is no more was completed to, if it is still there."""
    if error.code != "NoSuchUpload":
        raise error
    try:
        assembly = parts.objects.assembly(params["Bucket"], params["Key"])
        info = parts.objects.head(params["Bucket"], params["Key"])
    except NoSuchObject:
        raise error from None
    asked = [part["ETag"].strip('"') for part in params["MultipartUpload"]["Parts"]]
    if assembly is None or assembly.upload_id != params["UploadId"] or asked != [part.etag for part in assembly.parts]:
        raise no_such_upload(params["UploadId"])
    return info


def _check_part_sums(named: Sequence[Mapping[str, Any]], chosen: Sequence[Part]) -> None:
    for asked, part in zip(named, chosen, strict=True):
        for name, value in sent(asked).items():
            if part.checksums.get(name) != value:
                raise ApiError(
                    "InvalidPart",
                    "One or more of the specified parts could not be found.  The part may not have been uploaded, or "
                    f"the specified {name} may not match the part's.",
                )


def _check_size(params: Params, chosen: Sequence[Part]) -> None:
    asked, size = params.get("MpuObjectSize"), sum(part.size for part in chosen)
    if asked is not None and int(asked) != size:
        raise invalid_request(
            f"The provided 'x-amz-mp-object-size' header value {asked} does not match what was computed: {size}"
        )


def _checksum(upload: Upload, chosen: Sequence[Part], params: Params) -> dict[str, str]:
    """Return the object's checksum, which is what the request says it is, and its type."""
    given = sent(params)
    algorithm = upload.headers.get("ChecksumAlgorithm")
    kind = upload.headers.get("ChecksumType") or params.get("ChecksumType") or FULL_OBJECT
    if params.get("ChecksumType") not in (None, kind):
        raise invalid_request(
            f"The upload was created using the {kind} checksum mode. The complete request must use the same checksum "
            "mode."
        )
    if algorithm is None:
        algorithm = _common(chosen, given)
    value = joined(algorithm, kind, chosen) if algorithm else None
    if algorithm is None or value is None:
        return dict.fromkeys(_OF_UPLOADS, "") | given
    member = f"Checksum{algorithm}"
    if given.get(member, value) not in (value, value.partition("-")[0]):
        raise bad_digest(f"The {algorithm.lower()} you specified did not match the calculated checksum.")
    return {member: value, "ChecksumType": kind}


def _common(chosen: Sequence[Part], given: Mapping[str, str]) -> str | None:
    """Return the algorithm of an upload that asked for none: what all its parts have and is said of the whole."""
    for algorithm in [*(name.removeprefix("Checksum") for name in given), DEFAULT, "CRC32", "CRC32C"]:
        if algorithm in SIZES and all(f"Checksum{algorithm}" in part.checksums for part in chosen):
            return algorithm
    return None


def _answer(bucket: Bucket, info: ObjectInfo, caller: Caller) -> Result:
    return {
        "Location": f"https://{info.bucket}.s3.{caller.region}.amazonaws.com/{info.key}",
        "Bucket": info.bucket,
        "Key": info.key,
        "ETag": quoted(info.etag),
        **checksum_members(info.headers),
        **written_version(info),
        **encryption_members(info.headers),
    }
