"""Objects: what is known of them, in one answer."""

from __future__ import annotations

from sagewright.engine.abc import Assembly
from sagewright.engine.operations.s3.checksums import sent
from sagewright.engine.operations.s3.conditions import named_version, whole_number
from sagewright.engine.operations.s3.errors import s3_errors
from sagewright.engine.operations.s3.facts import checksum_members, version_member
from sagewright.engine.operations.s3.objects import find_object
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_PARTS = 1000


def get_object_attributes(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return those of an object's attributes that are asked for."""
    bucket, info = find_object(parts, params)
    version_id = named_version(params)
    with s3_errors(bucket.name, info.key, version_id=version_id):
        assembly = parts.objects.assembly(bucket.name, info.key, version_id=version_id)
    known: Result = {
        "ETag": info.etag,
        "Checksum": checksum_members(info.headers) or None,
        "ObjectParts": _parts(assembly, params, with_sums=bool(sent(info.headers))) if assembly else None,
        "StorageClass": info.headers.get("StorageClass", "STANDARD"),
        "ObjectSize": info.size,
    }
    asked = {name: known.get(name) for name in params.get("ObjectAttributes") or ()}
    return {**asked, "LastModified": int(info.modified_at), **version_member(info, bucket)}


def _parts(assembly: Assembly, params: Params, with_sums: bool) -> Result:
    marker, limit = whole_number(params, "PartNumberMarker", 0), whole_number(params, "MaxParts", MOST_PARTS)
    limit = min(limit, MOST_PARTS)
    numbered = [*enumerate(assembly.parts, 1)][marker:]
    shown = numbered[:limit]
    answer: Result = {
        "TotalPartsCount": len(assembly.parts),
        "PartNumberMarker": str(marker),
        "NextPartNumberMarker": str(shown[-1][0] if shown else 0),
        "MaxParts": limit,
        "IsTruncated": len(numbered) > limit,
    }
    if with_sums:
        answer["Parts"] = [{"PartNumber": number, "Size": part.size, **sent(part.checksums)} for number, part in shown]
    return answer
