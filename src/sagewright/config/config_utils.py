"""What is said about configuration files (v2's own path)."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Any


def get_sagemaker_config_logger() -> logging.Logger:
    """Return the logger `sagemaker.config`. It is as the program has it: no handler and no level are set here."""
    return logging.getLogger("sagemaker.config")


def non_repeating_log_factory(logger: logging.Logger, method: str, cache_size: int = 100) -> Callable[..., None]:
    """Return a logger's method that says nothing that was among the last things it said.

    Args:
        method: `info`, `warning` or `debug`.
        cache_size: How many of the last messages count.

    Raises:
        ValueError: It is another method.
    """
    if method not in ("info", "warning", "debug"):
        raise ValueError("Not supported logging method.")
    said: deque[tuple[str, str]] = deque(maxlen=cache_size)
    log = getattr(logger, method)

    def say(message: str, *args: Any, **kwargs: Any) -> None:
        key = message, repr(args)
        if key not in said:
            log(message, *args, **kwargs)
            said.append(key)

    return say
