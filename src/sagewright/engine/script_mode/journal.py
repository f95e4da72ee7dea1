"""Script mode's own lines in the job's log, in the form of the containers' toolkit."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

INFO, WARNING, ERROR = 20, 30, 40
_NAMES = {INFO: "INFO", WARNING: "WARNING", ERROR: "ERROR"}


class Journal:
    """Writes lines of at least `level` to stderr.

    It does without `logging`, whose import would cost every job more than all of these lines.
    """

    def __init__(self, level: int = INFO, name: str = "sagemaker-training-toolkit") -> None:
        self.level, self.name = level, name

    def info(self, text: str) -> None:
        self._write(INFO, text)

    def warning(self, text: str) -> None:
        self._write(WARNING, text)

    def error(self, text: str) -> None:
        self._write(ERROR, text)

    def invocation(self, environment: Mapping[str, Any], variables: Mapping[str, str], command: str) -> None:
        """Tell how the user's script is about to be started."""
        lines = "\n".join(f"{name}={value}" for name, value in variables.items())
        document = json.dumps(environment, indent=4)
        self.info(
            f"Invoking user script\n\nTraining Env:\n\n{document}\n\nEnvironment variables:\n\n{lines}\n\n"
            f"Invoking script with the following command:\n\n{command}\n\n"
        )

    def _write(self, level: int, text: str) -> None:
        if level >= self.level:
            now = time.time()
            stamp = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))},{int(now % 1 * 1000):03d}"
            sys.stderr.write(f"{stamp} {self.name} {_NAMES[level]:<8} {text}\n")
            sys.stderr.flush()


def shown(command: Sequence[str]) -> str:
    return " ".join(command)
