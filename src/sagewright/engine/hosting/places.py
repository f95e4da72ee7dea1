"""Where callers say that objects lie: S3 URIs, and addresses of S3."""

from __future__ import annotations

import re
from urllib.parse import unquote

from sagewright.vocabulary.s3_uris import split_s3_uri

_HOST_STYLE = re.compile(r"https://(?P<bucket>[^/]+)\.s3[.-][^/]*amazonaws\.com(?:\.cn)?/(?P<key>.+)")
_PATH_STYLE = re.compile(r"https://s3[.-][^/]*amazonaws\.com(?:\.cn)?/(?P<bucket>[^/]+)/(?P<key>.+)")


def place_of(location: str) -> tuple[str, str]:
    """Return bucket and key of an object.

    Raises:
        ValueError: The location names none.
    """
    for style in (_PATH_STYLE, _HOST_STYLE):
        if found := style.fullmatch(location):
            return found["bucket"], unquote(found["key"])
    bucket, key = split_s3_uri(location)
    if not key:
        raise ValueError(f"not an object: `{location}`")
    return bucket, key
