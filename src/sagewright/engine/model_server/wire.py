"""HTTP/1.1 as model servers speak it, with bodies of either framing both ways.

The standard library's handler parses headers as an e-mail, which takes longer than a prediction does; these few headers
are parsed here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from sagewright.vocabulary.content_types import JSON

LARGEST_BODY_BYTES = 25 << 20
LONGEST_LINE_BYTES = 16 << 10
MOST_HEADERS = 100

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


def head_of(response: Response, framing: str, *, keep: bool) -> bytes:
    """Return the lines before a body.

    Args:
        framing: The header that tells where the body ends.
    """
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
