"""Kept-open connections of this process to model servers on this machine."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sagewright.engine.hosting.http import Connection, Reply, send

KEPT = 64  # idle connections to one server
MOST_SERVERS = 16  # from which on old connections are looked for
# Servers close connections that have been idle for some seconds (gunicorn after 2): one that is closed while a request
# is on its way costs that request, so that none is used that may be about to be.
IDLE_S = 1.0
LARGEST_BODY_BYTES = 6_291_456  # of a request and of an answer (`contract.md` 2.6)


@dataclass(frozen=True)
class Answer:
    """A model server's whole response; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


_idle: dict[tuple[int, str], list[Connection]] = {}
_lock = threading.Lock()


def ask(
    address: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
    *,
    method: str = "POST",
    max_bytes: int = LARGEST_BODY_BYTES,
) -> Answer:
    """Send a request to `host:port` and return the whole answer.

    Args:
        deadline: By when the answer must have come, in seconds of the monotonic clock.

    Raises:
        Undelivered, Broken, TimedOut, TooLarge: See `http.py`.
    """
    with opened(address, path, headers, body, deadline, method=method) as reply:
        return Answer(reply.status, reply.headers, reply.read(deadline, max_bytes))


@contextlib.contextmanager
def opened(
    address: str, path: str, headers: Mapping[str, str], body: bytes, deadline: float, *, method: str = "POST"
) -> Iterator[Reply]:
    """Send a request to `host:port` and yield the answer, whose body can be read until the block ends.

    Raises:
        Undelivered, Broken, TimedOut: See `http.py`.
    """
    connection = _take(address) or Connection.open(address)
    reply = None
    try:
        reply = send(connection, method, path, headers, body, deadline)
        yield reply
    finally:
        if reply is not None and reply.finished and reply.keeps:
            _give_back(address, connection)
        else:
            connection.close()


@atexit.register
def close_all() -> None:
    """Close the idle connections of this process."""
    with _lock:
        for (pid, _), connections in _idle.items():
            if pid == os.getpid():
                for connection in connections:
                    connection.close()
        _idle.clear()


def _take(address: str) -> Connection | None:
    """Return an idle connection that is good; never one that was opened before a fork."""
    while True:
        with _lock:
            connections = _idle.get((os.getpid(), address))
            if not connections:
                return None
            connection = connections.pop()
        if time.monotonic() - connection.idle_since < IDLE_S and not connection.is_stale():
            return connection
        connection.close()


def _give_back(address: str, connection: Connection) -> None:
    connection.reused, connection.idle_since = True, time.monotonic()
    with _lock:
        if len(_idle) > MOST_SERVERS:
            _forget_idle(connection.idle_since)
        connections = _idle.setdefault((os.getpid(), address), [])
        if len(connections) < KEPT:
            connections.append(connection)
            return
    connection.close()


def _forget_idle(now: float) -> None:
    """Close what would not be used again: its servers may be long gone."""
    for key, connections in list(_idle.items()):
        if all(now - connection.idle_since >= IDLE_S for connection in connections):
            for connection in _idle.pop(key):
                connection.close()
