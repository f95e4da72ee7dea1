"""Points of metrics that are stored a moment later, so that nobody who invokes a model waits for a disk.

They are written by a thread within `PAUSE_S`, before this process reads metrics, and when it ends. A process that is
killed loses those of its last moment.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Sequence

from sagewright.engine.abc import Datum, MetricStore

PAUSE_S = 0.5
IDLE_ROUNDS = 20  # without a point, after which the thread ends

log = logging.getLogger(__name__)


def put_later(store: MetricStore, points: Sequence[Datum]) -> None:
    """Take points in for a store."""
    _outbox.take(store, points)


def flush() -> None:
    """Write everything that waits. Never raises."""
    _outbox.empty()


class _Outbox:
    """The points that wait in this process, and the thread that writes them while there are any."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[MetricStore, list[Datum]]] = {}
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._pause = threading.Event()  # never set
        self._runs = False

    def take(self, store: MetricStore, points: Sequence[Datum]) -> None:
        with self._lock:
            self._waiting.setdefault(id(store), (store, []))[1].extend(points)
            if self._runs:
                return
            self._runs = True
        _flush_at_the_end_of_workers()
        with contextlib.suppress(RuntimeError):  # the interpreter is ending: it is emptied once more
            threading.Thread(target=self._write, name="sagewright-metrics", daemon=True).start()

    def empty(self) -> None:
        with self._writing:
            with self._lock:
                taken = list(self._waiting.values())
                self._waiting.clear()
            for store, points in taken:
                try:
                    store.put(points)
                except Exception:  # metrics are not worth an invocation; the home may be gone
                    log.warning("%d points of metrics are lost", len(points), exc_info=True)

    def _write(self) -> None:
        idle = 0
        while True:
            self._pause.wait(PAUSE_S)
            with self._lock:
                idle = 0 if self._waiting else idle + 1
                if idle >= IDLE_ROUNDS:
                    self._runs = False
                    return
            self.empty()


def _flush_at_the_end_of_workers() -> None:
    """Let a forked worker of `multiprocessing` write what waits: it ends without what `atexit` knows."""
    if workers := sys.modules.get("multiprocessing.util"):
        workers.Finalize(None, flush, exitpriority=0)


_outbox = _Outbox()
os.register_at_fork(after_in_child=_outbox.__init__)  # type: ignore[misc]  # the child leaves to its parent what is its
atexit.register(flush)
