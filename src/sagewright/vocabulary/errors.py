"""The one exception that crosses the engine's door.

Exception
└── ApiError            an AWS error: code, message, HTTP status
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An error as an AWS service answers it.

    Args:
        code: AWS's error code, for example ``ValidationException``.
        message: What the client reads. For people it may end in a line ``hint: ...``.
        status: HTTP status.
        members: Further members of a modelled error, for example ``OriginalStatusCode`` of ``ModelError``.
    """

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status
        self.members: Mapping[str, Any] = members or {}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.code, self.message, self.status, dict(self.members)))


def validation_error(message: str) -> ApiError:
    """Return SageMaker's answer to bad input, ``ValidationException`` 400 (`contract.md` 8.2)."""
    return ApiError("ValidationException", message)
