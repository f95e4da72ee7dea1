"""Gates: nobody stops an instance of a served model while somebody waits for its answer.

Each instance that takes requests has a file `gate` in its execution's folder. Whoever asks it holds a shared lock on
that file until the answer is there. Whoever wants to stop it takes the lock for himself, and removes the file under it:
who comes later finds no gate, or one that is gone, and asks another instance. Locks go with the processes that hold
them, whatever kills these.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Shut(Exception):
    """The instance takes no requests (any more)."""


@contextlib.contextmanager
def through(home: Path | None, execution_id: str) -> Iterator[None]:
    """Keep an instance from being stopped while the block asks it.

    Args:
        home: None: everything is in memory, and there are no gates.

    Raises:
        Shut: It is about to be stopped; the block has not run.
    """
    if home is None:
        yield
        return
    gate = _enter(_path(home, execution_id))
    try:
        yield
    finally:
        os.close(gate)


def make(home: Path | None, execution_id: str) -> None:
    """Let requests in; a gate that is there stays as it is."""
    if home is not None:
        with contextlib.suppress(FileNotFoundError):  # the execution has gone meanwhile
            os.close(os.open(_path(home, execution_id), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def shut(home: Path | None, execution_id: str) -> bool:
    """Let no request in any more; False: somebody is inside, and the gate stays open."""
    if home is None:
        return True
    path = _path(home, execution_id)
    try:
        gate = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(gate)
    return True


def _enter(path: Path) -> int:
    try:
        gate = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Shut from None
    try:
        fcntl.flock(gate, fcntl.LOCK_SH | fcntl.LOCK_NB)  # held by nobody else but who shuts it
        if os.fstat(gate).st_nlink:
            return gate
    except BlockingIOError:
        pass
    os.close(gate)
    raise Shut


def _path(home: Path, execution_id: str) -> Path:
    return home / "executions" / execution_id / "gate"
