"""What sessions say is seen, unless the program has settled how it logs."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

logger = logging.getLogger("sagemaker")


def be_heard() -> None:
    """Let the logger `sagemaker` show what it is told on stderr, if nobody has said anything else of it."""
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
    if not logger.handlers and not logging.getLogger().handlers:
        handler = _ToStderr()
        handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
        logger.addHandler(handler)


class _ToStderr(logging.Handler):
    """Writes to what is stderr at the time: notebooks and tests put others in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            stream: TextIO = sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # noqa: BLE001 - as all handlers do: what cannot be logged is told, and stops nothing
            self.handleError(record)
