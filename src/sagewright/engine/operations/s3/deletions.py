"""Objects: removing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Bucket, Deletion, Guard, ObjectInfo
from sagewright.engine.objects.rules import NULL, has_versions
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.conditions import delete_guard, named_version
from sagewright.engine.operations.s3.errors import is_version_id, malformed_xml, no_such_version, refuse, s3_errors
from sagewright.engine.operations.s3.events import object_events
from sagewright.engine.operations.s3.locks import lock_guard, locks
from sagewright.engine.operations.s3.objects import checked_key
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

MOST_AT_ONCE = 1000
_ETAG_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e"


def delete_object(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove an object, or a version for good; one that is not there is as good as removed."""
    bucket, key, version_id = find_bucket(parts, params), params["Key"], named_version(params)
    refuse([("MFA", params.get("MFA"))])
    guard = delete_guard(key, params.get("IfMatch"), params.get("IfMatchLastModifiedTime"), params.get("IfMatchSize"))
    if version_id is not None and locks(bucket):
        guard = lock_guard(parts.clock.now(), bool(params.get("BypassGovernanceRetention")), guard)
    with s3_errors(bucket.name, key, version_id=version_id):
        done = parts.objects.delete(bucket.name, key, version_id=version_id, guard=guard)
    _tell(parts, caller, bucket, [(key, version_id)], [done])
    return _told(bucket, done)


def delete_objects(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove up to a thousand objects or versions."""
    bucket, wanted = find_bucket(parts, params), (params.get("Delete") or {}).get("Objects") or []
    refuse([("MFA", params.get("MFA"))])
    if not 1 <= len(wanted) <= MOST_AT_ONCE or not all(item.get("Key") for item in wanted):
        raise malformed_xml()
    items = [(item["Key"], item.get("VersionId") or None, _guard(parts, params, bucket, item)) for item in wanted]
    with s3_errors(bucket.name):
        results = parts.objects.delete_many(bucket.name, items)
    _tell(parts, caller, bucket, [item[:2] for item in items], results)
    deleted, errors = _sorted_out(bucket, wanted, results)
    return {"Deleted": [] if params["Delete"].get("Quiet") else deleted, "Errors": errors}


def _guard(parts: Parts, params: Params, bucket: Bucket, item: Mapping[str, Any]) -> Guard | None:
    key, etag, version_id = checked_key(item["Key"]), item.get("ETag"), item.get("VersionId")
    if version_id and not is_version_id(version_id):

        def refuse_version(_: ObjectInfo | None) -> None:
            raise no_such_version(key, version_id)

        return refuse_version
    guard = delete_guard(key, etag, item.get("LastModifiedTime"), item.get("Size"))
    if version_id and locks(bucket):
        return lock_guard(parts.clock.now(), bool(params.get("BypassGovernanceRetention")), guard)
    return guard


def _sorted_out(
    bucket: Bucket, wanted: Sequence[Mapping[str, Any]], results: Sequence[Deletion | Exception]
) -> tuple[list[Result], list[Result]]:
    deleted, errors = [], []
    for item, done in zip(wanted, results, strict=True):
        named = {name: item[name] for name in ("Key", "VersionId") if item.get(name)}
        if isinstance(done, ApiError):
            errors.append({**named, "Code": done.code, "Message": done.message})
        elif isinstance(done, Exception):
            raise done
        else:
            told = _told(bucket, done)
            marker = {"DeleteMarker": True, "DeleteMarkerVersionId": told["VersionId"]} if done.is_marker else {}
            deleted.append({**named, **marker})
    return deleted, errors


def _tell(
    parts: Parts,
    caller: Caller,
    bucket: Bucket,
    named: Sequence[tuple[str, str | None]],
    results: Sequence[Deletion | Exception],
) -> None:
    """Have those told who want to know what was removed.

    Args:
        named: Keys, and the versions that were named.
    """
    if not bucket.configuration.get("notification"):
        return
    laid, gone = list[ObjectInfo](), list[ObjectInfo]()
    for (key, version_id), done in zip(named, results, strict=True):
        if isinstance(done, Deletion):
            facts = (bucket.name, key, 0, _ETAG_OF_NOTHING, parts.clock.now())
            info = ObjectInfo(*facts, version_id=done.version_id)
            if done.is_marker and version_id is None:
                laid.append(info)
            elif done.existed:
                gone.append(info)
    object_events(parts, caller, "ObjectRemoved:DeleteMarkerCreated", bucket, laid)
    object_events(parts, caller, "ObjectRemoved:Delete", bucket, gone)


def _told(bucket: Bucket, done: Deletion) -> Result:
    """Return what the removal of one answers."""
    told: Result = {"DeleteMarker": True} if done.is_marker else {}
    if done.version_id is not None or has_versions(bucket.configuration):
        told["VersionId"] = done.version_id or NULL
    return told
