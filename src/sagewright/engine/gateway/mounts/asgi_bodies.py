"""The body of a request, arriving in the event loop and read by a thread.

A pump in the loop takes what arrives and keeps some MiB ready; the thread that answers the request reads as from a
file. Neither waits for the other longer than it must, and what is held in memory is bounded. The pump starts with the
first read: a client that waits for `100 Continue` is told to send only when somebody wants its bytes. That a client
stops in the middle is for the server to notice (`engine/server/connections.py`), which then ends the connection.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sagewright.vocabulary.errors import ApiError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

AHEAD_BYTES = 4 << 20
DRAINED_BYTES = 32 << 20
DRAINED_S = 5.0


class IncomingBody:
    """A file-like body. `read` is for one thread; everything else belongs to the loop.

    Args:
        receive: ASGI's.
        waits: Whether the client waits for `100 Continue`.
        empty: Whether the request has none.

    Attributes:
        limit_bytes: More is refused; None: there is no limit. To be set before anything is read.
    """

    def __init__(self, receive: Receive, *, waits: bool = False, empty: bool = False) -> None:
        self._receive = receive
        self.limit_bytes: int | None = None
        self._loop = asyncio.get_running_loop()
        self._ready = threading.Condition()
        self._pieces: deque[bytes] = deque()
        self._held_bytes = 0
        self._over = empty
        self._error: ApiError | None = None
        self._space = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._asked = False
        self._dropping = False
        self._waits = waits
        self.received_bytes = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, waiting for at least one; all with a negative size; none at the end.

        Raises:
            ApiError: The body did not come whole, or is too large.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        if size == 0:
            return b""
        with self._ready:
            if not self._asked:
                self._asked = True
                self._loop.call_soon_threadsafe(self._start)
            while not (self._pieces or self._over):
                self._ready.wait()
            piece = self._take(size)
            freed = self._held_bytes < AHEAD_BYTES
        if not piece and self._error is not None:
            raise self._error
        if freed and not self._over:
            self._loop.call_soon_threadsafe(self._space.set)
        return piece

    def _take(self, size: int) -> bytes:
        taken: list[bytes] = []
        while self._pieces and size > 0:
            piece = self._pieces.popleft()
            if len(piece) > size:
                self._pieces.appendleft(piece[size:])
                piece = piece[:size]
            size -= len(piece)
            taken.append(piece)
        whole = taken[0] if len(taken) == 1 else b"".join(taken)
        self._held_bytes -= len(whole)
        return whole

    async def whole(self) -> bytes:
        """Return all of a body that is known to be small.

        Raises:
            ApiError: It did not come whole, or is too large.
        """
        self._asked = True
        await self._carry()
        if self._error is not None:
            raise self._error
        return self._take(self._held_bytes)

    async def finish(self) -> bool:
        """Pass over what nobody has read, within bounds; return whether the connection can carry another request."""
        if self._over and self._error is None:
            return True
        if self._error is not None or (self._waits and not self._asked):
            return False
        self._dropping = True
        self._asked = True
        self._start()
        self._space.set()
        assert self._pump is not None
        await asyncio.wait([self._pump], timeout=DRAINED_S)
        if not self._pump.done():
            self._pump.cancel()
            self._end(_incomplete())
        return self._error is None

    def stop(self) -> None:
        """Let nobody wait for the body any more."""
        if self._pump is not None:
            self._pump.cancel()
        self._end(_incomplete())

    def _start(self) -> None:
        if self._pump is None:
            self._pump = self._loop.create_task(self._carry())

    async def _carry(self) -> None:
        dropped_bytes = 0
        while not self._over:
            message = await self._receive()
            if message["type"] != "http.request":
                return self._end(_incomplete())
            piece = message.get("body", b"")
            self.received_bytes += len(piece)
            if self.limit_bytes is not None and self.received_bytes > self.limit_bytes:
                return self._end(too_large())
            if self._dropping:
                dropped_bytes += len(piece)
                if dropped_bytes > DRAINED_BYTES:
                    return self._end(_incomplete())
            else:
                self._put(piece)
            if not message.get("more_body", False):
                return self._end(None)
            await self._room()

    async def _room(self) -> None:
        while self._pump is not None and self._held_bytes >= AHEAD_BYTES and not self._dropping and not self._over:
            self._space.clear()
            if self._held_bytes < AHEAD_BYTES:
                return
            await self._space.wait()

    def _put(self, piece: bytes) -> None:
        if piece:
            with self._ready:
                self._pieces.append(piece)
                self._held_bytes += len(piece)
                self._ready.notify()

    def _end(self, error: ApiError | None) -> None:
        with self._ready:
            if not self._over:
                self._over, self._error = True, error
            self._ready.notify()


def _incomplete() -> ApiError:
    return ApiError(
        "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header", 400
    )


def too_large() -> ApiError:
    """Return the answer to a body that is larger than the service takes."""
    return ApiError("RequestEntityTooLarge", "The request's body is too large.", 413)
