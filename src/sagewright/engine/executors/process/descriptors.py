"""The descriptors of a forked process."""

from __future__ import annotations

import os
from collections.abc import Iterable


def keep_only(descriptors: Iterable[int]) -> None:
    """Close every other descriptor from 3 on."""
    last = 2
    for descriptor in sorted(descriptors):
        os.closerange(last + 1, descriptor)
        last = descriptor
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))
