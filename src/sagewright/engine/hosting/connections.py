"""Kept-open connections of this process to model servers on this machine."""

from __future__ import annotations

import atexit
import http.client
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass

TIMEOUT_S = 60.0  # a model may take that long to answer (`contract.md` 2.1)
KEPT = 8  # idle connections to one server


@dataclass(frozen=True)
class Answer:
    """A model server's response; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """Nobody answered: the request was not, or not certainly, taken in."""


_idle: dict[tuple[int, str], list[http.client.HTTPConnection]] = {}
_lock = threading.Lock()


def post(address: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send a request to `host:port` and return the answer.

    Raises:
        Unreachable: There is no server (any more).
        TimeoutError: The server took the request but gave no answer in `TIMEOUT_S`.
    """
    kept = _take(address)
    if kept is not None:
        try:
            return _exchange(address, kept, path, headers, body)
        except Unreachable:
            pass  # a server may close a connection that has been idle; the request did not reach it
    return _exchange(address, http.client.HTTPConnection(address, timeout=TIMEOUT_S), path, headers, body)


@atexit.register
def close_all() -> None:
    """Close the idle connections of this process."""
    with _lock:
        for (pid, _), connections in _idle.items():
            if pid == os.getpid():
                for connection in connections:
                    connection.close()
        _idle.clear()


def _exchange(
    address: str, connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
        )
    except TimeoutError:
        connection.close()
        raise
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Unreachable(f"{address}: {error}") from error
    if response.will_close:
        connection.close()
    else:
        _give_back(address, connection)
    return answer


def _take(address: str) -> http.client.HTTPConnection | None:
    """Return an idle connection; never one that was opened before a fork."""
    with _lock:
        connections = _idle.get((os.getpid(), address))
        return connections.pop() if connections else None


def _give_back(address: str, connection: http.client.HTTPConnection) -> None:
    with _lock:
        connections = _idle.setdefault((os.getpid(), address), [])
        if len(connections) < KEPT:
            connections.append(connection)
            return
    connection.close()
