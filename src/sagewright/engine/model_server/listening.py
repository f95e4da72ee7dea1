"""A server on a loopback port: kept connections, one thread each.

When told to stop, it answers what has reached it, and what is under way, before it ends.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType
from typing import BinaryIO

from sagewright.engine.model_server.wire import (
    LARGEST_BODY_BYTES,
    LONGEST_LINE_BYTES,
    Answer,
    BadRequest,
    Response,
    error_response,
    head_of,
    read_request,
)
from sagewright.engine.readiness import readable

LINGER_S = 1.0  # for a client to go on sending what is not wanted
DRAIN_S = 25.0  # for the answers under way when told to stop; SIGKILL comes after 30 s (`contract.md` 2.1)

_JOINED_BYTES = 64 << 10  # a body up to this goes out in one piece with its head


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
            if self._listener in readable(sources):
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
        head = head_of(response, f"Content-Length: {len(body)}", keep=keep)
        if len(body) <= _JOINED_BYTES:
            self._connection.sendall(head + body)
            return
        self._connection.sendall(head)
        self._connection.sendall(body)

    def _send_pieces(self, response: Response, pieces: Iterator[bytes], *, keep: bool) -> bool:
        """Send a body in chunks; one that breaks off has no end, by which the client knows."""
        try:
            self._connection.sendall(head_of(response, "Transfer-Encoding: chunked", keep=keep))
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
