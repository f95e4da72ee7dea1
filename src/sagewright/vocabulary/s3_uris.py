"""`s3://bucket/key`, taken apart."""

from __future__ import annotations

import re

_S3_URI = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


def split_s3_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key; the key of a bare bucket is empty.

    Raises:
        ValueError: `uri` is not an S3 URI.
    """
    match = _S3_URI.fullmatch(uri)
    if match is None:
        raise ValueError(f"not an S3 URI: `{uri}`")
    return match.group(1), match.group(2)
