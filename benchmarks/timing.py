"""Timing in turns, and how a result is printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the median seconds of both, run alternately so that both see the same weather."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def report(what: str, ours: float, theirs: float, baseline: str, goal: str) -> None:
    print(f"{what}")
    print(f"    ours {_text(ours)}, {baseline} {_text(theirs)}: {ours / theirs:.2f}x, {_text(ours - theirs)} more")
    print(f"    goal: {goal}\n")


def _text(value: float) -> str:
    return f"{value * 1e3:.3g} ms" if abs(value) < 1 else f"{value:.2f} s"
