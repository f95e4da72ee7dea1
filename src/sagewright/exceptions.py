"""Exceptions.

ValueError
└── UnexpectedStatusException      a job or endpoint has not ended as it should
    ├── CapacityError              for want of instances
    └── LocalJobFailed             of local mode (a RuntimeError too)
Exception
├── ModelStreamError               a streamed answer broke off with an error of the model
└── InternalStreamFailure          a streamed answer broke off
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class UnexpectedStatusException(ValueError):
    """A job or endpoint has another status than it should.

    Args:
        message: What happened, and why.
        allowed_statuses: The statuses that would have been good.
        actual_status: The status there is.
    """

    def __init__(self, message: str, allowed_statuses: Sequence[str], actual_status: str) -> None:
        self.allowed_statuses = allowed_statuses
        self.actual_status = actual_status
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.allowed_statuses, self.actual_status)


class CapacityError(UnexpectedStatusException):
    """There were no instances of the kind asked for."""


class LocalJobFailed(UnexpectedStatusException, RuntimeError):
    """A job of local mode has failed: v2 raises a `RuntimeError` there."""


class ModelStreamError(Exception):
    """A model's streamed answer ended in an error of the model; `code` names it."""

    def __init__(self, message: str = "An error occurred", code: str | None = None) -> None:
        self.message, self.code = message, code
        super().__init__(f"{message} (Code: {code})" if code else message)


class InternalStreamFailure(Exception):
    """A model's streamed answer broke off."""

    def __init__(self, message: str = "An error occurred") -> None:
        self.message = message
        super().__init__(message)
