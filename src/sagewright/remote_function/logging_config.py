"""The log of functions that run as jobs (v2's own path)."""

from __future__ import annotations

import logging
import time

NAME = "sagemaker.remote_function"


def get_logger() -> logging.Logger:
    """Return the logger `sagemaker.remote_function`, which writes to stderr with the time, in UTC."""
    logger = logging.getLogger(NAME)
    if not logger.handlers:
        logger.setLevel(logging.INFO)
        handler = logging.StreamHandler()
        handler.setFormatter(_UTCFormatter("%(asctime)s %(name)s %(levelname)-8s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    return logger


class _UTCFormatter(logging.Formatter):
    """Writes times in UTC."""

    converter = time.gmtime  # type: ignore[assignment]  # as the documentation of `logging` has it
