"""A job's log in a notebook: one output that folds, instead of a page of lines. In a terminal it is plain."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import wraps
from io import TextIOBase
from typing import Any, TypeVar

_MOST_LINES = 2_000  # that an output holds; what came before is in the job's log
_PACE_S = 0.25  # between two updates of an output
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

Function = TypeVar("Function", bound=Callable[..., Any])


def folds(kind: str) -> Callable[[Function], Function]:
    """Return a decorator of functions `(session, name, ...)` that print a job's log: in a notebook it folds."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def called(session: Any, name: str, *args: Any, **kwargs: Any) -> Any:
            with folded(f"{kind} {name}"):
                return function(session, name, *args, **kwargs)

        return called  # type: ignore[return-value]

    return decorate


@contextlib.contextmanager
def folded(title: str) -> Iterator[None]:
    """Gather what is printed into an output that folds, in a notebook; elsewhere do nothing.

    It is open while the job runs and where it fails, and closed when all went well.
    """
    if not is_notebook():
        yield
        return
    sink = _Folded(title)
    try:
        with contextlib.redirect_stdout(sink):
            yield
    except BaseException:
        sink.update(is_open=True)
        raise
    sink.update(is_open=False)


def is_notebook() -> bool:
    """Tell whether this runs in a notebook's kernel. IPython is not loaded for the question."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return type(shell).__name__ == "ZMQInteractiveShell"


class _Folded(TextIOBase):
    """Takes what is printed and shows its last lines."""

    def __init__(self, title: str) -> None:
        from IPython.display import display

        self._title, self._lines = title, deque[str]([""], _MOST_LINES)
        self._dropped, self._shown_at = 0, 0.0
        self._display = display({"text/plain": title, "text/html": self._html(True)}, raw=True, display_id=True)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        first, *more = _COLOURS.sub("", text).split("\n")
        self._lines[-1] += first
        for line in more:
            self._dropped += len(self._lines) == _MOST_LINES
            self._lines.append(line)
        if time.monotonic() - self._shown_at > _PACE_S:
            self.update(is_open=True)
        return len(text)

    def update(self, *, is_open: bool) -> None:
        """Show the output as it is now."""
        self._shown_at = time.monotonic()
        text = "\n".join(self._lines)
        self._display.update({"text/plain": text, "text/html": self._html(is_open)}, raw=True)

    def _html(self, is_open: bool) -> str:
        from html import escape

        before = [f"... {self._dropped} lines before"] if self._dropped else []
        lines = escape("\n".join([*before, *self._lines]))
        last = next((line for line in reversed(self._lines) if line.strip()), "")
        return (
            f"<details{' open' if is_open else ''}><summary>{escape(self._title)}: {escape(last[:100])}</summary>"
            f"<pre style='max-height:30em;overflow:auto'>{lines}</pre></details>"
        )
