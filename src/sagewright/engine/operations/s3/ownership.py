"""Who owns a bucket's objects, and whether it may be opened to everybody (Amazon S3 User Guide, "Controlling ownership
of objects" and "Blocking public access").

New buckets are as Amazon has made them since April 2023: their owner owns every object, lists of access rights (ACLs)
are off, and everything public is blocked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Bucket
from sagewright.engine.operations.s3.configuration import check_words, malformed, set_, setting_of
from sagewright.engine.parts import Caller, Params, Parts, Result

ENFORCED = "BucketOwnerEnforced"
OWNERSHIPS = (ENFORCED, "BucketOwnerPreferred", "ObjectWriter")
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_REMOVED: dict[str, Any] = {}  # what stands for a setting that was taken away: nothing, not the default
_DEFAULT_OWNERSHIP = {"Rules": [{"ObjectOwnership": ENFORCED}]}
_DEFAULT_BLOCK = dict.fromkeys(_BLOCKS, True)


def get_bucket_ownership_controls(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell who owns the objects."""
    return {"OwnershipControls": setting_of(parts, params, "ownershipControls", _DEFAULT_OWNERSHIP)}


def put_bucket_ownership_controls(parts: Parts, caller: Caller, params: Params) -> Result:
    """Say who owns the objects."""
    rules = params.get("OwnershipControls", {}).get("Rules") or []
    if len(rules) != 1:
        raise malformed()
    check_words(rules[0].get("ObjectOwnership"), OWNERSHIPS)
    return set_(parts, params, "ownershipControls", {"Rules": rules})


def delete_bucket_ownership_controls(parts: Parts, caller: Caller, params: Params) -> Result:
    """Leave objects to those who write them."""
    return set_(parts, params, "ownershipControls", _REMOVED)


def get_public_access_block(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell what of public access is blocked."""
    return {"PublicAccessBlockConfiguration": setting_of(parts, params, "publicAccessBlock", _DEFAULT_BLOCK)}


def put_public_access_block(parts: Parts, caller: Caller, params: Params) -> Result:
    """Say what of public access is blocked; what is not named is not."""
    given = params.get("PublicAccessBlockConfiguration") or {}
    return set_(parts, params, "publicAccessBlock", {name: bool(given.get(name)) for name in _BLOCKS})


def delete_public_access_block(parts: Parts, caller: Caller, params: Params) -> Result:
    """Block nothing."""
    return set_(parts, params, "publicAccessBlock", _REMOVED)


def ownership_of(bucket: Bucket) -> str:
    """Return who owns a bucket's objects: one of `OWNERSHIPS`."""
    rules: list[Mapping[str, str]] = bucket.configuration.get("ownershipControls", _DEFAULT_OWNERSHIP).get("Rules", [])
    return rules[0]["ObjectOwnership"] if rules else "ObjectWriter"


def blocks(bucket: Bucket, what: str) -> bool:
    """Tell whether a bucket blocks something public, for example `BlockPublicPolicy`."""
    return bool(bucket.configuration.get("publicAccessBlock", _DEFAULT_BLOCK).get(what))
