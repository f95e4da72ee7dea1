"""Buckets."""

from __future__ import annotations

from collections.abc import Mapping

from sagewright.engine.abc import Bucket
from sagewright.engine.operations.s3.errors import invalid_argument, refuse, s3_errors
from sagewright.engine.operations.s3.facts import check_tags
from sagewright.engine.operations.s3.tokens import name_of, token_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.errors import ApiError

MOST_TAGS = 50
MOST_LISTED = 10_000


def head_bucket(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell that a bucket is there."""
    bucket = find_bucket(parts, params)
    return {
        "BucketArn": f"arn:{partition_of(bucket.region)}:s3:::{bucket.name}",
        "BucketRegion": bucket.region,
        "AccessPointAlias": False,
    }


def list_buckets(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the buckets in order of name."""
    prefix, limit = params.get("Prefix", ""), params.get("MaxBuckets", MOST_LISTED)
    if not 1 <= limit <= MOST_LISTED:
        raise invalid_argument(
            "max-buckets", limit, f"Argument max-buckets must be an integer between 1 and {MOST_LISTED}"
        )
    after = name_of(params["ContinuationToken"]) if params.get("ContinuationToken") else ""
    found = [
        bucket
        for bucket in parts.objects.list_buckets()
        if bucket.owner == caller.account
        and bucket.name.startswith(prefix)
        and bucket.name > after
        and params.get("BucketRegion") in (None, bucket.region)
    ]
    answer: Result = {
        "Buckets": [
            {
                "Name": bucket.name,
                "CreationDate": bucket.created_at,
                "BucketRegion": bucket.region,
                "BucketArn": f"arn:{partition_of(bucket.region)}:s3:::{bucket.name}",
            }
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
    return {"LocationConstraint": None if region == "us-east-1" else region}


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
    return {"@status": 204}


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
    _check_name(params["Bucket"])
    with s3_errors(params["Bucket"]):
        bucket = parts.objects.head_bucket(params["Bucket"])
    if params.get("ExpectedBucketOwner", bucket.owner) != bucket.owner:
        raise ApiError("AccessDenied", "Access Denied", 403)
    return bucket


def _check_name(name: str) -> None:
    if name.startswith("arn:"):
        refuse([("an access point", True)])
    if "/" in name or not name:
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.", 400, {"BucketName": name})


def tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
