"""Tokens of pages, made of marks: where a page ended, as a JSON value."""

from __future__ import annotations

import base64
import json
from typing import Any


def token_of(mark: Any) -> str:
    """Return the token of the page that follows a mark."""
    return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()


def mark_of(token: str, like: Any) -> Any:
    """Return the mark of a token.

    Args:
        like: A mark; one that is of other types, or has negative numbers, is not ours.

    Raises:
        ValueError: The token is none of ours.
    """
    mark = json.loads(base64.urlsafe_b64decode(token.encode()))
    if _types(mark) != _types(like) or any(number < 0 for number in _numbers(mark)):
        raise ValueError(token)
    return mark


def _types(mark: Any) -> Any:
    return [type(each) for each in mark] if isinstance(mark, list) else type(mark)


def _numbers(mark: Any) -> list[int]:
    return [each for each in (mark if isinstance(mark, list) else [mark]) if isinstance(each, int)]
