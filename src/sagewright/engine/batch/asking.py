"""Asking a model's servers, again where that may help (`contract.md` 3.2.2)."""

from __future__ import annotations

import contextlib
import http.client
import socket
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from sagewright.engine.abc import Clock

INVOCATIONS = "/invocations"
FIRST_PAUSE_S = 0.2  # before the first retry; each one doubles it
PIECE_BYTES = 1 << 20

Body = bytes | Callable[[], contextlib.AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class Answer:
    """What the last of the model's servers has answered."""

    status: int
    content_type: str
    body: bytes


class NoAnswer(Exception):
    """The server gave no answer: the connection broke, or the time was over (`in_time` False)."""

    def __init__(self, message: str, *, in_time: bool) -> None:
        super().__init__(message)
        self.in_time = in_time


class BodyUnreadable(Exception):
    """What is sent in chunks cannot be read to its end."""


@dataclass
class Asker:
    """Speaks to the containers of one model, each answer being the next one's request. Threads may share it.

    Attributes:
        addresses: `host:port` of each container's server, in their order.
        is_up: Tells whether the servers still run; there is no point in asking dead ones again.
    """

    addresses: Sequence[str]
    timeout_s: float
    max_retries: int
    clock: Clock
    is_up: Callable[[], bool] = lambda: True
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _idle: dict[str, list[http.client.HTTPConnection]] = field(default_factory=dict)
    _is_closed: bool = False

    def ask(self, body: Body, content_type: str | None, accept: str | None, *, retries: int | None = None) -> Answer:
        """Return the answer, which may be an error's.

        Args:
            body: The bytes, or how to open what is sent in chunks.
            retries: After a 5xx or no answer; None: as many as there may be.

        Raises:
            NoAnswer: There is none, after all retries.
            BodyUnreadable: As it says.
        """
        left = self.max_retries if retries is None else retries
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                answer = self._pass_through(body, content_type, accept)
                if answer.status < 500 or left <= 0:
                    return answer
            except NoAnswer:
                if left <= 0 or not self.is_up():
                    raise
            left -= 1
            self.clock.sleep(pause_s)
            pause_s *= 2

    def parameters(self) -> tuple[int, bytes]:
        """Return status and body of the first server's `/execution-parameters`; 0: it gave no answer."""
        try:
            answer = self._exchange(self.addresses[0], "GET", "/execution-parameters", b"", {})
        except NoAnswer:
            return 0, b""
        return answer.status, answer.body

    def _pass_through(self, body: Body, content_type: str | None, accept: str | None) -> Answer:
        answer = Answer(200, content_type or "", b"")
        for number, address in enumerate(self.addresses):
            given = body if number == 0 else answer.body
            headers = {"Content-Type": answer.content_type} if answer.content_type else {}
            if accept and number == len(self.addresses) - 1:
                headers["Accept"] = accept
            answer = self._exchange(address, "POST", INVOCATIONS, given, headers)
            if answer.status >= 400:
                return answer
        return answer

    def close(self) -> None:
        """Close the idle connections, and each that is busy when it is done."""
        with self._lock:
            self._is_closed = True
            idle = [connection for connections in self._idle.values() for connection in connections]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _exchange(self, address: str, method: str, path: str, body: Body, headers: Mapping[str, str]) -> Answer:
        kept = self._take(address)
        if kept is not None:
            try:
                return self._send(kept, address, method, path, body, headers)
            except NoAnswer as error:
                if not error.in_time:
                    raise
        # A server may close a connection that has been idle; the request did not reach it.
        fresh = http.client.HTTPConnection(address, timeout=self.timeout_s)
        return self._send(fresh, address, method, path, body, headers)

    def _send(
        self,
        connection: http.client.HTTPConnection,
        address: str,
        method: str,
        path: str,
        body: Body,
        headers: Mapping[str, str],
    ) -> Answer:
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read all
                _request(connection, method, path, body, headers)
            _acknowledge_at_once(connection)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers.get("Content-Type", ""), response.read())
        except BodyUnreadable:
            connection.close()
            raise
        except TimeoutError:
            connection.close()
            message = f"Model server did not respond to {path} request within {self.timeout_s:g} seconds"
            raise NoAnswer(message, in_time=False) from None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NoAnswer(f"Unable to get response from algorithm: {error}", in_time=True) from error
        if response.will_close:
            connection.close()
        else:
            self._give_back(address, connection)
        return answer

    def _take(self, address: str) -> http.client.HTTPConnection | None:
        with self._lock:
            idle = self._idle.get(address)
            return idle.pop() if idle else None

    def _give_back(self, address: str, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.setdefault(address, []).append(connection)
                return
        connection.close()


def _request(
    connection: http.client.HTTPConnection, method: str, path: str, body: Body, headers: Mapping[str, str]
) -> None:
    if isinstance(body, bytes):
        connection.request(method, path, body, dict(headers))
        return
    with body() as stream:
        chunked = {**headers, "Transfer-Encoding": "chunked"}
        connection.request(method, path, _pieces(stream), chunked, encode_chunked=True)


def _acknowledge_at_once(connection: http.client.HTTPConnection) -> None:
    """Let a server that writes head and body one by one not wait 40 ms for the acknowledgement of the first."""
    if connection.sock is not None and sys.platform == "linux":
        with contextlib.suppress(OSError):
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    try:
        while piece := stream.read(PIECE_BYTES):
            yield piece
    except (OSError, EOFError, zlib.error) as error:
        raise BodyUnreadable(str(error)) from error
