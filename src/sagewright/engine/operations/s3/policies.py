"""Policies of buckets: documents that say who may do what with a bucket and its objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import compact, set_, setting_of
from sagewright.engine.operations.s3.ownership import blocks
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

LARGEST_POLICY_BYTES = 20 << 10


def get_bucket_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's policy."""
    return {"Policy": compact(setting_of(parts, params, "policy"))}


def put_bucket_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's policy."""
    bucket = find_bucket(parts, params)
    document = _document(params["Policy"], bucket.name)
    if blocks(bucket, "BlockPublicPolicy") and is_public(document):
        raise ApiError(
            "AccessDenied",
            f"User: {caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:aws:s3:::{bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in '
            "S3 Block Public Access.",
            403,
        )
    return set_(parts, params, "policy", document)


def delete_bucket_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a bucket's policy."""
    return set_(parts, params, "policy", None)


def get_bucket_policy_status(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell whether a bucket's policy lets everybody in."""
    return {"PolicyStatus": {"IsPublic": is_public(setting_of(parts, params, "policy"))}}


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
        for statement in _statements(document)
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


def _document(text: str, bucket: str) -> dict[str, Any]:
    if len(text.encode()) > LARGEST_POLICY_BYTES:
        raise _malformed("Policy exceeds the maximum allowed document size.")
    if not text.startswith("{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'") from None
    for statement in _statements(document):
        _check(statement, bucket)
    return dict(document)


def _check(statement: Any, bucket: str) -> None:
    if not isinstance(statement, Mapping):
        raise _malformed("Policy has invalid statement")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed(
            f"Invalid effect: {statement.get('Effect')}" if "Effect" in statement else "Missing required field Effect"
        )
    for names in (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")):
        if not any(name in statement for name in names):
            raise _malformed(f"Missing required field {names[0]}")
        if all(name in statement for name in names):
            raise _malformed(f"Statement cannot have both {names[0]} and {names[1]}")
    for action in _texts(statement.get("Action", statement.get("NotAction"))):
        if action != "*" and not action.lower().startswith("s3:"):
            raise _malformed("Policy has invalid action")
    for resource in _texts(statement.get("Resource", statement.get("NotResource"))):
        if resource != "*" and not _is_of(resource, bucket):
            raise _malformed("Policy has invalid resource")
    if not isinstance(statement.get("Condition", {}), Mapping):
        raise _malformed("Conditions must be of the form { operator: { key: value } }")


def _is_of(resource: str, bucket: str) -> bool:
    """Tell whether an ARN names a bucket or what is in it; wildcards in its name count by what they can match."""
    head, _, place = resource.partition(":::")
    name = place.partition("/")[0]
    if head not in ("arn:aws:s3", "arn:aws-cn:s3", "arn:aws-us-gov:s3"):
        return False
    fixed = name.partition("*")[0].partition("?")[0].partition("${")[0]
    return name == bucket or (fixed != name and bucket.startswith(fixed))


def _texts(value: Any) -> list[str]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found or not all(isinstance(text, str) for text in found):
        raise _malformed("Policy has invalid resource or action")
    return found


def _statements(document: Any) -> Iterator[Any]:
    if not isinstance(document, Mapping):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    statements = document.get("Statement")
    if not statements:
        raise _malformed("Missing required field Statement")
    yield from statements if isinstance(statements, list) else [statements]


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedPolicy", message)
