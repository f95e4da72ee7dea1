"""Ports of model servers: no two hosts of this machine choose the same.

A server binds its port itself, seconds after its host has chosen it. Until then, and for as long as the host lives, an
abstract socket named after the port tells other hosts that it is taken; it goes with its process, however that ends.
The ports lie below those that systems choose for connections.
"""

from __future__ import annotations

import contextlib
import random
import socket
import sys
from collections.abc import Iterator

PORTS = range(20_000, 32_768)


@contextlib.contextmanager
def reserved() -> Iterator[int]:
    """Yield a loopback port that is free, and that no other host takes while the block runs."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - no secret
        with contextlib.ExitStack() as held:
            try:
                if sys.platform == "linux":
                    held.enter_context(socket.socket(socket.AF_UNIX)).bind(f"\0sagewright-port-{port}")
            except OSError:
                continue
            if is_taken(port):
                continue
            yield port
            return


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
