"""Cross-origin rules of buckets: which web pages may read and write from a browser.

How a rule is chosen: Amazon S3 User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sagewright.engine.operations.s3.configuration import malformed, set_, setting_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

METHODS = ("GET", "PUT", "HEAD", "POST", "DELETE")
MOST_RULES = 100
Rule = Mapping[str, Any]


def get_bucket_cors(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's rules."""
    return {"CORSRules": setting_of(parts, params, "cors")}


def put_bucket_cors(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's rules."""
    rules = params.get("CORSConfiguration", {}).get("CORSRules") or []
    if not 1 <= len(rules) <= MOST_RULES:
        raise malformed()
    for rule in rules:
        _check(rule)
    return set_(parts, params, "cors", rules)


def delete_bucket_cors(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a bucket's rules."""
    return set_(parts, params, "cors", None)


def rule_for(rules: Sequence[Rule], origin: str, method: str, headers: Iterable[str] = ()) -> Rule | None:
    """Return the first rule that allows a method, and request headers, to pages of an origin."""
    wanted = [header.lower() for header in headers]
    for rule in rules:
        if (
            method in rule["AllowedMethods"]
            and _any_matches(rule["AllowedOrigins"], origin)
            and all(_any_matches([name.lower() for name in rule.get("AllowedHeaders", ())], name) for name in wanted)
        ):
            return rule
    return None


def allowances(rule: Rule, origin: str, wanted: Sequence[str] | None = None) -> dict[str, str]:
    """Return the headers that tell a browser what a rule allows to pages of an origin.

    Args:
        wanted: The headers that a preflight request asks for; None: it is no preflight request.
    """
    everybody = "*" in rule["AllowedOrigins"]
    found = {
        "access-control-allow-origin": "*" if everybody else origin,
        "access-control-allow-methods": ", ".join(rule["AllowedMethods"]),
        "vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    }
    if not everybody:
        found["access-control-allow-credentials"] = "true"
    if rule.get("ExposeHeaders"):
        found["access-control-expose-headers"] = ", ".join(rule["ExposeHeaders"])
    if rule.get("MaxAgeSeconds") is not None:
        found["access-control-max-age"] = str(rule["MaxAgeSeconds"])
    if wanted:
        found["access-control-allow-headers"] = ", ".join(name.lower() for name in wanted)
    return found


def _check(rule: Rule) -> None:
    if not rule.get("AllowedMethods") or not rule.get("AllowedOrigins"):
        raise malformed()
    for method in rule["AllowedMethods"]:
        if method not in METHODS:
            raise _invalid(f"Found unsupported HTTP method in CORS config. Unsupported method is {method}")
    for name, what in (("AllowedOrigins", "AllowedOrigin"), ("AllowedHeaders", "AllowedHeader")):
        for text in rule.get(name, ()):
            if text.count("*") > 1:
                raise _invalid(f'{what} "{text}" can not have more than one wildcard.')
    for text in rule.get("ExposeHeaders", ()):
        if "*" in text:
            raise _invalid(
                f'ExposeHeader "{text}" contains wildcard. We currently do not support wildcard for ExposeHeader.'
            )
    if len(rule.get("ID", "")) > 255:
        raise malformed()


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidRequest", message)


def _any_matches(patterns: Iterable[str], text: str) -> bool:
    return any(fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]")) for pattern in patterns)
