"""How the steward is woken, and started where there is none.

The steward listens on a named pipe in the home. Whoever has written work rings: opens the pipe for writing without
waiting and writes a byte. That nobody listens shows in the opening (`ENXIO`), and then the ringer starts a steward. An
operating-system lock makes the steward single, so that several ringers may start one at the same time.

A steward that leaves gives its lock back first and looks for work once more after (`loop.py`): work that was written
while it was leaving is seen by it or by the ringer, never by neither.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

PIPE = "steward.pipe"
LOCK = "steward.lock"
LOG = "steward.log"

_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


class Bell:
    """Rings the steward of a home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def ring(self) -> None:
        """Wake the steward, starting one where none listens."""
        if not self._press():
            start_steward(self.home)

    def _press(self) -> bool:
        try:
            pipe = os.open(self.home / PIPE, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # no pipe yet, or nobody listens
            return False
        try:
            with contextlib.suppress(BlockingIOError):  # full: it has been rung often enough
                os.write(pipe, b"!")
        except BrokenPipeError:
            return False
        finally:
            os.close(pipe)
        return True


def start_steward(home: Path) -> None:
    """Start a steward in a session of its own; where one runs already, the new one leaves at once."""
    environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    environment["SAGEWRIGHT_HOME"] = str(home)
    log = os.open(home / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # The started program forks at once and its parent half ends: we wait some milliseconds, and no zombie stays.
        subprocess.run(
            [sys.executable, "-m", "sagewright.engine.steward", str(home)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment,
            start_new_session=True,
        )
    finally:
        os.close(log)
