"""Connections with bounds: how many there are, how long a head is, how long a client may keep one waiting.

uvicorn's protocol reads whatever comes for as long as it comes. Here a head has a largest size and a deadline, bytes
that lead to nothing are counted, and a sweep every few seconds ends the connections of clients that have stopped to
send or to take.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SWEEP_S = 2.0


@dataclass(frozen=True)
class Bounds:
    """What is asked of clients.

    Attributes:
        head_bytes: Request line and headers together; trailers likewise.
        head_s: From the first byte of a request (or the connection's beginning) to the end of its headers.
        stalled_s: Without a byte of a body that is expected, or without one taken of a response that waits.
        slowest_bytes_s: Of a body, on average, once `stalled_s` have passed.
    """

    connections: int = 1024
    head_bytes: int = 64 << 10
    head_s: float = 20.0
    stalled_s: float = 60.0
    slowest_bytes_s: int = 256


BOUNDS = Bounds()
_FIELD_BYTES = 32  # that a field counts for beyond its text: many small ones are work, too

_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n"
    b"server: Sagewright\r\n\r\n"
)
_TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\nretry-after: 1\r\n"
    b"server: Sagewright\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol within `BOUNDS`."""

    bounds: Bounds = BOUNDS

    _head_since: float | None = None  # when a head began that has not ended
    _head_bytes = 0
    _body_since: float | None = None
    _body_bytes = 0
    _fruitless_bytes = 0  # since something was last made of what came
    _read_at = 0.0
    _write_paused_at: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_since = self._read_at = time.monotonic()
        if len(self.connections) > self.bounds.connections:
            transport.write(_TOO_MANY)
            transport.close()

    def data_received(self, data: bytes) -> None:
        if self.parser is None or self.transport.is_closing():
            return
        self._read_at = time.monotonic()
        if self._head_since is None and self._body_since is None:
            self._head_since = self._read_at
        self._fruitless_bytes += len(data)
        super().data_received(data)
        if self._fruitless_bytes > self.bounds.head_bytes and not self.transport.is_closing():
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_since, self._head_bytes = self._read_at, 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + _FIELD_BYTES)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._head_since, self._fruitless_bytes, self._head_bytes = None, 0, 0
        self._body_since, self._body_bytes = self._read_at, 0

    def on_body(self, body: bytes) -> None:
        self._fruitless_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._body_since, self._fruitless_bytes = None, 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        self._write_paused_at = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._write_paused_at = None
        super().resume_writing()

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self.bounds.head_bytes:
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()
            raise ValueError("the head is too large")  # ends the parsing

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def sweep(self, now: float) -> None:
        """End the connection if its client keeps it waiting."""
        if self._is_late(now) and not self.transport.is_closing():
            self.transport.abort()

    def _is_late(self, now: float) -> bool:
        bounds = self.bounds
        if self._write_paused_at is not None:
            return now - self._write_paused_at > bounds.stalled_s
        if self._head_since is not None:
            return now - self._head_since > bounds.head_s
        if self._body_since is None or self.flow.read_paused:
            return False
        elapsed = now - self._body_since
        return now - self._read_at > bounds.stalled_s or (
            elapsed > bounds.stalled_s and self._body_bytes < elapsed * bounds.slowest_bytes_s
        )


async def sweep(connections: set[Any]) -> None:
    """Look after connections for as long as the server lives."""
    while True:
        await asyncio.sleep(SWEEP_S)
        now = time.monotonic()
        for connection in list(connections):
            cast("BoundedProtocol", connection).sweep(now)
