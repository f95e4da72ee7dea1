"""Named pipes: an epoch of a channel each, one after another for as long as somebody reads."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sagewright.engine.data.bringing import Source, bring
from sagewright.engine.data.errors import LayoutError
from sagewright.engine.planning.document import Fetch

_LARGER_PIPE_BYTES = 1 << 20
_PATIENCE_S = 2.0

log = logging.getLogger(__name__)


class Feeder:
    """Feeds one channel, in a thread of its own: it waits for its reader, and nobody waits for it.

    Args:
        path: The pipe of epoch `n` is `<path>_<n>`. The first one is there at once, each further one when the one
            before has been read to its end or closed, and a pipe that is done with is gone.

    Attributes:
        failure: Why the data cannot be brought, if so. Its reader then gets no more, and an end a little later.
    """

    def __init__(self, fetch: Fetch, source: Source, path: Path) -> None:
        self.failure: str | None = None
        self._fetch, self._source, self._path = fetch, source, path
        self._stopping = threading.Event()
        self._current = self._make(0)
        self._thread = threading.Thread(target=self._run, name=f"pipe {fetch.channel}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the feeding, whatever it is waiting for. The program that reads has ended."""
        self._stopping.set()
        for _ in range(int(_PATIENCE_S / 0.01)):
            with contextlib.suppress(OSError):  # opening the other end wakes a thread that waits for a reader
                os.close(os.open(self._current, os.O_RDONLY | os.O_NONBLOCK))
            self._thread.join(0.01)
            if not self._thread.is_alive():
                return

    def _run(self) -> None:
        for epoch in itertools.count():
            if self.failure is not None or self._stopping.is_set():
                return
            self._feed(epoch)

    def _feed(self, epoch: int) -> None:
        pipe = None
        try:
            pipe = os.open(self._current, os.O_WRONLY | os.O_CLOEXEC)  # waits for a reader
            if self._stopping.is_set():
                return
            _enlarge(pipe)
            with contextlib.suppress(BrokenPipeError):  # the reader has had enough
                bring(self._fetch, self._source, epoch, pipe)
            self._current.unlink(missing_ok=True)
            self._current = self._make(epoch + 1)  # before the reader sees the end of this one
        except LayoutError as error:
            self._fail(str(error))
        except Exception as error:  # the border of the thread: what went wrong becomes the job's reason
            log.exception("pipe %s", self._current)
            self._fail(f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            if pipe is not None:
                os.close(pipe)

    def _fail(self, reason: str) -> None:
        """Tell why, and leave time to end the program before it takes the pipe's end for that of the data."""
        self.failure = reason
        self._stopping.wait(_PATIENCE_S)

    def _make(self, epoch: int) -> Path:
        path = self._path.with_name(f"{self._path.name}_{epoch}")
        os.mkfifo(path, 0o644)
        return path


@contextlib.contextmanager
def feeding(feeders: Sequence[Feeder]) -> Iterator[Callable[[], str | None]]:
    """Feed all channels while the block runs; lend what tells why one cannot be fed, if so.

    Start no process in the block: it would be forked beside running threads.
    """
    for feeder in feeders:
        feeder.start()
    try:
        yield lambda: next((feeder.failure for feeder in feeders if feeder.failure), None)
    finally:
        for feeder in feeders:
            feeder.stop()


def _enlarge(pipe: int) -> None:
    """Let more fit into a pipe than the usual 64 KiB, where the kernel grants it."""
    import fcntl

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _LARGER_PIPE_BYTES)
