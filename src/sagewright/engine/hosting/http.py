"""HTTP/1.1 to a model server, as much of it as that takes.

The standard library's client reads headers as an e-mail, which takes longer than a small prediction does, and does not
tell how far an exchange had come when it broke: whether a request may be sent once more depends on that.
"""

from __future__ import annotations

import io
import select
import socket
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

CONNECT_S = 5.0
LONGEST_LINE_BYTES = 64 << 10
MOST_HEADERS = 256
PIECE_BYTES = 64 << 10


class Undelivered(Exception):
    """The request has not reached the server, or not whole: it may be sent to another one."""


class Broken(Exception):
    """The connection broke after the request was sent: it may have had its effect.

    Attributes:
        sent_at: Unix seconds.
        answered: Something of an answer had come.
    """

    def __init__(self, message: str, sent_at: float, *, answered: bool) -> None:
        super().__init__(message)
        self.sent_at, self.answered = sent_at, answered


class TimedOut(Exception):
    """The server took the request in and has not answered it in time."""


class TooLarge(Exception):
    """The body has more bytes than the reader takes.

    Attributes:
        size_bytes: How many, or how many had come.
    """

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"{size_bytes} bytes")
        self.size_bytes = size_bytes


@dataclass
class Connection:
    """A connection to a server; one exchange at a time.

    Attributes:
        reused: It has carried an exchange before.
        idle_since: Seconds of the monotonic clock.
    """

    socket: socket.socket
    stream: io.BufferedReader
    reused: bool = False
    idle_since: float = 0.0

    @classmethod
    def open(cls, address: str) -> Connection:
        """Connect to `host:port`.

        Raises:
            Undelivered: Nobody listens there.
        """
        host, _, port = address.rpartition(":")
        try:
            connected = socket.create_connection((host, int(port)), timeout=CONNECT_S)
        except OSError as error:
            raise Undelivered(f"{address}: {error}") from error
        try:
            if connected.getsockname() == connected.getpeername():
                # Nobody listens, and by chance the kernel has given us that very port.
                raise OSError("connected to itself")
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:  # or the server has reset the connection already
            connected.close()
            raise Undelivered(f"{address}: {error}") from error
        return cls(connected, connected.makefile("rb"))

    def is_stale(self) -> bool:
        """Tell whether the server has closed the idle connection, or spoken out of turn."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN | select.POLLHUP | select.POLLERR)
        return bool(poll.poll(0))

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


@dataclass
class Reply:
    """A server's answer, whose body is read as it comes; header names are lower-case.

    Attributes:
        keeps: The connection can carry another exchange once the body has been read.
    """

    status: int
    headers: Mapping[str, str]
    connection: Connection
    sent_at: float
    keeps: bool = True
    finished: bool = field(default=False, init=False)

    def pieces(self, deadline: float) -> Generator[bytes]:
        """Yield the body as it arrives.

        Raises:
            Broken: The server has closed the connection before the body's end.
            TimedOut: The body had not ended at `deadline`, in seconds of the monotonic clock.
        """
        try:
            yield from self._framed(deadline)
        except TimeoutError:
            raise TimedOut("the body does not end") from None
        except (OSError, ValueError) as error:
            raise Broken(f"the body does not end: {error}", self.sent_at, answered=True) from None
        self.finished = True

    def read(self, deadline: float, max_bytes: int) -> bytes:
        """Return the body.

        Raises:
            Broken, TimedOut: As `pieces`.
            TooLarge: It is.
        """
        length = self.headers.get("content-length", "")
        if length.isdigit() and int(length) > max_bytes:
            raise TooLarge(int(length))
        pieces, size = [], 0
        for piece in self.pieces(deadline):
            size += len(piece)
            if size > max_bytes:
                raise TooLarge(size)
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _framed(self, deadline: float) -> Iterator[bytes]:
        if self.status in (204, 304):
            return
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            yield from self._chunks(deadline)
        elif "content-length" in self.headers:
            yield from self._counted(int(self.headers["content-length"]), deadline)
        else:
            self.keeps = False
            while piece := self._some(PIECE_BYTES, deadline):
                yield piece

    def _counted(self, size: int, deadline: float) -> Iterator[bytes]:
        while size > 0:
            piece = self._some(min(size, PIECE_BYTES), deadline)
            if not piece:
                raise ValueError(f"{size} bytes are missing")
            size -= len(piece)
            yield piece

    def _chunks(self, deadline: float) -> Iterator[bytes]:
        while size := int(_line(self.connection, deadline).partition(b";")[0], 16):
            yield from self._counted(size, deadline)
            if _line(self.connection, deadline):
                raise ValueError("a chunk has no end")
        while _line(self.connection, deadline):
            pass  # trailers

    def _some(self, most: int, deadline: float) -> bytes:
        _limit(self.connection, deadline)
        return self.connection.stream.read1(most)


def send(
    connection: Connection, method: str, path: str, headers: Mapping[str, str], body: bytes, deadline: float
) -> Reply:
    """Send a request and return the answer's head.

    Args:
        deadline: By when the head must be there, in seconds of the monotonic clock.

    Raises:
        Undelivered: A connection that had been idle took nothing.
        Broken: The server closed the connection instead of answering, or sent what is no answer.
        TimedOut: There is no answer at `deadline`.
        ValueError: A header would be more than one line.
    """
    data = _head(method, path, headers, len(body)) + body
    sent_at = time.time()
    try:
        _limit(connection, deadline)
        connection.socket.sendall(data)
    except TimeoutError:
        raise TimedOut("the request is not taken") from None
    except OSError as error:
        if connection.reused:
            raise Undelivered(str(error)) from error
        # A server may answer, and close, before it has read all.
    answered = False
    try:
        while True:
            status, keeps = _status(_line(connection, deadline))
            answered = True
            found = _fields(connection, deadline)
            if status >= 200:
                break
    except TimeoutError:
        raise TimedOut("no answer") from None
    except (OSError, ValueError) as error:
        raise Broken(f"no answer: {error}", sent_at, answered=answered) from error
    said = found.get("connection", "").lower()
    return Reply(status, found, connection, sent_at, "close" not in said and (keeps or "keep-alive" in said))


def _head(method: str, path: str, headers: Mapping[str, str], size: int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join(lines)
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
        raise ValueError("a header holds a line end")
    return text.encode() + b"\r\n\r\n"


def _status(line: bytes) -> tuple[int, bool]:
    """Return the status and whether the server's version of HTTP keeps connections."""
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError("this is not HTTP/1" if line else "the connection was closed")
    return int(rest[:3]), version != b"HTTP/1.0"


def _fields(connection: Connection, deadline: float) -> dict[str, str]:
    found: dict[str, str] = {}
    while line := _line(connection, deadline):
        name, _, value = line.decode("latin-1").partition(":")
        name, value = name.strip().lower(), value.strip()
        if len(found) >= MOST_HEADERS:
            raise ValueError("there are too many headers")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _line(connection: Connection, deadline: float) -> bytes:
    """Return a line without its end.

    Raises:
        ValueError: The connection has ended within it, or it is too long.
    """
    _limit(connection, deadline)
    line = connection.stream.readline(LONGEST_LINE_BYTES)
    if not line.endswith(b"\n"):
        raise ValueError("a line is too long" if len(line) >= LONGEST_LINE_BYTES else "the connection was closed")
    return line.rstrip(b"\r\n")


def _limit(connection: Connection, deadline: float) -> None:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    connection.socket.settimeout(left_s)
