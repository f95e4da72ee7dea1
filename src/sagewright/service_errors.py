"""What the service's errors say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger("sagemaker")

_EXISTS = ("Cannot create already existing", "already exists")
_EXISTS_CODES = ("ValidationException", "ResourceInUse", "ConflictException")


@contextmanager
def unless_it_exists(told: str) -> Iterator[None]:
    """Let a creation go by whose resource is there already, and say so."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code not in _EXISTS_CODES or not any(text in message for text in _EXISTS):
            raise
        logger.warning(told)


def is_missing(error: Exception) -> bool:
    """Tell whether an error says that there is nothing of that name."""
    from botocore.exceptions import ClientError

    if not isinstance(error, ClientError):
        return False
    message = error.response["Error"]["Message"].lower()
    return "could not find" in message or "not found" in message or "does not exist" in message
