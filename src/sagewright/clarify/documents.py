"""Parts of an analysis' document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]


class WrongArgumentsError(ValueError, AssertionError):
    """Arguments that contradict each other; v2 asserts that they don't, and is caught as such."""


def given(members: Mapping[str, Any]) -> Document:
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def shown(owner: object, document: Document) -> str:
    """Return an object's repr that tells its part of the document."""
    return f"{type(owner).__name__}({', '.join(f'{name}={value!r}' for name, value in document.items())})"
