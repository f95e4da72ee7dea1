"""Lists of access rights (ACLs), as modern buckets treat them.

A bucket's owner owns its objects, and ACLs are off: the lists say that the owner may do everything, and who
writes another is told so. Where a bucket was given back to its writers (`ObjectWriter`, `BucketOwnerPreferred`), lists
are kept and told. Access itself is decided by policies alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Bucket
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.configuration import malformed, plain, set_
from sagewright.engine.operations.s3.errors import invalid_argument
from sagewright.engine.operations.s3.ownership import ENFORCED, blocks, ownership_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
_SIGNED_IN = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_LOG_WRITERS = "http://acs.amazonaws.com/groups/s3/LogDelivery"
_PERMISSIONS = ("FULL_CONTROL", "WRITE", "WRITE_ACP", "READ", "READ_ACP")
# Canned lists: what they grant beside the owner's full control.
_CANNED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "private": (),
    "bucket-owner-read": (),
    "bucket-owner-full-control": (),
    "aws-exec-read": (),
    "public-read": ((_EVERYBODY, "READ"),),
    "public-read-write": ((_EVERYBODY, "READ"), (_EVERYBODY, "WRITE")),
    "authenticated-read": ((_SIGNED_IN, "READ"),),
    "log-delivery-write": ((_LOG_WRITERS, "WRITE"), (_LOG_WRITERS, "READ_ACP")),
}
_HARMLESS = (None, "private", "bucket-owner-full-control")
_GRANTS = {
    "GrantFullControl": "FULL_CONTROL",
    "GrantRead": "READ",
    "GrantWrite": "WRITE",
    "GrantReadACP": "READ_ACP",
    "GrantWriteACP": "WRITE_ACP",
}
_GRANTEES = {"id": ("CanonicalUser", "ID"), "uri": ("Group", "URI"), "emailaddress": ("AmazonCustomerByEmail", "Email")}
MOST_GRANTS = 100
Grants = list[dict[str, Any]]


def get_bucket_acl(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's list."""
    bucket = find_bucket(parts, params)
    return _answer(bucket, bucket.configuration.get("acl"))


