"""Websites of buckets: the configuration is kept for whoever asks; no web server answers for it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.operations.s3.configuration import malformed, set_, setting_of
from sagewright.engine.operations.s3.errors import invalid_argument
from sagewright.engine.parts import Caller, Params, Parts, Result

MOST_RULES = 50
_PROTOCOLS = (None, "http", "https")


def get_bucket_website(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's website configuration."""
    return dict(setting_of(parts, params, "website"))


def put_bucket_website(parts: Parts, caller: Caller, params: Params) -> Result:
    """Replace a bucket's website configuration."""
    website = params.get("WebsiteConfiguration") or {}
    _check(website)
    return set_(parts, params, "website", website)


def delete_bucket_website(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove a bucket's website configuration."""
    return set_(parts, params, "website", None)


def _check(website: Mapping[str, Any]) -> None:
    redirect_all, index = website.get("RedirectAllRequestsTo"), website.get("IndexDocument")
    if redirect_all is not None:
        if set(website) != {"RedirectAllRequestsTo"} or not redirect_all.get("HostName"):
            raise malformed()
        _check_protocol(redirect_all)
        return
    if index is None:
        raise invalid_argument(
            "IndexDocument", None, "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty"
        )
    if not index.get("Suffix") or "/" in index["Suffix"]:
        raise invalid_argument("IndexDocument", index.get("Suffix"), "The IndexDocument Suffix is not well formed")
    rules = website.get("RoutingRules") or []
    if len(rules) > MOST_RULES:
        raise malformed()
    for rule in rules:
        if not rule.get("Redirect"):
            raise malformed()
        _check_protocol(rule["Redirect"])


def _check_protocol(redirect: Mapping[str, Any]) -> None:
    if redirect.get("Protocol") not in _PROTOCOLS:
        raise malformed()
