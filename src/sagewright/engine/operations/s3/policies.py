"""Policies of buckets: documents that say who may do what with a bucket and its objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Bucket
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import compact, set_, setting_of
from sagewright.engine.operations.s3.ownership import blocks
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.policies.bucket_checking import check_bucket_policy
from sagewright.engine.policies.documents import statements_of
from sagewright.vocabulary.errors import ApiError


def get_bucket_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's policy."""
    return {"Policy": compact(setting_of(parts, params, "policy"))}


def put_bucket_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's policy."""
    bucket = find_bucket(parts, params)
    document = check_bucket_policy(params["Policy"], bucket.name)
    if blocks(bucket, "BlockPublicPolicy") and is_public(document):
        raise ApiError(
            "AccessDenied",
            f"User: {caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:aws:s3:::{bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in '
            "S3 Block Public Access.",
            403,
        )
    return {**set_(parts, params, "policy", document), "@status": 204}


def delete_bucket_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a bucket's policy."""
    return set_(parts, params, "policy", None)


def get_bucket_policy_status(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell whether a bucket's policy lets everybody in."""
    return {"PolicyStatus": {"IsPublic": is_public(setting_of(parts, params, "policy"))}}


def is_restricted(bucket: Bucket) -> bool:
    """Tell whether a policy counts for the bucket's own account only, being public where such are restricted."""
    policy = bucket.configuration.get("policy")
    return blocks(bucket, "RestrictPublicBuckets") and isinstance(policy, Mapping) and is_public(policy)


# What narrows a statement down to somebody (Amazon S3 User Guide, "The meaning of 'public'").
_NARROWING = frozenset(
    (
        *("aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount"),
        *("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid"),
        *("aws:vpcsourceip", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
        *("s3:dataaccesspointarn", "s3:dataaccesspointaccount"),
    )
)
_NARROW_OPERATORS = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike", "ipaddress")
_WIDE_NETWORKS = ("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1")


def is_public(document: Mapping[str, Any]) -> bool:
    """Tell whether a policy allows something to everybody."""
    return any(
        statement.get("Effect") == "Allow" and _for_everybody(statement) and not _narrowed(statement)
        for statement in statements_of(document)
    )


def _for_everybody(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    named = principal.get("AWS", ()) if isinstance(principal, Mapping) else principal
    return "*" in ([named] if isinstance(named, str) else list(named or ()))


def _narrowed(statement: Mapping[str, Any]) -> bool:
    return any(
        operator.lower().removeprefix("foranyvalue:") in _NARROW_OPERATORS
        and key.lower() in _NARROWING
        and all(_is_fixed(value) for value in ([values] if not isinstance(values, list) else values))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    )


def _is_fixed(value: Any) -> bool:
    text = str(value)
    return "${" not in text and text not in _WIDE_NETWORKS and not text.startswith("*") and text != ""
