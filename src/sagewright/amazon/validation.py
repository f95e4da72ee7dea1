"""Checks of hyperparameters (v2's own path): each returns a function that tells whether a value will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]


def gt(minimum: Any) -> Check:
    """Let values be greater than `minimum`."""
    return lambda value: bool(value > minimum)


def ge(minimum: Any) -> Check:
    """Let values be `minimum` at least."""
    return lambda value: bool(value >= minimum)


def lt(maximum: Any) -> Check:
    """Let values be less than `maximum`."""
    return lambda value: bool(value < maximum)


def le(maximum: Any) -> Check:
    """Let values be `maximum` at most."""
    return lambda value: bool(value <= maximum)


def isin(*expected: Any) -> Check:
    """Let values be one of those given."""
    return lambda value: value in expected


def istype(expected: Any) -> Check:
    """Let values be of a type."""
    return lambda value: isinstance(value, expected)
