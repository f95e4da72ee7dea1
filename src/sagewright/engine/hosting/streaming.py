"""One exchange with a model server whose bodies are too large for memory: from a stream, into a file."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Mapping
from typing import BinaryIO

from sagewright.engine.hosting.http import Broken, TimedOut, Undelivered

CONNECT_S = 5.0
PIECE_BYTES = 1 << 20


def post(
    address: str,
    path: str,
    headers: Mapping[str, str],
    body: BinaryIO,
    size: int,
    into: BinaryIO,
    timeout_s: float,
) -> tuple[int, Mapping[str, str]]:
    """Send `size` bytes of a stream to `host:port`, write the answer's body into a file, return status and headers.

    Header names of the answer are lower-case.

    Raises:
        Undelivered: Nobody listens there.
        Broken: The server broke the connection.
        TimedOut: The answer was not there in time.
    """
    deadline = time.monotonic() + timeout_s
    connection = http.client.HTTPConnection(address, timeout=CONNECT_S, blocksize=PIECE_BYTES)
    try:
        connection.connect()
    except OSError as error:
        raise Undelivered(f"{address}: {error}") from error
    sent_at = time.time()
    try:
        _limit(connection, deadline)
        _send(connection, path, headers, body, size)
        _limit(connection, deadline)
        response = connection.getresponse()
        while True:
            _limit(connection, deadline)
            piece = response.read1(PIECE_BYTES)
            if not piece:
                break
            into.write(piece)
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return response.status, {name.lower(): value for name, value in response.headers.items()}
    except TimeoutError:
        raise TimedOut(f"no answer in {timeout_s:g} s") from None
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"{address}: {error}", sent_at, answered=False) from error
    finally:
        connection.close()


def _send(
    connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], body: BinaryIO, size: int
) -> None:
    # A server may answer, and close, before it has read all: the answer says why.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", path, body, {**headers, "Content-Length": str(size), "Connection": "close"})


def _limit(connection: http.client.HTTPConnection, deadline: float) -> None:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    if connection.sock is not None:  # the response holds it once the server will close
        connection.sock.settimeout(left_s)
