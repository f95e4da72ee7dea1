"""Tokens of pages."""

from __future__ import annotations

import base64
import json
from typing import Any

from sagewright.engine.operations.cloudwatch.errors import invalid_value


def token_of(mark: Any) -> str:
    """Return the token of a page that follows a mark, a JSON value."""
    return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()


def mark_in(token: str | None, like: Any) -> Any:
    """Return the mark of a token; None: there is no token.

    Args:
        like: A mark; one that is of other types is not ours.

    Raises:
        ApiError: `InvalidParameterValue`.
    """
    if token is None:
        return None
    try:
        mark = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        mark = None
    if _types(mark) != _types(like) or any(each < 0 for each in _numbers(mark)):
        raise invalid_value("Request parameter NextToken is invalid")
    return mark


def _types(mark: Any) -> Any:
    return [type(each) for each in mark] if isinstance(mark, list) else type(mark)


def _numbers(mark: Any) -> list[int]:
    return [each for each in (mark if isinstance(mark, list) else [mark]) if isinstance(each, int)]
