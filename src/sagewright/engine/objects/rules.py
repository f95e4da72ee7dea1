"""What holds for objects wherever they are kept: preconditions, etags, parts, roll-up. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import (
    EntityTooSmall,
    InvalidPart,
    NoSuchObject,
    ObjectInfo,
    Part,
    PreconditionFailed,
)

MIN_PART_BYTES = 5 << 20


def check_conditions(key: str, present: ObjectInfo | None, if_absent: bool, if_etag: str | None) -> None:
    """Let a conditional write pass or raise.

    Raises:
        NoSuchObject: An etag was asked for and there is no object.
        PreconditionFailed: The object exists and should not, or has another etag.
    """
    if if_absent and present:
        raise PreconditionFailed(f"`{key}` exists")
    if if_etag is None:
        return
    if present is None:
        raise NoSuchObject(key)
    if present.etag != if_etag:
        raise PreconditionFailed(f"`{key}` has the etag {present.etag}")


def verify_md5(found: bytes, expected: bytes | None) -> None:
    """Raise `ValueError` where bytes do not have the digest their sender gave."""
    if expected is not None and found != expected:
        raise ValueError(f"the bytes have the MD5 digest {found.hex()}, not {expected.hex()}")


def check_parts(asked: Sequence[tuple[int, str]], stored: Mapping[int, Part]) -> Sequence[Part]:
    """Return the parts that a completion names.

    Raises:
        InvalidPart: None is named, or one is missing or has another etag.
        EntityTooSmall: One that is not the last has less than 5 MiB.
    """
    if not asked:
        raise InvalidPart("no part is named")
    for number, etag in asked:
        if number not in stored or stored[number].etag != etag.strip('"'):
            raise InvalidPart(f"part {number} with the etag `{etag}` was not uploaded")
    chosen = [stored[number] for number, _ in asked]
    for part in chosen[:-1]:
        if part.size < MIN_PART_BYTES:
            raise EntityTooSmall(f"part {part.number} has {part.size} bytes")
    return chosen


def joined_etag(parts: Sequence[Part]) -> str:
    """Return the etag of a multipart object: the MD5 of its parts' MD5s, a dash and their number."""
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"


def rolled_prefix(key: str, prefix: str, delimiter: str) -> str | None:
    """Return the common prefix that a key is rolled up to; None: it is listed itself."""
    end = key.find(delimiter, len(prefix)) if delimiter else -1
    return None if end < 0 else key[: end + len(delimiter)]


def standing_after(key: str, prefix: str, delimiter: str, after: str) -> bool:
    """Tell whether a key stands behind the bound `after` of a listing, which may be a common prefix of it."""
    if is_common_prefix(after, prefix, delimiter) and key.startswith(after):
        return False
    return key.encode() > after.encode()


def is_common_prefix(text: str, prefix: str, delimiter: str) -> bool:
    """Tell whether a listing with this prefix and delimiter could show `text` as a common prefix."""
    return text.startswith(prefix) and rolled_prefix(text, prefix, delimiter) == text


def configured(configuration: Mapping[str, Any], setting: str, value: Any) -> dict[str, Any]:
    """Return a bucket's configuration with one setting replaced, or removed by None."""
    others = {name: kept for name, kept in configuration.items() if name != setting}
    return others if value is None else {**others, setting: value}
