"""A second lock on the files of a SQLite database, for as long as this process has connections to it.

SQLite locks with POSIX's locks, which belong to a process: closing any descriptor of the file drops them all, whoever
has opened it. Then another process takes the database for unused, deletes the log when it leaves, and truncates the
index that this one has mapped: what is written here afterwards is lost, or the process dies of SIGBUS. Locks of an open
file description (`fcntl(2)`, "Open file description locks") conflict with those, and are dropped with their own
descriptor only. Linux has them; elsewhere nothing is guarded.

The bytes are SQLite's (`os.h`: `SHARED_FIRST`, which every user of a database in WAL mode holds; `os_unix.c`:
`UNIX_SHM_DMS`, which every user of the index holds). Both are locked for reading, as SQLite itself does.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_SET = getattr(fcntl, "F_OFD_SETLK", None) if sys.maxsize > 1 << 32 else None
_USED = (("", (1 << 30) + 2, 510), ("-shm", 128, 1))  # of which file, from which byte on, how many


class _Guard:
    """The descriptors that hold the locks, and how many connections they are held for."""

    def __init__(self, path: Path) -> None:
        self.connections = 0
        self._held: list[tuple[int, int, int]] = []  # descriptor, first byte, bytes
        with suppress(OSError):  # a file system without such locks
            for suffix, first, count in _USED:
                descriptor = os.open(f"{path}{suffix}", os.O_RDONLY)
                self._held.append((descriptor, first, count))
                _set(descriptor, first, count, fcntl.F_RDLCK)

    def unlock(self) -> None:
        """Let SQLite clear up behind its last connection; the descriptors stay open until that is closed."""
        for descriptor, first, count in self._held:
            with suppress(OSError):
                _set(descriptor, first, count, fcntl.F_UNLCK)

    def close(self) -> None:
        while self._held:
            os.close(self._held.pop()[0])


class Guards:
    """The guards of a process, by the databases' paths."""

    def __init__(self) -> None:
        self._of: dict[Path, _Guard] = {}
        self._lock = threading.RLock()  # a finaliser may close a database at any allocation

    def renew(self) -> None:
        """Begin anew in a process that was forked: what is guarded is the other one's, whose locks stay."""
        self._lock = threading.RLock()  # the thread that held it has not come along
        for guard in self._of.values():
            guard.close()
        self._of.clear()

    def hold(self, path: Path) -> None:
        """Guard a database for one more connection, which has read it."""
        if _SET is None:
            return
        with self._lock:
            guard = self._of.get(path)
            if guard is None:
                guard = self._of[path] = _Guard(path)
            guard.connections += 1

    @contextmanager
    def dropped(self, path: Path) -> Iterator[None]:
        """Guard a database for one connection less, which is closed within."""
        with self._lock:
            guard = self._of.get(path)
            if guard is not None:
                guard.connections -= 1
                if guard.connections == 0:
                    guard.unlock()
            try:
                yield
            finally:
                if guard is not None and guard.connections == 0:
                    del self._of[path]
                    guard.close()

    def __contains__(self, path: Path) -> bool:
        return path in self._of


def _set(descriptor: int, first: int, count: int, kind: int) -> None:
    assert _SET is not None
    fcntl.fcntl(descriptor, _SET, struct.pack("hhqqi", kind, os.SEEK_SET, first, count, 0))


GUARDS = Guards()
