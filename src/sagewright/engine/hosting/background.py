"""Work that nobody waits for, in a few threads of the calling process.

When the process ends, what was taken is given `PARTING_S`. What comes while too much waits is dropped.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
import time
from collections.abc import Callable

THREADS = 4
MOST_WAITING = 256
PARTING_S = 2.0

Task = Callable[[], object]

log = logging.getLogger(__name__)


def in_background(task: Task) -> bool:
    """Have a task done soon; False: too much waits, and it is dropped."""
    return _background.take(task)


def wait(seconds: float = PARTING_S) -> bool:
    """Wait for what was taken; return whether all of it is done."""
    return _background.wait(seconds)


class _Background:
    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._open = 0

    def take(self, task: Task) -> bool:
        with self._lock:
            if self._open >= MOST_WAITING:
                return False
            self._open += 1
            grows = self._threads < min(THREADS, self._open)
            self._threads += grows
        self._tasks.put(task)
        if grows:
            threading.Thread(target=self._work, name="sagewright-background", daemon=True).start()
        return True

    def wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._open and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._open

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            try:
                task()
            except Exception:  # the border of what nobody waits for
                log.warning("a task in the background failed", exc_info=True)
            with self._lock:
                self._open -= 1


_background = _Background()
os.register_at_fork(after_in_child=_background.__init__)  # type: ignore[misc]  # the parent does what is its own
atexit.register(wait)
