"""Checks of nested documents, put together of small ones; each names the place where a value is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sagewright.vocabulary.suggestions import hint

# Raises where a value is wrong; the second argument is where it stands, for the message.
Check = Callable[[Any, str], None]

_KINDS = {str: "text", int: "an integer", float: "a number", bool: "a truth value"}


def a(*kinds: type) -> Check:
    """Return the check that a value is of one of these types; an integer is a number as well."""
    wanted = (*kinds, int) if float in kinds else kinds

    def check(value: Any, where: str) -> None:
        if not isinstance(value, wanted):
            said = " or ".join(_KINDS.get(kind, kind.__name__) for kind in kinds)
            raise ValueError(f"`{where}` has to be {said}, not `{value!r}`")

    return check


def word(*words: str) -> Check:
    """Return the check that a value is one of these words, in upper case or in lower."""

    def check(value: Any, where: str) -> None:
        a(str)(value, where)
        if value.lower() not in words:
            known = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
            raise ValueError(f"`{where}` takes {known}, not `{value}`{hint(value, words)}")

    return check


def every(item: Check) -> Check:
    """Return the check that a value is a list whose items pass."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, list):
            raise ValueError(f"`{where}` has to be a list, not `{value!r}`")
        for index, one in enumerate(value):
            item(one, f"{where}[{index}]")

    return check


def either(*checks: Check) -> Check:
    """Return the check that a value passes one of these."""

    def check(value: Any, where: str) -> None:
        errors = []
        for one in checks:
            try:
                one(value, where)
            except ValueError as error:
                errors.append(error)
            else:
                return
        raise max(errors, key=_depth)  # the one that got furthest says most

    return check


def mapping(value_of: Check) -> Check:
    """Return the check that a value is a mapping whose values pass, whatever its keys."""

    def check(value: Any, where: str) -> None:
        _check_mapping(value, where)
        for name, one in value.items():
            value_of(one, f"{where}.{name}")

    return check


def record(optional: Mapping[str, Check], **required: Check) -> Check:
    """Return the check that a value is a mapping of members that are known, and of those that have to be there."""

    def check(value: Any, where: str) -> None:
        _check_mapping(value, where)
        for name in required:
            if name not in value:
                raise ValueError(f"`{where}` needs the member `{name}`")
        known = {**optional, **required}
        for name, one in value.items():
            if name not in known:
                raise ValueError(f"`{where}` has no member `{name}`{hint(str(name), known)}")
            known[name](one, f"{where}.{name}")

    return check


def anything(value: Any, where: str) -> None:
    """Pass."""


def _depth(error: ValueError) -> int:
    """Return how deep in the document an error is: the length of the place that it names."""
    return len(str(error).split("`")[1])


def _check_mapping(value: Any, where: str) -> None:
    if not isinstance(value, Mapping):
        raise ValueError(f"`{where}` has to be a mapping, not `{value!r}`")
