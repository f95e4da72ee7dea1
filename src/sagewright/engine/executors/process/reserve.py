"""Disk space set aside, so that the end of a program that fills the disk can still be written down.

Such a program stops everybody: its own last words, the outcome of its host and the state of its job need room on the
same disk. The host takes some before the program starts, keeps lines that cannot be written meanwhile in memory, and
gives the room back when the program has ended.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

RESERVE_BYTES = 4 << 20
HELD_LINES = 1000
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Reserve:
    """The space of one host, and its log, which outlives a full disk.

    Args:
        path: The file that takes the space.
        log: Writes lines to the log.
    """

    def __init__(self, path: Path, log: Callable[[Sequence[str]], None]) -> None:
        self._path, self._log = path, log
        self._held: list[str] = []

    def take(self) -> None:
        """Set the space aside, where the file system can; one that is full already has none."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
        except OSError:
            pass
        finally:
            os.close(descriptor)

    def give_back(self) -> None:
        """Free the space, and write the lines that were held."""
        self._path.unlink(missing_ok=True)
        self.write([])

    def write(self, lines: Sequence[str]) -> None:
        """Write lines to the log; the last of those for which there is no room are held back."""
        lines = [*self._held, *lines]
        self._held = []
        try:
            self._log(lines)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._held = lines[-HELD_LINES:]
