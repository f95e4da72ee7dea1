"""The canonical form of a request, which version 4 hashes (AWS General Reference, "Create a signed AWS API request").

What a signature covers must be read in one way only. A sender may have written the path and the query string in
canonical form or in another; both forms below stand for exactly what our parsers read, so that accepting either lets
nobody change the meaning of what was signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, unquote_to_bytes

_UNRESERVED = "-_.~"
_SPACES = re.compile(r"[ \t\r\n]+")


def canonical_paths(path: str, *, is_s3: bool) -> tuple[str, ...]:
    """Return the forms of a path that may have been signed.

    S3 encodes once and normalises nothing: keys may hold `//` and `..`. Other services resolve dots and double
    slashes and encode what is encoded already.
    """
    raw = _bytes(path or "/")
    if not is_s3:
        return (_encoded(_normalised(raw), keep="/"),)
    # Segment by segment: an encoded slash stays one, as `s3_address` reads it.
    encoded = "/".join(_encoded(unquote_to_bytes(segment)) for segment in raw.split(b"/"))
    return (encoded,) if encoded == path else (encoded, path)


def canonical_queries(query: str, leave_out: str | None = None) -> tuple[str, ...]:
    """Return the forms of a query string that may have been signed.

    Args:
        leave_out: The name of the signature itself.
    """
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    if leave_out is not None:
        pairs = [pair for pair in pairs if pair[0] != leave_out]
    read = _joined([(_reencoded(name), _reencoded(value)) for name, value in pairs])
    written = _joined(pairs)
    return (read,) if read == written else (read, written)


def canonical_headers(headers: Mapping[str, str], host: str, names: tuple[str, ...]) -> str:
    """Return the lines of the signed headers, in order of their names."""
    lines = []
    for name in sorted(names):
        value = host if name == "host" else headers.get(name, "")
        lines.append(f"{name}:{_trimmed(value)}\n")
    return "".join(lines)


def _trimmed(value: str) -> str:
    """Return a header's value without the spaces that do not count, as the UTF-8 that its sender wrote."""
    if value.isascii():
        return " ".join(value.split())
    with suppress(UnicodeEncodeError):
        value = value.encode("latin-1").decode("utf-8", "surrogateescape")  # carriers hand bytes over as Latin-1
    return _SPACES.sub(" ", value).strip(" ")


def _joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _reencoded(text: str) -> str:
    """Return a name or a value as it is read (`+` is a space) in its one encoding."""
    return _encoded(unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogateescape")))


def _encoded(raw: bytes, keep: str = "") -> str:
    return quote(raw, safe=_UNRESERVED + keep)


def _bytes(text: str) -> bytes:
    """Return the bytes of a path; carriers may hand bytes over as Latin-1 or as UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _normalised(path: bytes) -> bytes:
    """Resolve `.`, `..` and doubled slashes (RFC 3986, section 5.2.4)."""
    kept: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    text = b"/" + b"/".join(kept)
    return text + b"/" if kept and path.endswith((b"/", b"/.", b"/..")) else text
