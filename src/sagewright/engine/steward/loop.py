"""The steward's life: take the lock, carry work on, leave when there has been none for a while."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sagewright.engine.readiness import readable
from sagewright.engine.steward.bell import LOCK, PIPE

BUSY_PAUSE_S = 0.5  # a look around even if nobody rings: a host that was killed rings no bell
IDLE_PAUSE_S = 5.0
LOCK_WAIT_S = 2.0

log = logging.getLogger(__name__)


class Reconciler(Protocol):
    """Carries the resources of one family on."""

    kind: str

    def tick(self) -> bool:
        """Do what can be done now without waiting; return whether anything is under way or waits."""
        ...


class Steward:
    """Runs reconcilers whenever the bell rings.

    Args:
        idle_s: Says after how many seconds without work it leaves.
        listening: Called when its bell can be rung.
        asked: Tells whether it has been asked to leave.
    """

    def __init__(
        self,
        home: Path,
        reconcilers: Sequence[Reconciler],
        idle_s: Callable[[], float],
        listening: Callable[[], None],
        asked: Callable[[], bool] = lambda: False,
    ) -> None:
        self._home, self._reconcilers, self._idle_s, self._listening = home, reconcilers, idle_s, listening
        self._asked = asked

    def run(self) -> None:
        """Work until there has been nothing to do for `idle_s`, until asked to leave, or until the home is gone."""
        with _Pipe(self._home) as bell:
            self._listening()
            last_work = time.monotonic()
            while self._home.is_dir() and not self._asked():
                busy = self._tick()
                if busy:
                    last_work = time.monotonic()
                elif time.monotonic() - last_work >= self._idle_s():
                    return
                self._listen(bell, BUSY_PAUSE_S if busy else min(IDLE_PAUSE_S, self._idle_s()))

    def has_work(self) -> bool:
        """Look around once."""
        return self._tick()

    def _tick(self) -> bool:
        busy = False
        for reconciler in self._reconcilers:
            try:
                busy = reconciler.tick() or busy
            except Exception:  # the border of the loop: one family must not stop the others
                log.exception("reconciling %s", reconciler.kind)
        return busy

    @staticmethod
    def _listen(bell: int, pause_s: float) -> None:
        if readable([bell], pause_s):
            with contextlib.suppress(BlockingIOError):
                while os.read(bell, 4096):
                    pass


def take_lock(home: Path, wait_s: float = LOCK_WAIT_S) -> int | None:
    """Return a descriptor that holds the home's steward lock, or None where another steward holds it."""
    lock = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline or _listens(home):
                os.close(lock)
                return None
            time.sleep(0.01)
            continue
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        return lock


def steward_pid(home: Path) -> int | None:
    """Return the process id of the home's running steward, or None."""
    try:
        lock = os.open(home / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(lock, 32, 0)
        return int(text) if text.isdigit() else None
    finally:
        os.close(lock)
    return None


def _listens(home: Path) -> bool:
    try:
        os.close(os.open(home / PIPE, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


class _Pipe:
    """The steward's end of the bell; while it is open, ringers find somebody listening."""

    def __init__(self, home: Path) -> None:
        self._path = home / PIPE

    def __enter__(self) -> int:
        with contextlib.suppress(FileExistsError):
            os.mkfifo(self._path, 0o600)
        self._reading = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._writing = os.open(
            self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC
        )  # no end-of-file between ringers
        return self._reading

    def __exit__(self, *_: object) -> None:
        os.close(self._writing)
        os.close(self._reading)
