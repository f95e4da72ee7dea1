"""Signature Version 2: S3's older presigned URLs, and the query protocol's.

Version 2 covers less than version 4 does. What a presigned URL leaves open, S3 reads only where it changes nothing but
the shape of a listing; a sub-resource that the signature does not cover is refused.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote

from sagewright.engine.signatures.claims import Claim
from sagewright.engine.signatures.faults import Mismatch, UnsignedHeaders, Untimely
from sagewright.engine.signatures.v4 import LONGEST_SKEW_S, basic, same

# Amazon S3 User Guide, "Constructing the CanonicalizedResource element", and what newer clients add to it.
SIGNED_FIELDS = frozenset(
    (
        *("accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location"),
        *("logging", "metrics", "notification", "object-lock", "partNumber", "policy", "replication"),
        *("requestPayment", "restore", "select", "select-type", "storageClass", "tagging", "torrent", "uploadId"),
        *("uploads", "versionId", "versioning", "versions", "website"),
        *("response-cache-control", "response-content-disposition", "response-content-encoding"),
        *("response-content-language", "response-content-type", "response-expires"),
    )
)
_OPEN_FIELDS = frozenset(
    (
        *("AWSAccessKeyId", "Expires", "Signature", "x-amz-security-token", "x-id"),
        *("prefix", "delimiter", "marker", "max-keys", "encoding-type", "list-type", "continuation-token"),
        *("start-after", "fetch-owner", "key-marker", "version-id-marker", "upload-id-marker", "max-uploads"),
        *("max-parts", "part-number-marker"),
    )
)


def verify_url(
    claim: Claim, secret: str, *, method: str, path: str, query: str, bucket: str, headers: Mapping[str, str]
) -> None:
    """Check a presigned URL of S3.

    Args:
        path: As on the wire.
        bucket: That which the host names; empty where the path does.

    Raises:
        BadSignature: `UnsignedHeaders` (a field of the query that nothing covers) or `Mismatch`.
    """
    fields = parse_qsl(query, keep_blank_values=True)
    unknown = tuple(name for name, _ in fields if name not in SIGNED_FIELDS and name not in _OPEN_FIELDS)
    if unknown:
        raise UnsignedHeaders(unknown)
    amazons = {name: value for name, value in headers.items() if name.startswith("x-amz-")}
    if claim.token and "x-amz-security-token" not in amazons:
        amazons["x-amz-security-token"] = claim.token
    lines = "".join(f"{name}:{amazons[name].strip()}\n" for name in sorted(amazons))
    standard = f"{headers.get('content-md5', '')}\n{headers.get('content-type', '')}\n{claim.at}\n"
    resource = f"{'/' + bucket if bucket else ''}{path}{_subresources(fields)}"
    to_sign = f"{method}\n{standard}{lines}{resource}"
    if not same(_base64_hmac(secret, to_sign, "sha1"), claim.signature):
        raise Mismatch(to_sign, claim.signature)


def check_url_time(claim: Claim, now: float) -> None:
    """Check that a presigned URL has not expired.

    Raises:
        Untimely: It has.
    """
    assert claim.expires_s is not None
    if claim.expires_s < now:
        raise Untimely("Request has expired", claim.signed_at, now, float(claim.expires_s))


def _subresources(fields: list[tuple[str, str]]) -> str:
    signed = sorted((name, value) for name, value in fields if name in SIGNED_FIELDS)
    text = "&".join(f"{name}={unquote(value)}" if value else name for name, value in signed)
    return f"?{text}" if text else ""


def verify_form(claim: Claim, secret: str, *, method: str, host: str, path: str, fields: Mapping[str, str]) -> None:
    """Check a request of the query protocol, signed with `SignatureVersion=2`.

    Args:
        fields: Those of the body, or of the query string.

    Raises:
        Mismatch: The signature is another.
    """
    pairs = (
        f"{quote(name, safe='-_.~')}={quote(fields[name], safe='-_.~')}"
        for name in sorted(fields)
        if name != "Signature"
    )
    to_sign = f"{method}\n{host.lower()}\n{path or '/'}\n{'&'.join(pairs)}"
    digest = "sha256" if fields.get("SignatureMethod") == "HmacSHA256" else "sha1"
    if not same(_base64_hmac(secret, to_sign, digest), claim.signature):
        raise Mismatch(to_sign, claim.signature)


def check_form_time(claim: Claim, now: float) -> None:
    """Check that a form is neither too old nor from the future.

    Raises:
        Untimely: It is.
    """
    if abs(claim.signed_at - now) > LONGEST_SKEW_S:
        raise Untimely(f"Request has expired. Timestamp: {claim.at}, now: {basic(now)}", claim.signed_at, now)


def _base64_hmac(secret: str, text: str, digest: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), text.encode("utf-8", "surrogateescape"), digest)).decode()
