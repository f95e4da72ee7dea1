"""Breaking off what a host does before its program runs: a download of hours must not outlast an order to stop."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from sagewright.engine.executors.process.folder import HostFolder


class Broken(BaseException):
    """The work was broken off. Not an `Exception`: no border may swallow it.

    Attributes:
        why: `order`, `interruption` or `max-runtime`.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@contextlib.contextmanager
def breakable(folder: HostFolder, limit_s: float | None, enter: Callable[[str], None]) -> Iterator[None]:
    """Let the steward's order (it comes with a SIGTERM), or the end of the time, break off the block.

    Raises:
        Broken: That has happened.
    """

    def look(_number: int, _frame: FrameType | None) -> None:
        if why := folder.stop_reason():
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            raise Broken(why)

    def run_out(_number: int, _frame: FrameType | None) -> None:
        enter("Stopping")
        raise Broken("max-runtime")

    before = signal.signal(signal.SIGTERM, look)
    signal.signal(signal.SIGALRM, run_out)
    signal.setitimer(signal.ITIMER_REAL, limit_s or 0.0)
    try:
        look(0, None)
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
