"""Storing what several hosts have left: the last of them to end does it for all.

A host that is killed meanwhile leaves no outcome, which fails the attempt, so nothing is taken up again half-way.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from sagewright.engine.executors.process.folder import HostFolder, write_atomically

Left = Literal["done", "failed", "idle"]  # how a host ended: its program ran, it failed, it was stopped before
Store = Callable[[Sequence[Path], bool], Mapping[str, str]]


def leave(folder: HostFolder, hosts: Sequence[str], left: Left, store: Store) -> Mapping[str, str]:
    """Note that a host has ended; if all have, store what they left and return the artifacts, else none.

    Args:
        hosts: The names of all.
        store: Gets the `ml` folders of all hosts in order, and whether one of them has failed.
    """
    write_atomically(folder.path / "left", left)
    execution = folder.path.parent
    turn = os.open(execution / "gathering", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        endings = [_left(execution / host) for host in hosts]
        if None in endings or set(endings) == {"idle"} or (execution / "gathered").exists():
            return {}
        artifacts = store([HostFolder(execution / host).ml for host in hosts], "failed" in endings)
        write_atomically(execution / "gathered", "")
        return artifacts
    finally:
        os.close(turn)


def _left(path: Path) -> str | None:
    try:
        return (path / "left").read_text()
    except FileNotFoundError:
        return None
