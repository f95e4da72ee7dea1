"""Continuation tokens: where the next page of a listing begins, in a form that nobody should read."""

from __future__ import annotations

import base64

from sagewright.engine.operations.s3.errors import invalid_argument


def token_of(name: str) -> str:
    """Return the token of a page that begins behind a name."""
    return base64.urlsafe_b64encode(name.encode()).decode()


def name_of(token: str) -> str:
    """Return the name that a token stands for.

    Raises:
        ApiError: `InvalidArgument`: it is no token of ours. (A lenient decoder would begin from the start again.)
    """
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise invalid_argument("continuation-token", token, "The continuation token provided is incorrect") from None
