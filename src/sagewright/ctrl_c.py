"""Ctrl-C while a job is followed: the job goes on by itself, so what is meant is asked, or said."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagewright.session import Session

QUESTION = "\n{job} goes on without this program. [d]etach, [s]top it, or [c]ontinue following? "


class PatientFollower:
    """Lets a Ctrl-C take effect between two looks at a job, when every line that was fetched has been printed.

    A second one while the first waits takes effect at once. Outside the main thread, and where the program has a
    handler of its own, nothing is changed.

    Args:
        stop: Tells the job to stop; None: that of a training job.
        ways: How to come back to it; None: those to a training job.
    """

    def __init__(
        self, session: Session, job: str, stop: Callable[[], object] | None = None, ways: str | None = None
    ) -> None:
        self._job = job
        self._stop = stop or partial(session.stop_training_job, job)
        self._ways = ways or _ways_to_training_job(job)
        self._asleep = self._pending = self._is_ours = False

    def __enter__(self) -> PatientFollower:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)
            self._is_ours = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def rest(self, wait: Callable[[], None]) -> None:
        """Wait, and heed a Ctrl-C that comes meanwhile or has come since the last time.

        Raises:
            KeyboardInterrupt: The user does not want to follow the job any more.
        """
        try:
            self._asleep = True
            if self._pending:
                raise KeyboardInterrupt
            wait()
        except KeyboardInterrupt:
            self._pending = self._asleep = False
            self._decide()
        finally:
            self._asleep = False

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self._asleep or self._pending:
            raise KeyboardInterrupt
        self._pending = True

    def _decide(self) -> None:
        """Return to follow on; raise `KeyboardInterrupt` to leave."""
        answer = _ask(QUESTION.format(job=self._job)) if _is_interactive() else "d"
        if answer == "s":
            self._stop()
        elif answer != "c":
            print(f"\n{self._job} goes on. {self._ways}", file=sys.stderr)  # noqa: T201
            raise KeyboardInterrupt


def _is_interactive() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _ask(question: str) -> str:
    """Return the answer's first letter; no answer, or another Ctrl-C, means to detach."""
    while True:
        try:
            answer = input(question).strip().lower()[:1]
        except (EOFError, KeyboardInterrupt):
            return "d"
        if answer in ("d", "s", "c"):
            return answer


def _ways_to_training_job(job: str) -> str:
    return (
        f"Follow it again with session.logs_for_job({job!r}, wait=True), get an estimator with "
        f"Estimator.attach({job!r}), end it with session.stop_training_job({job!r})."
    )
