"""What names a group in a request, and how lists are paged."""

from __future__ import annotations

from typing import Any

from sagewright.engine.operations.logs.errors import invalid_parameter
from sagewright.engine.operations.page_marks import mark_of
from sagewright.engine.parts import Caller, Params
from sagewright.vocabulary.arns import partition_of

PAGE = 50


def group_in(params: Params) -> str:
    """Return the name of the group that a request names, or gives the ARN of.

    Raises:
        ApiError: `InvalidParameterException`: neither or both are given.
    """
    name, identifier = params.get("logGroupName"), params.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        how = "either" if name is None else "only one of"
        raise invalid_parameter(f"You must specify {how} logGroupName or logGroupIdentifier.")
    return name if name is not None else group_of(str(identifier))


def group_of(identifier: str) -> str:
    """Return the name of the group in an ARN; a name is its own."""
    _, found, rest = identifier.partition(":log-group:")
    return rest.partition(":")[0] if found else identifier


def arn_of(caller: Caller, group: str) -> str:
    return f"arn:{partition_of(caller.region)}:logs:{caller.region}:{caller.account}:log-group:{group}"


def mark_in(token: str | None, like: Any) -> Any:
    """Return the mark of a token, which is like another; None: there is no token.

    Raises:
        ApiError: `InvalidParameterException`.
    """
    try:
        return None if token is None else mark_of(token, like)
    except ValueError:
        raise invalid_parameter("The specified nextToken is invalid.") from None
