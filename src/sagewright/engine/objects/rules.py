"""What holds for objects wherever they are kept: guards, etags, parts, versions, roll-up. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import (
    EntityTooSmall,
    Guard,
    InvalidPart,
    NoSuchObject,
    ObjectInfo,
    Part,
    PreconditionFailed,
)

MIN_PART_BYTES = 5 << 20


def only_if_absent(present: ObjectInfo | None) -> None:
    """Be a guard that lets nothing be overwritten."""
    if present is not None:
        raise PreconditionFailed(f"`{present.key}` exists")


def only_over(etag: str) -> Guard:
    """Return a guard that lets only an object with this etag be overwritten, and `NoSuchObject` where there is none."""

    def guard(present: ObjectInfo | None) -> None:
        if present is None:
            raise NoSuchObject("there is no object to match")
        if present.etag != etag:
            raise PreconditionFailed(f"`{present.key}` has the etag {present.etag}")

    return guard


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
    return key.encode(errors="surrogatepass") > after.encode(errors="surrogatepass")


def is_common_prefix(text: str, prefix: str, delimiter: str) -> bool:
    """Tell whether a listing with this prefix and delimiter could show `text` as a common prefix."""
    return text.startswith(prefix) and rolled_prefix(text, prefix, delimiter) == text


def configured(configuration: Mapping[str, Any], setting: str, value: Any) -> dict[str, Any]:
    """Return a bucket's configuration with one setting replaced, or removed by None."""
    others = {name: kept for name, kept in configuration.items() if name != setting}
    return others if value is None else {**others, setting: value}


def with_texts(
    info: ObjectInfo,
    headers: Mapping[str, str] | None,
    metadata: Mapping[str, str] | None,
    tags: Mapping[str, str] | None,
) -> ObjectInfo:
    """Return an object's facts with those texts replaced that are given."""
    return replace(
        info,
        headers=dict(info.headers if headers is None else headers),
        metadata=dict(info.metadata if metadata is None else metadata),
        tags=dict(info.tags if tags is None else tags),
    )


def amended(headers: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return headers with some replaced; an empty text removes one."""
    return {name: value for name, value in {**headers, **changes}.items() if value or name not in changes}


# Versions -------------------------------------------------------------------------------------------------------------

NULL = "null"
_RANK_BYTES = 8


def keeps_versions(configuration: Mapping[str, Any]) -> bool:
    """Tell whether what is overwritten in a bucket stays."""
    return configuration.get("versioning") == "Enabled"


def has_versions(configuration: Mapping[str, Any]) -> bool:
    """Tell whether a bucket may hold versions: it keeps them, or has done so."""
    return configuration.get("versioning") is not None


def rank_at(seconds: float, newest: int | None) -> int:
    """Return the rank of a version written now over the newest one of its key. The newer, the smaller."""
    rank = -int(seconds * 1e6)
    return rank if newest is None else min(rank, newest - 1)


def new_version_id(rank: int) -> str:
    """Return a fresh id, 32 characters long, from which `rank_of` reads the rank again."""
    age = (-rank).to_bytes(_RANK_BYTES, "big", signed=True)  # so that it begins with a letter for some centuries
    return base64.urlsafe_b64encode(age + secrets.token_bytes(16)).decode()


def rank_of(version_id: str) -> int | None:
    """Return the rank in an id; None: it is none of ours."""
    try:
        content = base64.b64decode(version_id, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return -int.from_bytes(content[:_RANK_BYTES], "big", signed=True) if len(content) == _RANK_BYTES + 16 else None
