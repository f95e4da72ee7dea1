"""Single values on the wire."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from sagewright.vocabulary.errors import ApiError

RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """A value on the wire is none of its type; the message says why, in words for the client."""


@contextmanager
def unreadable_as(code: str, status: int = 400) -> Iterator[None]:
    """Answer what cannot be read within with a protocol's own code."""
    try:
        yield
    except Unreadable as error:
        raise ApiError(code, str(error), status) from None


def to_datetime(value: Any) -> datetime:
    """Read a timestamp: unix seconds, ISO 8601 or the date of HTTP headers.

    Raises:
        Unreadable: It is none.
    """
    try:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        if isinstance(value, (int, float)):
            return _of_seconds(value)
        if _NUMBER.fullmatch(value):
            return _of_seconds(float(value))
        if "," in value[:10]:
            time = parsedate_to_datetime(value)
            return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
        return _of_iso(value)
    except (ValueError, TypeError, OverflowError, OSError, AttributeError, IndexError):
        raise Unreadable(f"`{str(value)[:100]}` is not a timestamp.") from None


def _of_seconds(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _of_iso(text: str) -> datetime:
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    microsecond = int((match[7] or "0").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, microsecond, _zone(match[8]))


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return timezone.utc
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def unix_seconds(value: Any) -> float:
    """Return a result's time in unix seconds, to the millisecond as the services give it."""
    return round(value.timestamp() if isinstance(value, datetime) else float(value), 3)


def time_text(value: Any, style: str) -> str:
    """Write a time as `iso8601`, `iso8601 with milliseconds` (S3 always gives them), `rfc822` or `unixTimestamp`."""
    seconds = unix_seconds(value)
    if style == "rfc822":
        return formatdate(seconds, usegmt=True)
    if style == "unixTimestamp":
        return f"{seconds:.3f}".rstrip("0").rstrip(".")
    text = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    return (text.removesuffix(".000") if style == "iso8601" else text) + "Z"


def from_text(type_name: str, text: str) -> Any:
    """Read a number, boolean or timestamp from text.

    Raises:
        Unreadable: It is none.
    """
    if type_name in RANGES:
        return _integer(type_name, text)
    if type_name in ("float", "double"):
        return _number(text)
    if type_name == "boolean":
        return _boolean(text)
    return to_datetime(text) if type_name == "timestamp" else text


def _integer(type_name: str, text: str) -> int:
    low, high = RANGES[type_name]
    if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
        raise Unreadable(f"`{text[:100]}` is not a number from {low} to {high}.")
    return int(text)


def _number(text: str) -> float:
    if text in NOT_FINITE:
        return NOT_FINITE[text]
    if not _NUMBER.fullmatch(text) or math.isinf(float(text)):
        raise Unreadable(f"`{text[:100]}` is not a number.")
    return float(text)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise Unreadable(f"`{text[:100]}` is neither true nor false.")
    return text.lower() == "true"


def from_base64(text: str) -> bytes:
    """Read bytes.

    Raises:
        Unreadable: They are not in base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"`{text[:100]}` is not base64.") from None


def whole_text(value: str) -> str:
    """Return text that Unicode allows: JSON's escapes can write halves of characters, which no store keeps.

    Raises:
        Unreadable: It holds one.
    """
    if not value.isascii() and _SURROGATE.search(value):
        raise Unreadable("A string holds half of a surrogate pair.")
    return value


def to_text(type_name: str, value: Any, time_style: str) -> str:
    """Write a value as text."""
    if type_name == "timestamp":
        return time_text(value, time_style)
    if type_name == "boolean":
        return "true" if value else "false"
    if type_name in ("float", "double"):
        return str(finite_or_word(value))
    return str(value)


def finite_or_word(value: float) -> float | str:
    """Return a number, or its word where it is none."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
