"""Single values on the wire."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from sagewright.vocabulary.errors import ApiError


def to_datetime(value: Any) -> datetime:
    """Read a timestamp: unix seconds, ISO 8601 or the date of HTTP headers.

    Raises:
        ApiError: `SerializationException`.
    """
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, timezone.utc)
        try:
            return datetime.fromtimestamp(float(value), timezone.utc)
        except ValueError:
            pass
        if "," in value:
            return parsedate_to_datetime(value)
        time = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    except (ValueError, TypeError, OverflowError, OSError, AttributeError):
        raise ApiError("SerializationException", f"`{value}` is not a timestamp.") from None


def unix_seconds(value: Any) -> float:
    """Return a result's time in unix seconds, to the millisecond as the services give it."""
    return round(value.timestamp() if isinstance(value, datetime) else float(value), 3)


def time_text(value: Any, style: str) -> str:
    """Write a time as `iso8601`, `rfc822` or `unixTimestamp`."""
    seconds = unix_seconds(value)
    if style == "rfc822":
        return formatdate(seconds, usegmt=True)
    if style == "unixTimestamp":
        return f"{seconds:.3f}".rstrip("0").rstrip(".")
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def from_text(type_name: str, text: str) -> Any:
    """Read a number, boolean or timestamp from text.

    Raises:
        ApiError: `SerializationException`.
    """
    try:
        if type_name in ("integer", "long"):
            return int(text)
        if type_name in ("float", "double"):
            return float(text)
    except ValueError:
        raise ApiError("SerializationException", f"`{text}` is not a number.") from None
    if type_name == "boolean":
        return text.lower() == "true"
    if type_name == "timestamp":
        return to_datetime(text)
    return text


def to_text(type_name: str, value: Any, time_style: str) -> str:
    """Write a value as text."""
    if type_name == "timestamp":
        return time_text(value, time_style)
    if type_name == "boolean":
        return "true" if value else "false"
    return str(value)
