"""How the steward is woken, and started where there is none.

The steward listens on a named pipe in the home. Whoever has written work rings: opens the pipe for writing without
waiting and writes a byte. That nobody listens shows in the opening (`ENXIO`), and then the ringer starts a steward. An
operating-system lock makes the steward single, so that several ringers may start one at the same time; another one,
which is handed to the new steward until it listens, lets them leave that to the first: a steward looks around when it
begins to listen, and sees whatever was written before somebody rang in vain.

A steward that leaves gives its lock back first and looks for work once more after (`loop.py`): work that was written
while it was leaving is seen by it or by the ringer, never by neither.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

PIPE = "steward.pipe"
LOCK = "steward.lock"
LOG = "steward.log"
STARTING = "steward.starting"
LONGEST_START_S = 10.0  # then another is started: a process that was forked meanwhile may have kept the lock

_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


class Bell:
    """Rings the steward of a home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def ring(self) -> None:
        """Wake the steward, starting one where none listens."""
        if not press(self.home):
            self._start()

    def _start(self) -> None:
        starting = os.open(self.home / STARTING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not (_is_held(starting) or press(self.home)):
                start_steward(self.home, starting)
        finally:
            os.close(starting)


def press(home: Path) -> bool:
    """Wake the steward if one listens; tell whether one does."""
    try:
        pipe = os.open(home / PIPE, os.O_WRONLY | os.O_NONBLOCK)
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


def start_steward(home: Path, starting: int) -> None:
    """Start a steward in a session of its own; where one runs already, the new one leaves at once.

    Args:
        starting: The descriptor that it closes when it listens.
    """
    log = os.open(home / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # The started program forks at once and its parent half ends: we wait some milliseconds, and no zombie stays.
        subprocess.run(
            [sys.executable, "-m", "sagewright.engine.steward", str(home), str(starting)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=steward_environment(home),
            start_new_session=True,
            pass_fds=[starting],
        )
    finally:
        os.close(log)


def steward_environment(home: Path) -> dict[str, str]:
    """Return the environment of a steward: this process's, without its secrets."""
    return {name: value for name, value in os.environ.items() if name not in _SECRETS} | {"SAGEWRIGHT_HOME": str(home)}


def _is_held(starting: int) -> bool:
    """Take the lock of those who start a steward; tell whether somebody does that already."""
    try:
        fcntl.flock(starting, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if time.time() - os.fstat(starting).st_mtime < LONGEST_START_S:
            return True
    os.utime(starting)
    return False
