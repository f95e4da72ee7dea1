"""What all filter patterns have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sagewright.engine.operations.logs.errors import invalid_parameter
from sagewright.engine.operations.logs.patterns.expressions import searcher
from sagewright.vocabulary.errors import ApiError


@dataclass(frozen=True)
class Pattern:
    """A filter pattern.

    Attributes:
        matches: Tells whether an event's message is meant.
        values: Returns what the pattern names in a message that is meant: `$.latency`, `$status`, `$3`.
        value: Returns the value of one selector in a message; None: it has none.
    """

    matches: Callable[[str], bool]
    values: Callable[[str], Mapping[str, str]]
    value: Callable[[str, str], Any]


def nothing(*_: str) -> Mapping[str, str]:
    """Return the values of a pattern that names none."""
    return {}


def no_value(*_: str) -> None:
    """Return the value of a selector in a message that has no parts."""
    return


def invalid(why: str = "") -> ApiError:
    """Return the error of a pattern that cannot be read."""
    return invalid_parameter(f"Invalid filter pattern{': ' if why else ''}{why}")


Test = Callable[[Any], bool]


def comparison(operator: str, word: str, *, is_quoted: bool) -> Test:
    """Return the test of a value against a word: a number, a text with wildcards, or a regular expression.

    Raises:
        ApiError: `InvalidParameterException`: an order was asked of what is no number.
    """
    if not is_quoted and len(word) > 1 and word.startswith("%") and word.endswith("%"):
        found = searcher(word[1:-1])
        return _equality(operator, lambda value: found(_text(value)))
    number = None if is_quoted else number_of(word)
    if operator in _ORDERS:
        if number is None:
            raise invalid(f"`{operator}` needs a number, not `{word}`.")
        order, bound = _ORDERS[operator], number
        return lambda value: (own := number_of(value)) is not None and order(own, bound)
    if number is not None:
        same = number
        return _equality(operator, lambda value: number_of(value) == same or _text(value) == word)
    return _equality(operator, _like(word))


def number_of(value: Any) -> float | None:
    """Return a value as a number; None: it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def _equality(operator: str, test: Test) -> Test:
    return test if operator == "=" else lambda value: not test(value)


def _like(word: str) -> Test:
    """Return the test of a text with `*` at its beginning or end, or both."""
    core = word.strip("*")
    starts, ends = not word.startswith("*"), not word.endswith("*")
    if not core:
        return lambda _: bool(word)
    if starts and ends:
        return lambda value: _text(value) == word
    if starts:
        return lambda value: _text(value).startswith(core)
    if ends:
        return lambda value: _text(value).endswith(core)
    return lambda value: core in _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
