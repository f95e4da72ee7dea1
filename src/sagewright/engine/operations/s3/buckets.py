"""Buckets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sagewright.engine.abc import Bucket, BucketExists
from sagewright.engine.operations.s3.errors import refuse, s3_errors
from sagewright.engine.operations.s3.facts import check_tags
from sagewright.engine.operations.s3.tokens import name_of, token_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
MOST_TAGS = 50
_HOME_REGION = "us-east-1"  # the region of a bucket that names none


def create_bucket(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a bucket; in us-east-1, making one's own again is no error."""
    name = params["Bucket"]
    if not _NAME.fullmatch(name):
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.", 400, {"BucketName": name})
    refuse(
        [
            ("ACL", params.get("ACL") not in (None, "private")),
            ("ObjectLockEnabledForBucket", params.get("ObjectLockEnabledForBucket")),
        ]
    )
    configuration = params.get("CreateBucketConfiguration") or {}
    refuse((member, configuration.get(member)) for member in ("Location", "Bucket"))
    region = _region(configuration.get("LocationConstraint"), caller.region)
    try:
        parts.objects.create_bucket(name, region, caller.account)
    except BucketExists:
        _check_own(parts.objects.head_bucket(name), caller)
    tags = [(tag["Key"], tag["Value"]) for tag in configuration.get("Tags") or ()]
    if tags:
        check_tags(tags, "Bucket", MOST_TAGS)
        parts.objects.tag_bucket(name, dict(tags))
    return {"Location": f"/{name}"}


def head_bucket(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell that a bucket is there."""
    return {"BucketRegion": find_bucket(parts, params).region, "AccessPointAlias": False}


def list_buckets(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the buckets in order of name."""
    prefix, limit = params.get("Prefix", ""), params.get("MaxBuckets", 10_000)
    after = name_of(params["ContinuationToken"]) if params.get("ContinuationToken") else ""
    found = [
        bucket
        for bucket in parts.objects.list_buckets()
        if bucket.name.startswith(prefix)
        and bucket.name > after
        and params.get("BucketRegion") in (None, bucket.region)
    ]
    answer: Result = {
        "Buckets": [
            {"Name": bucket.name, "CreationDate": bucket.created_at, "BucketRegion": bucket.region}
            for bucket in found[:limit]
        ],
        "Owner": {"ID": caller.account},
        "Prefix": prefix or None,
    }
    if len(found) > limit:
        answer["ContinuationToken"] = token_of(found[limit - 1].name)
    return answer


def delete_bucket(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove an empty bucket."""
    find_bucket(parts, params)
    with s3_errors(params["Bucket"]):
        parts.objects.delete_bucket(params["Bucket"])
    return {}


def get_bucket_location(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell a bucket's region; us-east-1 has no word."""
    region = find_bucket(parts, params).region
    return {"LocationConstraint": None if region == _HOME_REGION else region}


def get_bucket_versioning(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell that a bucket has never kept versions."""
    find_bucket(parts, params)
    return {}


def get_bucket_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's tags."""
    tags = find_bucket(parts, params).tags
    if not tags:
        raise ApiError("NoSuchTagSet", "The TagSet does not exist", 404, {"BucketName": params["Bucket"]})
    return {"TagSet": tag_set(tags)}


def put_bucket_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's tags."""
    find_bucket(parts, params)
    tags = [(tag["Key"], tag["Value"]) for tag in params["Tagging"].get("TagSet", ())]
    check_tags(tags, "Bucket", MOST_TAGS)
    parts.objects.tag_bucket(params["Bucket"], dict(tags))
    return {}


def delete_bucket_tagging(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a bucket's tags."""
    find_bucket(parts, params)
    parts.objects.tag_bucket(params["Bucket"], {})
    return {}


def find_bucket(parts: Parts, params: Params) -> Bucket:
    """Return the request's bucket.

    Raises:
        ApiError: `NoSuchBucket`; `AccessDenied` where it belongs to another account than the request expects.
    """
    with s3_errors(params["Bucket"]):
        bucket = parts.objects.head_bucket(params["Bucket"])
    if params.get("ExpectedBucketOwner", bucket.owner) != bucket.owner:
        raise ApiError("AccessDenied", "Access Denied", 403)
    return bucket


def tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _region(constraint: str | None, here: str) -> str:
    if constraint == _HOME_REGION:
        raise ApiError("InvalidLocationConstraint", "The specified location-constraint is not valid")
    if here == _HOME_REGION:
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
        raise ApiError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
    if bucket.region != _HOME_REGION or caller.region != _HOME_REGION:
        raise ApiError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            409,
            {"BucketName": bucket.name},
        )
