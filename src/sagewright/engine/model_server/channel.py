"""What the front and a worker say to each other: frames of JSON and bytes over a socket."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, NamedTuple

from sagewright.engine.readiness import readable

# From the front.
SETUP, REQUEST, CANCEL = 1, 2, 3
# From the worker. A stream is BEGIN, any number of PIECE, and END or BROKEN.
READY, FAILED, ANSWER, BEGIN, PIECE, END, BROKEN = 11, 12, 13, 14, 15, 16, 17

_HEAD = struct.Struct("!BIQ")


class Frame(NamedTuple):
    """One message."""

    kind: int
    facts: dict[str, Any]
    body: bytes


class Gone(Exception):
    """The other end has closed the channel, or died."""


class Channel:
    """One end. Each end is used by one thread at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, kind: int, facts: dict[str, Any] | None = None, body: bytes = b"") -> None:
        """Send a frame.

        Raises:
            Gone: Nobody is there.
            TimeoutError: The other end does not take it in.
        """
        text = json.dumps(facts).encode() if facts else b""
        head = _HEAD.pack(kind, len(text), len(body)) + text
        try:
            if len(body) < 1 << 16:
                self._connection.sendall(head + body)
            else:
                self._connection.sendall(head)
                self._connection.sendall(body)
        except TimeoutError:
            raise
        except OSError as error:
            raise Gone from error

    def receive(self, timeout_s: float | None = None) -> Frame:
        """Return the next frame.

        Args:
            timeout_s: Seconds without a byte; None: for ever.

        Raises:
            Gone: Nobody is there.
            TimeoutError: Nothing came in time.
        """
        self._connection.settimeout(timeout_s)
        kind, text_bytes, body_bytes = _HEAD.unpack(self._read(_HEAD.size))
        facts = json.loads(self._read(text_bytes)) if text_bytes else {}
        return Frame(kind, facts, self._read(body_bytes))

    def is_waiting(self) -> bool:
        """Tell whether the other end has said something, or has gone."""
        return bool(readable([self._connection], 0))

    def close(self) -> None:
        self._connection.close()

    def _read(self, count: int) -> bytes:
        if count == 0:
            return b""
        pieces = []
        while count:
            try:
                piece = self._connection.recv(min(count, 1 << 20))
            except TimeoutError:
                raise
            except OSError as error:
                raise Gone from error
            if not piece:
                raise Gone
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
