"""Finding the numbers of metrics in lines, whatever regular expressions users write (`contract.md` 1.10).

An expression may take longer than the age of the universe on an unlucky line. Nothing else of the host happens while
Python matches, but a signal does break a match off: so each batch of lines has an allowance of CPU time, and an
expression that is caught at its end loses that line, and after a few such lines its place.
"""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

ALLOWANCE_S = 1.0  # of CPU time; a megabyte of lines and forty sane expressions take a fraction of it
STRIKES = 3

Definitions = Sequence[Mapping[str, str]]


class MetricFinder:
    """Looks for metrics in lines.

    Args:
        guarded: Whether to break slow matches off; it needs the main thread and `SIGVTALRM`.

    Attributes:
        given_up: Names of the metrics that are looked for no more, since their expressions were too slow.
    """

    def __init__(self, definitions: Definitions, *, guarded: bool) -> None:
        self._patterns = [(definition["Name"], re.compile(definition["Regex"])) for definition in definitions]
        self._guarded = guarded
        self._strikes: dict[str, int] = {}
        self.given_up: list[str] = []

    def find(self, lines: Sequence[str]) -> list[tuple[str, float]]:
        """Return the metrics that lines hold, in order; a match that is no number is none."""
        found: list[tuple[str, float]] = []
        tasks = [(name, pattern, line) for line in lines for name, pattern in self._patterns]
        while tasks:
            done = 0
            with self._allowance():
                try:
                    for name, pattern, line in tasks:
                        found += _numbers(name, pattern, line)
                        done += 1
                except _TooSlow:
                    self._strike(tasks[min(done, len(tasks) - 1)][0])
            rest = tasks[done + 1 :]
            tasks = [task for task in rest if task[0] not in self.given_up]
        return found

    def _strike(self, name: str) -> None:
        self._strikes[name] = self._strikes.get(name, 0) + 1
        if self._strikes[name] == STRIKES:
            self.given_up.append(name)
            self._patterns = [(other, pattern) for other, pattern in self._patterns if other != name]

    @contextlib.contextmanager
    def _allowance(self) -> Iterator[None]:
        if not self._guarded:
            yield
            return
        before = signal.signal(signal.SIGVTALRM, _run_out)
        signal.setitimer(signal.ITIMER_VIRTUAL, ALLOWANCE_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
            signal.signal(signal.SIGVTALRM, before)


class _TooSlow(Exception):
    """The allowance is used up."""


def _run_out(_number: int, _frame: FrameType | None) -> None:
    raise _TooSlow


def _numbers(name: str, pattern: re.Pattern[str], line: str) -> list[tuple[str, float]]:
    match = pattern.search(line)
    if match and match.groups():
        with contextlib.suppress(AttributeError, ValueError):
            # XGBoost writes tabs as `#011`, and its definitions look for `\S+` (`contract.md` 7.3.3).
            return [(name, float(match.group(1).partition("#011")[0]))]
    return []
