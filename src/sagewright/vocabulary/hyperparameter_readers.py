"""Hyperparameters: strings in, typed values out, with the container's messages (`contract.md` 7.1.4)."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from typing import Any

from sagewright.vocabulary.hyperparameter_rules import InvalidHyperparameter

Parse = Callable[[str], Any]


def parse_all(given: Mapping[str, str], schema: Mapping[str, Parse], required: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of the hyperparameters that are given, by name.

    Args:
        schema: How each known hyperparameter is read; a parser raises `ValueError` that says what would be right.

    Raises:
        InvalidHyperparameter: All that is wrong, one line each.
    """
    wrong = [_unexpected(name, schema) for name in given if name not in schema]
    wrong += [f"'{name}' is a required property" for name in required if name not in given]
    values = {}
    for name, text in given.items():
        if name in schema:
            try:
                values[name] = schema[name](text)
            except ValueError as error:
                wrong.append(f"'{text}' is not valid under any of the given schemas: {name} must be {error}")
    if wrong:
        raise InvalidHyperparameter("; ".join(wrong))
    return values


def _unexpected(name: str, schema: Mapping[str, Parse]) -> str:
    near = difflib.get_close_matches(name, schema, 1)
    meant = f"; did you mean '{near[0]}'?" if near else ""
    return f"Additional properties are not allowed ('{name}' was unexpected{meant})"


def whole(low: int, high: int | None = None) -> Parse:
    """Read a whole number within bounds, which are included."""

    def parse(text: str) -> int:
        value = int(text) if text.strip().lstrip("+-").isdecimal() else None
        if value is None or value < low or (high is not None and value > high):
            upper = "" if high is None else f" and at most {high}"
            raise ValueError(f"a whole number of at least {low}{upper}")
        return value

    return parse


def number(above: float | None = None, at_least: float | None = None, below: float | None = None) -> Parse:
    """Read a finite number within bounds."""
    bounds = [
        *([f"greater than {above:g}"] if above is not None else []),
        *([f"at least {at_least:g}"] if at_least is not None else []),
        *([f"less than {below:g}"] if below is not None else []),
    ]

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if (
            not math.isfinite(value)
            or (above is not None and value <= above)
            or (at_least is not None and value < at_least)
            or (below is not None and value >= below)
        ):
            raise ValueError(" and ".join(["a number", *bounds]).replace("number and", "number", 1))
        return value

    return parse


def truth(text: str) -> bool:
    """Read `true` or `false`, in any case, as the SDK's `str(True)` and JSON's `true`."""
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError("true or false")
    return text.lower() in ("true", "1")


def word(*words: str) -> Parse:
    """Read one of some words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of [{', '.join(repr(w) for w in words)}]")
        return text

    return parse


def auto_or(parse: Parse) -> Parse:
    """Read `auto` as None, anything else with `parse`."""

    def parse_auto(text: str) -> Any:
        if text == "auto":
            return None
        try:
            return parse(text)
        except ValueError as error:
            raise ValueError(f"'auto' or {error}") from None

    return parse_auto
