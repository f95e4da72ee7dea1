"""Words of which an argument takes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sagewright.vocabulary.suggestions import hint
from sagewright.vocabulary.variables import is_variable

Value = TypeVar("Value")


def check_choice(name: str, value: Value, known: Sequence[str]) -> Value:
    """Return a value, which is one of the words that there are, None, or something that is no text.

    Raises:
        ValueError: It is another word.
    """
    if isinstance(value, str) and not is_variable(value) and value not in known:
        raise ValueError(f"`{name}` takes {', '.join(known)}, not `{value}`{hint(value, known)}")
    return value
