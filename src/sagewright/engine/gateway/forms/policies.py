"""What the policy of a form allows (Amazon S3 API Reference, "Creating a POST Policy")."""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, BinaryIO, cast

from sagewright.vocabulary.errors import ApiError

# Fields that a policy need not speak of.
_FREE = frozenset(("policy", "file", "signature", "awsaccesskeyid", "x-amz-signature", "bucket"))
_FREE_PREFIXES = ("x-ignore-", "x-amz-checksum-", "x-amz-sdk-checksum-")  # checksums only guard the bytes


@dataclass(frozen=True)
class Policy:
    """A policy: fields' conditions as `(operator, name, value)`, and how large the file may be."""

    expires_at: float
    conditions: tuple[tuple[str, str, str], ...]
    smallest_bytes: int = 0
    largest_bytes: int | None = None


def read_policy(text: str) -> Policy:
    """Read the field `policy`: JSON in base64.

    Raises:
        ApiError: `InvalidPolicyDocument`.
    """
    try:
        document = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _invalid("Invalid JSON.") from None
    if not isinstance(document, dict):
        raise _invalid("Invalid JSON.")
    for name in ("expiration", "conditions"):
        if name not in document:
            raise _invalid(f"Policy missing {name}.")
    if not isinstance(document["conditions"], list) or not document["conditions"]:
        raise _invalid("Policy missing conditions.")
    return _with_conditions(_time(document["expiration"]), document["conditions"])


def check_fields(policy: Policy, fields: Mapping[str, str], bucket: str, now: float) -> None:
    """Check a form's fields.

    Raises:
        ApiError: `AccessDenied`.
    """
    if policy.expires_at <= now:
        raise _denied("Policy expired.")
    given = {**fields, "bucket": bucket}
    for operator, name, wanted in policy.conditions:
        value = given.get(name, "")
        if not (value == wanted if operator == "eq" else _begins(name, value, wanted)):
            raise _denied(f'Policy Condition failed: ["{operator}", "${name}", "{wanted}"]')
    spoken_of = {name for _, name, _ in policy.conditions}
    extra = sorted(name for name in fields if name not in spoken_of | _FREE and not name.startswith(_FREE_PREFIXES))
    if extra:
        raise _denied(f"Extra input fields: {', '.join(extra)}")


def _begins(name: str, value: str, wanted: str) -> bool:
    """Tell whether a value begins as it must; of a list of types, each of them."""
    values = value.split(",") if name == "content-type" else [value]
    return all(one.startswith(wanted) for one in values)


def sized(policy: Policy, file: BinaryIO) -> BinaryIO:
    """Return a file whose reading raises where it is larger or smaller than the policy allows."""
    return cast("BinaryIO", _Sized(file, policy.smallest_bytes, policy.largest_bytes))


class _Sized(io.RawIOBase):
    def __init__(self, file: BinaryIO, smallest: int, largest: int | None) -> None:
        self._file, self._smallest, self._largest, self._size = file, smallest, largest, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._size += len(piece)
        if self._largest is not None and self._size > self._largest:
            raise ApiError(
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size",
                400,
                {"ProposedSize": self._size, "MaxSizeAllowed": self._largest},
            )
        if (not piece or size < 0) and size != 0 and self._size < self._smallest:
            raise ApiError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                400,
                {"ProposedSize": self._size, "MinSizeAllowed": self._smallest},
            )
        return piece

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _with_conditions(expires_at: float, conditions: Iterable[Any]) -> Policy:
    found: list[tuple[str, str, str]] = []
    smallest, largest = 0, None
    for condition in conditions:
        if isinstance(condition, dict):
            if len(condition) != 1:
                raise _invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
            found.extend(("eq", name.lower(), _word(value)) for name, value in condition.items())
            continue
        if not isinstance(condition, list) or len(condition) != 3 or not isinstance(condition[0], str):
            raise _invalid(f"Invalid condition: {json.dumps(condition)}")
        operator = condition[0].lower()
        if operator == "content-length-range":
            smallest, largest = _number(condition[1]), _number(condition[2])
        elif operator in ("eq", "starts-with") and str(condition[1]).startswith("$"):
            found.append((operator, condition[1][1:].lower(), _word(condition[2])))
        else:
            raise _invalid(f"Invalid condition: {json.dumps(condition)}")
    return Policy(expires_at, tuple(found), smallest, largest)


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise _invalid("Invalid Simple-Condition: value must be a string.")
    return value


def _number(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise _invalid("Invalid content-length-range.") from None
    if number < 0 or isinstance(value, (bool, float)):
        raise _invalid("Invalid content-length-range.")
    return number


def _time(text: Any) -> float:
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return datetime.strptime(str(text), form).replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            continue
    raise _invalid(f"Invalid 'expiration' value: '{text}'")


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidPolicyDocument", f"Invalid Policy: {message}")


def _denied(message: str) -> ApiError:
    return ApiError("AccessDenied", f"Invalid according to Policy: {message}", 403)
