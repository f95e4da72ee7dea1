"""The steward beside the server: a child process that lives as long as the server does.

A process of its own because its work is Python's: in a thread it would take the interpreter from requests, and a
request from it. In a session of its own, so that a terminal's Ctrl-C reaches the server alone, which lets it go in
order. It is looked after: one that was killed is followed by another.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

LEAVE_S = 10.0
PAUSE_S = 1.0

log = logging.getLogger(__name__)


class AttachedSteward:
    """Keeps a steward alive."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._leaving = threading.Event()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, name="steward-keeper", daemon=True)
        self._keeper.start()

    def leave(self) -> None:
        """Ask the steward to leave, and wait until it has; jobs go on."""
        self._leaving.set()
        self._keeper.join()
        self._process.terminate()
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _keep(self) -> None:
        while not self._leaving.wait(PAUSE_S):
            if self._process.poll() is not None:
                log.warning("the steward left with code %s; starting another", self._process.returncode)
                self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        from sagewright.engine.steward.bell import LOG, steward_environment

        stream = os.open(self._home / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "sagewright.engine.steward", str(self._home), "attached"],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd="/",
                env=steward_environment(self._home),
                start_new_session=True,
            )
        finally:
            os.close(stream)
