"""Signatures of browsers' uploads to S3: what is signed is the policy document of the form.

Amazon S3 API Reference, "Authenticating Requests: Browser-Based Uploads Using POST".
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping

from sagewright.engine.signatures.claims import ALGORITHM, Claim, scope_of, unix_of
from sagewright.engine.signatures.faults import Incomplete, Mismatch, Unsigned
from sagewright.engine.signatures.v4 import derived_key, same, signature


def claim_of_form(fields: Mapping[str, str]) -> Claim:
    """Return the credentials of a form.

    Args:
        fields: Under their lower-cased names.

    Raises:
        BadSignature: `Unsigned` (the form has no policy) or `Incomplete`.
    """
    if "policy" not in fields:
        raise Unsigned("Access Denied")
    if "x-amz-signature" in fields or "x-amz-credential" in fields:
        return _of_version_4(fields)
    for name in ("awsaccesskeyid", "signature"):
        if not fields.get(name):
            raise Incomplete("Bucket POST must contain a field named 'AWSAccessKeyId' and one named 'signature'.")
    token = fields.get("x-amz-security-token")
    return Claim("form", fields["awsaccesskeyid"], fields["signature"], "", 0.0, token=token)


def _of_version_4(fields: Mapping[str, str]) -> Claim:
    for name in ("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"):
        if not fields.get(name):
            raise Incomplete(f"Bucket POST must contain a field named '{name}'.")
    if fields["x-amz-algorithm"] != ALGORITHM:
        raise Incomplete(f"Unsupported AWS 'algorithm': '{fields['x-amz-algorithm']}'.")
    key_id, scope = scope_of(fields["x-amz-credential"])
    at = fields["x-amz-date"]
    try:
        signed_at = unix_of(at)
    except ValueError:
        raise Incomplete(f"X-Amz-Date must be in ISO-8601 'basic format'. Got '{at}'.") from None
    token = fields.get("x-amz-security-token")
    return Claim("form", key_id, fields["x-amz-signature"], at, signed_at, scope, token=token)


def verify_post(claim: Claim, secret: str, policy: str) -> None:
    """Check that the holder of the secret signed a form's policy.

    Args:
        policy: The field as it came: base64, and that is what is signed.

    Raises:
        Mismatch: The signature is another.
    """
    if claim.scope is None:
        digest = hmac.digest(secret.encode(), policy.encode("utf-8", "surrogateescape"), "sha1")
        ours = base64.b64encode(digest).decode()
    else:
        ours = signature(derived_key(secret, claim.scope), policy)
    if not same(ours, claim.signature):
        raise Mismatch(policy, claim.signature)
