"""Making buckets: names, regions, and what a bucket is born with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Bucket, BucketExists
from sagewright.engine.operations.s3.acls import asked_for, is_public
from sagewright.engine.operations.s3.buckets import MOST_TAGS
from sagewright.engine.operations.s3.errors import invalid_argument, refuse
from sagewright.engine.operations.s3.facts import check_tags
from sagewright.engine.operations.s3.ownership import ENFORCED, OWNERSHIPS
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

HOME_REGION = "us-east-1"  # the region of a bucket that names none
# Amazon S3 User Guide, "General purpose bucket naming rules".
_NAME = re.compile(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?!.*(?:\.\.|\.-|-\.))[a-z0-9.-]{1,61}[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--table-s3)"
)
_DIRECTORY_BUCKET = "--x-s3"


def create_bucket(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a bucket; in us-east-1, making one's own again is no error."""
    name, configuration = params["Bucket"], params.get("CreateBucketConfiguration") or {}
    refuse(
        [
            ("a directory bucket", name.endswith(_DIRECTORY_BUCKET)),
            ("BucketNamespace", params.get("BucketNamespace") not in (None, "global")),
            *((member, configuration.get(member)) for member in ("Location", "Bucket")),
        ]
    )
    if not _NAME.fullmatch(name):
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.", 400, {"BucketName": name})
    region = _region(configuration.get("LocationConstraint"), caller.region)
    settings = _settings(Bucket(name, region, caller.account, 0.0), params)
    tags = [(tag["Key"], tag["Value"]) for tag in configuration.get("Tags") or ()]
    check_tags(tags, "Bucket", MOST_TAGS)
    _make(parts, caller, name, region)
    if params.get("ObjectLockEnabledForBucket"):
        settings = {**settings, "versioning": "Enabled", "object-lock": {"ObjectLockEnabled": "Enabled"}}
    for setting, value in settings.items():
        parts.objects.configure_bucket(name, setting, value)
    if tags:
        parts.objects.tag_bucket(name, dict(tags))
    return {"Location": f"/{name}"}


def _make(parts: Parts, caller: Caller, name: str, region: str) -> None:
    try:
        parts.objects.create_bucket(name, region, caller.account)
    except BucketExists:
        _check_own(parts.objects.head_bucket(name), caller)


def _settings(bucket: Bucket, params: Params) -> Mapping[str, Any]:
    """Return what the bucket shall have set from the beginning."""
    ownership = params.get("ObjectOwnership", ENFORCED)
    if ownership not in OWNERSHIPS:
        raise invalid_argument("x-amz-object-ownership", ownership, "Invalid x-amz-object-ownership header")
    if ownership == ENFORCED:
        if params.get("ACL", "private") != "private" or any(name.startswith("Grant") for name in params):
            raise ApiError(
                "InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            )
        return {"ownershipControls": {"Rules": [{"ObjectOwnership": ENFORCED}]}} if "ObjectOwnership" in params else {}
    controls = {"Rules": [{"ObjectOwnership": ownership}]}
    unblocked = Bucket(
        *(bucket.name, bucket.region, bucket.owner, bucket.created_at),
        configuration={"ownershipControls": controls, "publicAccessBlock": {}},
    )
    grants = asked_for(unblocked, params) or []
    if any(is_public(grant) for grant in grants):
        raise ApiError(
            "InvalidBucketAclWithBlockPublicAccessError",
            "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
        )
    return {"ownershipControls": controls, "acl": grants}


def _region(constraint: str | None, here: str) -> str:
    if constraint == HOME_REGION:
        raise ApiError("InvalidLocationConstraint", "The specified location-constraint is not valid")
    if here == HOME_REGION:
        return constraint or here
    if constraint == here:
        return here
    what = "unspecified" if constraint is None else constraint
    raise ApiError(
        "IllegalLocationConstraintException",
        f"The {what} location constraint is incompatible for the region specific endpoint this request was sent to.",
    )


def _check_own(bucket: Bucket, caller: Caller) -> None:
    if bucket.owner != caller.account:
        raise ApiError(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            "Please select a different name and try again.",
            409,
            {"BucketName": bucket.name},
        )
    if bucket.region != HOME_REGION or caller.region != HOME_REGION:
        raise ApiError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            409,
            {"BucketName": bucket.name},
        )
