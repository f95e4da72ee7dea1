"""Where S3's bucket and key stand: in the host and the path, or both in the path."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

from sagewright import settings
from sagewright.vocabulary.errors import ApiError


def bucket_and_key(host: str, path: str) -> tuple[str, str]:
    """Return bucket and key, empty where there is none.

    Args:
        host: `bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost:8080` and `bucket.` before a domain of one's own
            (`SAGEWRIGHT_DOMAIN`) name a bucket; any other host has it at the head of the path.
        path: Percent-encoded.

    Raises:
        ApiError: `InvalidURI`: the path is not UTF-8.
    """
    path = path.removeprefix("/")
    bucket = _bucket_in(host.lower(), settings.DOMAIN.read())
    if bucket:
        return bucket, _unquoted(path)
    bucket, _, key = path.partition("/")
    return _unquoted(bucket), _unquoted(key)


def _bucket_in(host: str, domain: str) -> str | None:
    for pattern in _patterns(domain):
        match = pattern.fullmatch(host)
        if match:
            return match["bucket"]
    return None


@cache
def _patterns(domain: str) -> tuple[re.Pattern[str], ...]:
    own = "|".join(re.escape(name) for name in ("localhost", domain.lower()) if name)
    return (
        re.compile(rf"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|{own})(?::\d+)?"),
        re.compile(rf"(?P<bucket>.+)\.(?:{own})(?::\d+)?"),
    )


def _unquoted(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ApiError("InvalidURI", "Couldn't parse the specified URI.") from None
