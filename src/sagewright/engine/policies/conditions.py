"""Conditions of statements (IAM User Guide, "IAM JSON policy elements: Condition operators").

Every condition of a block must hold. One holds if any of its values matches what the request brings; a negated one if
none does. What the request does not bring matches nothing.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from sagewright.engine.policies import patterns
from sagewright.engine.policies.patterns import Context, Matcher
from sagewright.engine.policies.principals import strings

_Compile = Callable[[str, bool], Matcher]

ALL_VALUES, ANY_VALUE = "forallvalues", "foranyvalue"
_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """One operator on one key of the request.

    Attributes:
        values: What compares a value of the request with one of the policy's.
        quantifier: `forallvalues`, `foranyvalue` or empty.
    """

    key: str
    values: Sequence[Matcher]
    quantifier: str = ""
    negated: bool = False
    if_exists: bool = False
    null: bool | None = None

    def holds(self, context: Context) -> bool:
        """Tell whether the request fulfils it."""
        found = context.get(self.key, ())
        if self.null is not None:
            return self.null != bool(found)
        if not found and self.if_exists:
            return True
        if self.quantifier:
            given = (self._holds_for(value, context) for value in found if value)  # an empty text is no value here
            return all(given) if self.quantifier == ALL_VALUES else any(given)
        matched = any(matches(value, context) for value in found for matches in self.values)
        return matched != self.negated

    def _holds_for(self, value: str, context: Context) -> bool:
        return any(matches(value, context) for matches in self.values) != self.negated


def conditions_of(block: Mapping[str, Any], has_variables: bool) -> Sequence[Condition]:
    """Compile a `Condition` element.

    Raises:
        ValueError: It has an operator that does not exist.
    """
    return [
        _condition(operator, key, values, has_variables)
        for operator, keys in block.items()
        for key, values in keys.items()
    ]


def keys_of(block: Mapping[str, Any]) -> Sequence[str]:
    """Return the context keys that a `Condition` element asks for, as they are written."""
    return [key for keys in block.values() for key in keys]


def is_operator(name: str) -> bool:
    """Tell whether a condition operator exists."""
    match = _NAME.fullmatch(name)
    return match is not None and (
        match[2].lower() in _OPERATORS or (match[2].lower() == "null" and not match[1] and not match[3])
    )


def is_value_of(name: str, text: str) -> bool:
    """Tell whether an operator, named without quantifier and `IfExists`, can be given a value."""
    readers: Mapping[str, Callable[[str], Any]] = {
        "numeric": _number,
        "date": timestamp,
        "ip": _network,
        "notip": _network,
    }
    for prefix, read in readers.items():
        if name.lower().startswith(prefix):
            return _read_or_none(read, text) is not None
    return True


def timestamp(text: str) -> float:
    """Return the unix time of an ISO 8601 date or of seconds since 1970.

    Raises:
        ValueError: It is neither.
    """
    if not _DATE.fullmatch(text):
        return float(text)
    moment = datetime.fromisoformat(_padded_fraction(text.upper().replace("Z", "+00:00")))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _condition(operator: str, key: str, values: Any, has_variables: bool) -> Condition:
    match = _NAME.fullmatch(operator)
    if match is None or not is_operator(operator):
        raise ValueError(f"no condition operator: `{operator}`")
    texts = [_text(value) for value in (values if isinstance(values, list) else [values])]
    name = match[2].lower()
    if name == "null":
        return Condition(key.lower(), (), null=texts[-1:] == ["true"])
    make, negated = _OPERATORS[name]
    return Condition(
        key.lower(),
        [make(text, has_variables) for text in texts],
        quantifier=(match[1] or "").lower(),
        negated=negated,
        if_exists=bool(match[3]),
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else strings(value)[0] if value is not None else ""


def _padded_fraction(text: str) -> str:
    """Give a fraction of seconds six digits: `fromisoformat` of Python 3.10 takes three or six."""
    return re.sub(r"\.(\d+)", lambda match: "." + match[1][:6].ljust(6, "0"), text, count=1)


def _ignoring_case(text: str, has_variables: bool) -> Matcher:
    return patterns.equal(text, has_variables, ignoring_case=True)


def _boolean(text: str, _: bool) -> Matcher:
    wanted = text.lower()
    return lambda value, context: value.lower() == wanted


def _binary(text: str, _: bool) -> Matcher:
    wanted = _decoded(text)
    return lambda value, context: wanted is not None and _decoded(value) == wanted


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _address(text: str, _: bool) -> Matcher:
    network = _read_or_none(_network, text)

    def matches(value: str, context: Context) -> bool:
        address = _read_or_none(_ip_address, value)
        return None not in (network, address) and address.version == network.version and address in network

    return matches


def _ip_address(text: str) -> Any:
    """Return an address; one of version 4 that comes in the clothes of version 6 is one of version 4."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> Any:
    return ipaddress.ip_network(text, strict=False)


def _compared(read: Callable[[str], Any], holds: Callable[[Any, Any], bool]) -> _Compile:
    """Return an operator that orders values: numbers or dates."""

    def make(text: str, _: bool) -> Matcher:
        wanted = _read_or_none(read, text)

        def matches(value: str, context: Context) -> bool:
            given = _read_or_none(read, value)
            return None not in (given, wanted) and holds(given, wanted)

        return matches

    return make


def _read_or_none(read: Callable[[str], Any], text: str) -> Any:
    """Return what a text says, or None: what cannot be read equals nothing."""
    try:
        return read(text)
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not a number: `{text}`") from None
    if not number.is_finite():
        raise ValueError(f"not a number: `{text}`")
    return number


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "lessthan": lambda value, wanted: value < wanted,
    "lessthanequals": lambda value, wanted: value <= wanted,
    "greaterthan": lambda value, wanted: value > wanted,
    "greaterthanequals": lambda value, wanted: value >= wanted,
}

# Operator in lower case -> what compiles a value of it, and whether it is negated.
_OPERATORS: Mapping[str, tuple[_Compile, bool]] = {
    "stringequals": (patterns.equal, False),
    "stringnotequals": (patterns.equal, True),
    "stringequalsignorecase": (_ignoring_case, False),
    "stringnotequalsignorecase": (_ignoring_case, True),
    "stringlike": (patterns.like, False),
    "stringnotlike": (patterns.like, True),
    "bool": (_boolean, False),
    "binaryequals": (_binary, False),
    "ipaddress": (_address, False),
    "notipaddress": (_address, True),
    "arnequals": (patterns.arn_like, False),
    "arnlike": (patterns.arn_like, False),
    "arnnotequals": (patterns.arn_like, True),
    "arnnotlike": (patterns.arn_like, True),
    **{f"numeric{name}": (_compared(_number, holds), False) for name, holds in _COMPARISONS.items()},
    **{f"date{name}": (_compared(timestamp, holds), False) for name, holds in _COMPARISONS.items()},
    "numericnotequals": (_compared(_number, _COMPARISONS["equals"]), True),
    "datenotequals": (_compared(timestamp, _COMPARISONS["equals"]), True),
}
