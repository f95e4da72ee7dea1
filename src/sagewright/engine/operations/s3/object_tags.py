"""Objects: their tags."""

from __future__ import annotations

from sagewright.engine.operations.s3.buckets import tag_set
from sagewright.engine.operations.s3.conditions import named_version
from sagewright.engine.operations.s3.errors import s3_errors
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.operations.s3.facts import tags_of_document, version_member
from sagewright.engine.operations.s3.objects import find_object
from sagewright.engine.parts import Caller, Params, Parts, Result


def get_object_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return an object's tags."""
    bucket, info = find_object(parts, params)
    return {"TagSet": tag_set(info.tags), **version_member(info, bucket)}


def put_object_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace an object's tags."""
    return _tag(parts, caller, params, tags_of_document(params))


def delete_object_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove an object's tags."""
    return _tag(parts, caller, params, {})


def _tag(parts: Parts, caller: Caller, params: Params, tags: dict[str, str]) -> Result:
    bucket, info = find_object(parts, params)
    version_id = named_version(params)
    with s3_errors(bucket.name, info.key, version_id=version_id):
        parts.objects.tag(bucket.name, info.key, tags, version_id=version_id)
    object_event(parts, caller, "ObjectTagging:Put" if tags else "ObjectTagging:Delete", bucket, info)
    return {**version_member(info, bucket)}
