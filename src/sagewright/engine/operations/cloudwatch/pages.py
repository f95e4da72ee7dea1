"""Tokens of pages."""

from __future__ import annotations

from typing import Any

from sagewright.engine.operations.cloudwatch.errors import invalid_value
from sagewright.engine.operations.page_marks import mark_of, token_of

__all__ = ["mark_in", "token_of"]


def mark_in(token: str | None, like: Any) -> Any:
    """Return the mark of a token, which is like another; None: there is no token.

    Raises:
        ApiError: `InvalidParameterValue`.
    """
    try:
        return None if token is None else mark_of(token, like)
    except ValueError:
        raise invalid_value("Request parameter NextToken is invalid") from None
