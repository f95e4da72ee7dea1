"""HTTP/1.1 as model servers speak it: kept connections, one thread each, bodies of either framing both ways.

The standard library's handler parses headers as an e-mail, which takes longer than a prediction does; these few headers
are parsed here. When told to stop, the server answers what has reached it, and what is under way, before it ends.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from types import FrameType, MappingProxyType
from typing import BinaryIO, NamedTuple

from sagewright.vocabulary.content_types import JSON

LARGEST_BODY_BYTES = 25 << 20
LONGEST_LINE_BYTES = 16 << 10
MOST_HEADERS = 100
LINGER_S = 1.0  # for a client to go on sending what is not wanted
DRAIN_S = 25.0  # for the answers under way when told to stop; SIGKILL comes after 30 s (`contract.md` 2.1)

_JOINED_BYTES = 64 << 10  # a body up to this goes out in one piece with its head
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Request(NamedTuple):
    """A parsed request; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """What is sent back.

    Attributes:
        body: Bytes, or pieces that go out as they come; an iterator is closed when the client has gone.
    """

    status: int
    body: bytes | Iterator[bytes] = b""
    content_type: str = JSON
    headers: Mapping[str, str] = _NO_HEADERS


Answer = Callable[[Request], Response]


class BadRequest(Exception):
    """The request cannot be answered.

    Args:
        status: HTTP status.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def error_response(status: int, message: str) -> Response:
    """Log an error and return the response that tells it."""
    print(f"{status} {message}", file=sys.stderr, flush=True)  # noqa: T201
    return Response(status, json.dumps({"error": message}).encode())


class Server:
    """Answers on a loopback port.

    Args:
        port: 0: any that is free; `port` tells which.
    """

    def __init__(self, answer: Answer, port: int, largest_body_bytes: int = LARGEST_BODY_BYTES) -> None:
        self.answer, self.largest_body_bytes = answer, largest_body_bytes
        self.stopping = False
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self._listener.setblocking(False)
        self._waking, self._woken = socket.socketpair()
        self._open: set[_Connection] = set()
        self._changed = threading.Condition()

    @property
    def port(self) -> int:
        number: int = self._listener.getsockname()[1]
        return number

    def serve(self) -> None:
        """Answer until told to stop; return when all answers are out, or `DRAIN_S` over."""
        sources = [self._listener, self._woken]
        while not self.stopping:
            ready, _, _ = select.select(sources, [], [])
            if self._listener in ready:
                self._accept()
        while self._accept():  # who has connected before that is answered
            pass
        self._listener.close()
        self._drain()
        self._waking.close()
        self._woken.close()

    def stop(self) -> None:
        """Tell the server to stop; from a signal's handler too."""
        self.stopping = True
        with suppress(OSError):
            self._waking.send(b"!")

    def stop_on_sigterm(self) -> None:
        """Stop when the process gets SIGTERM."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        signal.signal(signal.SIGTERM, stop)

    def forget(self, connection: _Connection) -> None:
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def _accept(self) -> bool:
        try:
            accepted, _ = self._listener.accept()
        except BlockingIOError:
            return False
        except OSError as error:  # out of descriptors: others will be given back
            print(f"cannot accept a connection: {error}", file=sys.stderr, flush=True)  # noqa: T201
            time.sleep(0.05)
            return False
        accepted.setblocking(True)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(self, accepted)
        with self._changed:
            self._open.add(connection)
        threading.Thread(target=connection.run, daemon=True).start()
        return True

    def _drain(self) -> None:
        with self._changed:
            for connection in self._open:
                connection.end_when_idle()
            self._changed.wait_for(lambda: not self._open, DRAIN_S)


class _Connection:
    def __init__(self, server: Server, connection: socket.socket) -> None:
        self._server, self._connection = server, connection
        self._is_idle = True

    def run(self) -> None:
        try:
            with self._connection, self._connection.makefile("rb") as stream, suppress(OSError, ValueError):
                while self._exchange(stream):
                    pass
        finally:
            self._server.forget(self)

    def end_when_idle(self) -> None:
        """Let the client send nothing more, where it is not sending; what it has sent already is still read."""
        if self._is_idle:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)

    def _exchange(self, stream: BinaryIO) -> bool:
        """Answer one request; return whether the connection goes on."""
        self._is_idle = True
        if self._server.stopping:  # looked at after the line before, as `_drain` does in the other order: one sees it
            self.end_when_idle()
        line = stream.readline(LONGEST_LINE_BYTES)
        self._is_idle = False
        try:
            request = read_request(line, stream, self._server.largest_body_bytes, self._send_continue)
        except BadRequest as error:
            self._send(error_response(error.status, str(error)), keep=False)
            self._read_to_end(stream)
            return False
        if request is None:
            return False
        keep = request.headers.get("connection", "").lower() != "close"
        response = self._server.answer(request)
        keep = keep and not self._server.stopping
        if not isinstance(response.body, bytes):
            return self._send_pieces(response, response.body, keep=keep)
        self._send(response, keep=keep)
        return keep

    def _send(self, response: Response, *, keep: bool) -> None:
        body = response.body
        assert isinstance(body, bytes)
        head = _head(response, f"Content-Length: {len(body)}", keep=keep)
        if len(body) <= _JOINED_BYTES:
            self._connection.sendall(head + body)
            return
        self._connection.sendall(head)
        self._connection.sendall(body)

    def _send_pieces(self, response: Response, pieces: Iterator[bytes], *, keep: bool) -> bool:
        """Send a body in chunks; one that breaks off has no end, by which the client knows."""
        try:
            self._connection.sendall(_head(response, "Transfer-Encoding: chunked", keep=keep))
            for piece in pieces:
                if piece:
                    self._connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            self._connection.sendall(b"0\r\n\r\n")
        except Exception as error:  # noqa: BLE001 - whatever the pieces raise; what has been sent cannot be taken back
            print(f"the answer has broken off: {error}", file=sys.stderr, flush=True)  # noqa: T201
            return False
        finally:
            if close := getattr(pieces, "close", None):
                close()
        return keep

    def _read_to_end(self, stream: BinaryIO) -> None:
        """Take in what the client still sends: closing before that would take the answer from it."""
        self._connection.shutdown(socket.SHUT_WR)
        self._connection.settimeout(LINGER_S)
        while stream.read(1 << 16):
            pass

    def _send_continue(self) -> None:
        self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def _head(response: Response, framing: str, *, keep: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {response.status} {_phrase(response.status)}",
        f"Content-Type: {_one_line(response.content_type)}",
        framing,
        *(f"{_one_line(name)}: {_one_line(value)}" for name, value in response.headers.items()),
        *(() if keep else ("Connection: close",)),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", errors="replace")


def _one_line(text: str) -> str:
    """Return text that cannot begin another header."""
    return str(text).replace("\r", " ").replace("\n", " ")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"


def read_request(
    line: bytes,
    stream: BinaryIO,
    largest_body_bytes: int = LARGEST_BODY_BYTES,
    send_continue: Callable[[], None] = lambda: None,
) -> Request | None:
    """Read the rest of a request; None: the client has gone.

    Args:
        line: Its first line.
        send_continue: Called before the body where the client waits for that.

    Raises:
        BadRequest: It is not one, or too large.
    """
    line = line.strip()
    if not line:
        return None
    words = line.decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400, "This is not an HTTP/1.1 request.")
    headers = _read_headers(stream)
    if words[2] == "HTTP/1.0":
        headers.setdefault("connection", "close")
    if headers.get("expect", "").lower() == "100-continue":
        send_continue()
    body = _read_body(stream, headers, largest_body_bytes)
    return None if body is None else Request(words[0], words[1], headers, body)


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := stream.readline(LONGEST_LINE_BYTES).strip():
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) >= MOST_HEADERS:
            raise BadRequest(400, "The headers cannot be read.")
        headers[name.strip().lower()] = value.strip()
    return headers


def _read_body(stream: BinaryIO, headers: Mapping[str, str], largest_bytes: int) -> bytes | None:
    encoding = headers.get("transfer-encoding", "").lower()
    if encoding == "chunked" and "content-length" not in headers:
        return _read_chunks(stream, largest_bytes)
    if encoding:
        raise BadRequest(400, "Send the body in chunks, or with a Content-Length.")
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(400, "Content-Length is not a number.")
    if int(text) > largest_bytes:
        raise _too_large(largest_bytes)
    body = stream.read(int(text))
    return body if len(body) == int(text) else None


def _read_chunks(stream: BinaryIO, largest_bytes: int) -> bytes | None:
    body = bytearray()
    while True:
        size = stream.readline(LONGEST_LINE_BYTES).partition(b";")[0].strip()
        try:
            count = int(size, 16) if size.isalnum() else -1
        except ValueError:
            count = -1
        if count < 0:
            raise BadRequest(400, "The body's chunks cannot be read.")
        if count == 0:
            _read_headers(stream)  # the trailers
            return bytes(body)
        if len(body) + count > largest_bytes:
            raise _too_large(largest_bytes)
        piece = stream.read(count)
        if len(piece) < count:
            return None
        body += piece
        stream.readline(LONGEST_LINE_BYTES)


def _too_large(largest_bytes: int) -> BadRequest:
    return BadRequest(413, f"The body is larger than {largest_bytes} bytes.")


def port_of(environment: Mapping[str, str] = os.environ) -> int:
    """Return the port that the platform names (`contract.md` 2.1)."""
    return int(environment.get("SAGEMAKER_BIND_TO_PORT", "8080"))
