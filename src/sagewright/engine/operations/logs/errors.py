"""Errors of CloudWatch Logs (`contract.md` 8.10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sagewright.engine.abc import NoSuchLog
from sagewright.vocabulary.errors import ApiError


@contextmanager
def log_errors() -> Iterator[None]:
    """Turn what the log store raises in the block into the service's errors."""
    try:
        yield
    except NoSuchLog as error:
        raise ApiError("ResourceNotFoundException", f"The specified log {error.args[0]} does not exist.") from None


def invalid_parameter(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def exists(what: str) -> ApiError:
    return ApiError("ResourceAlreadyExistsException", f"The specified log {what} already exists")
