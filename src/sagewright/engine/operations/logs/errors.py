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
        raise missing(f"log {error.args[0]}") from None


def invalid_parameter(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def missing(what: str) -> ApiError:
    return ApiError("ResourceNotFoundException", f"The specified {what} does not exist.")


def exists(what: str) -> ApiError:
    return ApiError("ResourceAlreadyExistsException", f"The specified log {what} already exists")


def unbuilt(member: str) -> ApiError:
    return invalid_parameter(f"`{member}` is not built into the Sagewright engine (target `local`).")
