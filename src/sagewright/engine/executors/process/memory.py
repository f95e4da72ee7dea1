"""Holds a program to the memory that its host has, as the kernel does in a container of that size.

Few users may make control groups of their own, and one means for all is better than two; so the host looks twice a
second at what the program and all that it has started hold, and kills them when that is too much. Memory that processes
share is counted once: the exact count (`Pss`) costs the kernel a walk through their pages, and is only asked for
where the sum that counts it for each of them is above the limit.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

MIB = 1 << 20
OUT_OF_MEMORY = (  # `contract.md` 1.6
    "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an "
    "instance."
)

_KILLED = 137  # by SIGKILL
_PAGE = os.sysconf("SC_PAGE_SIZE")


def excess_bytes(pid: int, limit_bytes: int, beside: Iterable[int] = ()) -> int | None:
    """Return how much memory processes and all beneath them hold, if that is above the limit; else None."""
    pids = [found for root in (pid, *beside) for found in beneath(root)]
    if sum(map(_resident_bytes, pids)) <= limit_bytes:
        return None
    held = sum(map(_own_bytes, pids))
    return held if held > limit_bytes else None


def beneath(pid: int) -> Iterator[int]:
    """Yield a process and all that it, and they, have started and that still run."""
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        yield current
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for thread in os.listdir(f"/proc/{current}/task"):
                waiting += map(int, Path(f"/proc/{current}/task/{thread}/children").read_text().split())


def kernel_kills() -> int:
    """Return how often the kernel has killed a process since it started, on this machine, for want of memory."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def kernel_has_killed(exit_code: int, failure: str | None, kills_before: int) -> bool:
    """Tell whether the kernel has killed a program, or a script that a program has started, for want of memory.

    Args:
        failure: What the program says of its failure.
        kills_before: What `kernel_kills` was when it started.
    """
    was_killed = exit_code == _KILLED or (exit_code != 0 and "OutOfMemory: " in (failure or ""))
    return was_killed and kernel_kills() > kills_before


def story(held_bytes: int, limit_bytes: int) -> str:
    """Return what to tell the user in the log."""
    return (
        f"sagewright: killed, out of memory: the program held {held_bytes // MIB} MiB, and this host has "
        f"{limit_bytes // MIB} MiB (by its instance type, or SAGEWRIGHT_MEMORY_MIB)."
    )


def _resident_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _own_bytes(pid: int) -> int:
    """Return a process's memory, of what it shares with others only its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, PermissionError):  # an old kernel, or another user's process
        return _resident_bytes(pid)
    except OSError:  # it has ended meanwhile
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
