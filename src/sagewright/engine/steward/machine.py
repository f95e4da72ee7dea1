"""What this machine has."""

from __future__ import annotations

import os

from sagewright import settings


def cpus() -> int:
    """Return the CPUs that jobs may use: the setting, else those this process may run on."""
    wanted = settings.CPUS.read()
    if wanted:
        return wanted
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """Return the machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
