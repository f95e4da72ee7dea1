"""Progress of what takes long: a bar in a terminal and in a notebook; none elsewhere, nor without tqdm."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from sagewright.folding import is_notebook

_LARGE_BYTES = 16 << 20  # less is there at once
_MANY_FILES = 50


@contextlib.contextmanager
def bytes_bar(title: str, total_bytes: int) -> Iterator[Callable[[int], None] | None]:
    """Show how much of a transfer is done; give boto3's callback, or None where there is nothing to show."""
    with _bar(title, total_bytes, total_bytes >= _LARGE_BYTES, unit="B", unit_scale=True, unit_divisor=1024) as bar:
        yield None if bar is None else bar.update


@contextlib.contextmanager
def files_bar(title: str, count: int) -> Iterator[Callable[[], Any]]:
    """Show how many files are done; give what is to be called after each."""
    with _bar(title, count, count >= _MANY_FILES, unit="file") as bar:
        yield (lambda: None) if bar is None else bar.update


@contextlib.contextmanager
def _bar(title: str, total: int, is_long: bool, **form: Any) -> Iterator[Any]:
    if not is_long or not (is_notebook() or sys.stderr.isatty()):
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    with tqdm(total=total, desc=title, leave=False, **form) as bar:
        yield bar
