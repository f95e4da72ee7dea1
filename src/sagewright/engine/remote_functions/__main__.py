"""Make the environment of a function's job, and become the job's command in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sagewright.engine.remote_functions.surroundings import command_of, surround


def main() -> None:
    base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    environment = surround(base / "environment", os.environ)
    command = command_of(sys.argv[1:], base)
    os.execvpe(command[0], command, environment)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
