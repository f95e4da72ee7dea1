"""Signature Version 4."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import lru_cache

from sagewright.engine.signatures.canonical import canonical_headers, canonical_paths, canonical_queries
from sagewright.engine.signatures.claims import ALGORITHM, Claim, Scope
from sagewright.engine.signatures.faults import Mismatch, UnsignedHeaders, Untimely, WrongScope

LONGEST_SKEW_S = 900
_REGION = re.compile(r"[a-z0-9-]{1,40}")
# The hash of the body stands in what is signed, whether or not its header is named; a session's token is compared.
_COVERED = frozenset(("x-amz-content-sha256", "x-amz-security-token"))


def verify(
    claim: Claim,
    secret: str,
    *,
    method: str,
    path: str,
    query: str,
    host: str,
    headers: Mapping[str, str],
    payload: str,
    is_s3: bool,
) -> None:
    """Check that the holder of the secret signed just this request.

    Args:
        path, query: As on the wire.
        headers: Under their lower-cased names.
        payload: The hash of the body, or the word that stands for it.

    Raises:
        BadSignature: `UnsignedHeaders` or `Mismatch`.
    """
    check_coverage(claim, headers)
    assert claim.scope is not None
    key = derived_key(secret, claim.scope)
    first = None
    for canonical in _canonical(claim, method, path, query, host, headers, payload, is_s3):
        to_sign = string_to_sign(claim.at, claim.scope, canonical)
        if same(signature(key, to_sign), claim.signature):
            return
        first = first or Mismatch(to_sign, claim.signature, canonical)
    assert first is not None
    raise first


def check_coverage(claim: Claim, headers: Mapping[str, str]) -> None:
    """Check that the signature covers what it must: the host, and every `x-amz-` header there is.

    Raises:
        UnsignedHeaders: It does not.
    """
    signed = set(claim.signed_headers)
    missing = [] if "host" in signed else ["host"]
    missing += sorted(name for name in headers if name.startswith("x-amz-") and name not in signed | _COVERED)
    if missing:
        raise UnsignedHeaders(tuple(missing))


def check_scope(claim: Claim, regions: tuple[str, ...], services: tuple[str, ...]) -> None:
    """Check that the credentials are for this day, region and service.

    Args:
        regions: Empty: any.
        services: The names that the service is signed as.

    Raises:
        WrongScope: They are not.
    """
    assert claim.scope is not None
    scope = claim.scope
    if scope.date != claim.at[:8]:
        raise WrongScope(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date}' != '{claim.at[:8]}', from '{claim.at}'."
        )
    if services and scope.service not in services:
        raise WrongScope(f"Credential should be scoped to correct service: '{services[0]}'.")
    if not _REGION.fullmatch(scope.region) or (regions and scope.region not in regions):
        raise WrongScope("Credential should be scoped to a valid region.", region=regions[0] if regions else "")


def check_time(claim: Claim, now: float) -> None:
    """Check that the request is neither too old nor from the future.

    Raises:
        Untimely: It is.
    """
    if claim.expires_s is not None:
        _check_expiry(claim, now)
        return
    earliest, latest = now - LONGEST_SKEW_S, now + LONGEST_SKEW_S
    if claim.signed_at < earliest:
        message = f"Signature expired: {claim.at} is now earlier than {basic(earliest)} ({basic(now)} - 15 min.)"
        raise Untimely(message, claim.signed_at, now)
    if claim.signed_at > latest:
        message = f"Signature not yet current: {claim.at} is still later than {basic(latest)} ({basic(now)} + 15 min.)"
        raise Untimely(message, claim.signed_at, now)


def _check_expiry(claim: Claim, now: float) -> None:
    assert claim.expires_s is not None
    ends = claim.signed_at + claim.expires_s
    if claim.signed_at > now + LONGEST_SKEW_S:
        raise Untimely("Request is not yet valid", claim.signed_at, now)
    if ends < now:
        raise Untimely("Request has expired", claim.signed_at, now, ends)


def _canonical(
    claim: Claim, method: str, path: str, query: str, host: str, headers: Mapping[str, str], payload: str, is_s3: bool
) -> Iterator[str]:
    """Yield the forms of the request that may have been signed, the likeliest first."""
    names = ";".join(sorted(claim.signed_headers))
    leave_out = "X-Amz-Signature" if claim.method == "query" else None
    for host_form in _hosts(host):
        lines = canonical_headers(headers, host_form, claim.signed_headers)
        for path_form in canonical_paths(path, is_s3=is_s3):
            for query_form in canonical_queries(query, leave_out):
                yield f"{method}\n{path_form}\n{query_form}\n{lines}\n{names}\n{payload}"


def _hosts(host: str) -> tuple[str, ...]:
    """A sender leaves the usual port out of what it signs; what carries the request may have written it."""
    for port in (":80", ":443"):
        if host.endswith(port):
            return (host, host.removesuffix(port))
    return (host,)


def string_to_sign(at: str, scope: Scope, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{ALGORITHM}\n{at}\n{scope}\n{digest}"


@lru_cache(maxsize=4096)
def derived_key(secret: str, scope: Scope) -> bytes:
    """Return the key of a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in (scope.date, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def signature(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), "sha256").hex()


def same(ours: str, theirs: str) -> bool:
    """Compare two signatures in a time that tells nothing of where they differ."""
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogateescape"))


def basic(unix_s: float) -> str:
    """Return a time as `20150830T123600Z`."""
    return datetime.fromtimestamp(unix_s, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