def put_bucket_acl(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's list."""
    bucket = find_bucket(parts, params)
    grants = asked_for(bucket, params)
    return {} if grants is None else set_(parts, params, "acl", plain(grants))


def asked_for(bucket: Bucket, params: Params) -> Grants | None:
    """Return the grants that a request asks for.

    Returns:
        None: The bucket has no lists, and the request only says that its owner may do everything.

    Raises:
        ApiError: `AccessControlListNotSupported`; `AccessDenied` for public access where it is blocked;
            `InvalidArgument`, `MalformedACLError`.
    """
    _check_ways(params)
    if ownership_of(bucket) == ENFORCED:
        if not _is_harmless(bucket, params):
            raise ApiError("AccessControlListNotSupported", "The bucket does not allow ACLs")
        return None
    grants = _grants(bucket, params)
    if blocks(bucket, "BlockPublicAcls") and any(is_public(grant) for grant in grants):
        raise ApiError("AccessDenied", "Access Denied", 403)
    return grants


def kept(bucket: Bucket, params: Params) -> dict[str, str]:
    """Return the header under which an object keeps the list that its writer asks for, where lists are on."""
    grants = asked_for(bucket, params)
    asks = params.get("ACL") not in _HARMLESS or any(params.get(name) for name in _GRANTS)
    return {"ACL": json.dumps(grants)} if grants is not None and asks else {}


def told(bucket: Bucket, acl: str | None) -> Result:
    """Return what an object's list says.

    Args:
        acl: Its header, as `kept` made it.
    """
    return _answer(bucket, json.loads(acl) if acl else None)


def owner_of(bucket: Bucket) -> dict[str, str]:
    """Return the owner as S3 names one; the canonical id is the account's number here."""
    return {"ID": bucket.owner}


def _answer(bucket: Bucket, grants: Grants | None) -> Result:
    if grants is None or ownership_of(bucket) == ENFORCED:
        grants = [_owners(bucket)]
    return {"Owner": owner_of(bucket), "Grants": grants}


def _owners(bucket: Bucket) -> dict[str, Any]:
    return {"Grantee": {"ID": bucket.owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}


def _is_harmless(bucket: Bucket, params: Params) -> bool:
    if any(params.get(name) for name in _GRANTS):
        return False
    policy = params.get("AccessControlPolicy")
    if policy is not None:
        return [_plain_grant(grant) for grant in policy.get("Grants") or ()] == [_owners(bucket)]
    return params.get("ACL") in _HARMLESS


def _check_ways(params: Params) -> None:
    ways = [params.get("ACL"), params.get("AccessControlPolicy"), any(params.get(name) for name in _GRANTS) or None]
    if sum(way is not None for way in ways) > 1:
        raise ApiError("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")


def _grants(bucket: Bucket, params: Params) -> Grants:
    if params.get("AccessControlPolicy") is not None:
        return _of_document(bucket, params["AccessControlPolicy"])
    named = [_grant(name, text) for name in _GRANTS for text in _grantees(params.get(name))]
    if named:
        return named
    canned = params.get("ACL") or "private"
    if canned not in _CANNED:
        raise invalid_argument("x-amz-acl", canned, "")
    return [
        _owners(bucket),
        *({"Grantee": {"URI": who, "Type": "Group"}, "Permission": what} for who, what in _CANNED[canned]),
    ]


def _of_document(bucket: Bucket, policy: Mapping[str, Any]) -> Grants:
    if policy.get("Owner", {}).get("ID", bucket.owner) != bucket.owner:
        raise ApiError("AccessDenied", "Access Denied", 403)
    grants = [_plain_grant(grant) for grant in policy.get("Grants") or ()]
    if len(grants) > MOST_GRANTS:
        raise ApiError(
            "MalformedACLError",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    for grant in grants:
        grantee = grant["Grantee"]
        if grant["Permission"] not in _PERMISSIONS or grantee.get("Type") not in (
            kind for kind, _ in _GRANTEES.values()
        ):
            raise malformed()
        _check_group(grantee)
    return grants


def _plain_grant(grant: Mapping[str, Any]) -> dict[str, Any]:
    grantee = {name: value for name, value in (grant.get("Grantee") or {}).items() if name != "DisplayName"}
    return {"Grantee": grantee, "Permission": grant.get("Permission")}


def _grantees(header: str | None) -> list[str]:
    return [text.strip() for text in header.split(",") if text.strip()] if header else []


def _grant(header: str, text: str) -> dict[str, Any]:
    """Return the grant of one `id="..."`, `uri="..."` or `emailAddress="..."` of a header."""
    kind, equals, value = text.partition("=")
    found = _GRANTEES.get(kind.strip().lower())
    if not equals or found is None:
        raise invalid_argument(header, text, "Argument format not recognized")
    grantee = {found[1] if found[1] != "Email" else "EmailAddress": value.strip().strip("\"'"), "Type": found[0]}
    _check_group(grantee)
    return {"Grantee": grantee, "Permission": _GRANTS[header]}


def _check_group(grantee: Mapping[str, Any]) -> None:
    if grantee.get("Type") == "Group" and grantee.get("URI") not in (_EVERYBODY, _SIGNED_IN, _LOG_WRITERS):
        raise invalid_argument("URI", grantee.get("URI"), "Invalid group uri")
    if grantee.get("Type") == "AmazonCustomerByEmail":
        raise ApiError(
            "UnresolvableGrantByEmailAddress", "The e-mail address you provided does not match any account on record"
        )


def is_public(grant: Mapping[str, Any]) -> bool:
    """Tell whether a grant lets everybody in."""
    return grant["Grantee"].get("URI") in (_EVERYBODY, _SIGNED_IN)
