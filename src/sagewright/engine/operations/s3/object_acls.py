"""Objects: their lists of access rights; `acls.py` says what these are worth."""

from __future__ import annotations

import json

from sagewright.engine.operations.s3 import acls
from sagewright.engine.operations.s3.conditions import named_version
from sagewright.engine.operations.s3.errors import s3_errors
from sagewright.engine.operations.s3.events import object_event
from sagewright.engine.operations.s3.objects import find_object
from sagewright.engine.parts import Caller, Params, Parts, Result


def get_object_acl(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return an object's list."""
    bucket, info = find_object(parts, params)
    return acls.told(bucket, info.headers.get("ACL"))


def put_object_acl(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace an object's list."""
    bucket, info = find_object(parts, params)
    grants, version_id = acls.asked_for(bucket, params), named_version(params)
    if grants is not None:
        with s3_errors(bucket.name, info.key, version_id=version_id):
            parts.objects.amend(bucket.name, info.key, {"ACL": json.dumps(grants)}, version_id=version_id)
        object_event(parts, caller, "ObjectAcl:Put", bucket, info)
    return {}
