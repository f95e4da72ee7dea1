"""Trying again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

logger = logging.getLogger("sagemaker")

DEFAULT_SLEEP_TIME_SECONDS = 10

T = TypeVar("T")


def retries(
    max_retry_count: int, exception_message_prefix: str, seconds_to_sleep: float = DEFAULT_SLEEP_TIME_SECONDS
) -> Iterator[int]:
    """Yield the number of each try, from 0, and sleep after it.

    Raises:
        Exception: All tries were asked for.
    """
    for number in range(max_retry_count):
        yield number
        time.sleep(seconds_to_sleep)
    raise Exception(f"'{exception_message_prefix}' has reached the maximum retry count of {max_retry_count}")


def retry_with_backoff(
    callable_func: Callable[[], T], num_attempts: int = 8, botocore_client_error_code: str | None = None
) -> T:
    """Return what a function returns, having called it again while it raised; pauses double, from a second.

    Args:
        botocore_client_error_code: Only after this error of AWS's; None: after any.

    Raises:
        ValueError: No attempt is allowed.
        Exception: What the function raised at last.
    """
    if num_attempts < 1:
        raise ValueError(f"The num_attempts must be >= 1, but the given value is {num_attempts}.")
    for number in range(num_attempts - 1):
        try:
            return callable_func()
        except Exception as error:
            if botocore_client_error_code and _code_of(error) != botocore_client_error_code:
                raise
            logger.error("Retrying in attempt %s, due to %s", number + 1, error)
            time.sleep(2**number)
    return callable_func()


def _code_of(error: Exception) -> str | None:
    """Return the code of an error that AWS has answered, else None."""
    response = getattr(error, "response", None)
    return response.get("Error", {}).get("Code") if isinstance(response, dict) else None
