"""Where S3's bucket and key stand: in the host and the path, or both in the path."""

from __future__ import annotations

import re
from urllib.parse import unquote

_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?(?::\d+)?")


def bucket_and_key(host: str, path: str) -> tuple[str, str]:
    """Return bucket and key, empty where there is none.

    Args:
        host: `bucket.s3.us-east-1.amazonaws.com` names a bucket; any other host has it at the head of the path.
        path: Percent-encoded.
    """
    path = path.removeprefix("/")
    match = _HOST.fullmatch(host.lower())
    if match and match["bucket"]:
        return match["bucket"], unquote(path)
    bucket, _, key = path.partition("/")
    return unquote(bucket), unquote(key)
