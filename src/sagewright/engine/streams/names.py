"""Names of groups and streams as names of files.

A name is percent-encoded, so that it never is a path; a long one is replaced by a digest, and a head inside says what
it is.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote, unquote

_LONGEST = 200  # bytes of a file name


def file_name(name: str) -> str:
    """Return the name of the file or folder that a group or stream is kept in."""
    encoded = quote(name, safe="", errors="surrogatepass").replace("~", "%7E").replace(".", "%2E")
    if len(encoded) <= _LONGEST:
        return encoded
    return "~" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()


def name_in(file_name: str) -> str | None:
    """Return the name that a file's name stands for; None: it is a digest."""
    if file_name.startswith("~"):
        return None
    return unquote(file_name, errors="surrogatepass") if "%" in file_name else file_name
