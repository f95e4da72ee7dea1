"""The model server of the built-in algorithms: `/ping`, `/invocations`, `/execution-parameters` (`contract.md` 2.1).

HTTP/1.1 with kept connections, one thread each. The standard library's handler parses headers as an e-mail, which takes
longer than a prediction does; these few headers are parsed here.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from sagewright.engine.algorithms.abc import Algorithm, CustomerError, Model
from sagewright.engine.algorithms.exchange import BadRequest, decode, encode
from sagewright.vocabulary.content_types import CSV, JSON

LARGEST_BODY_BYTES = 25 << 20
LONGEST_LINE_BYTES = 16 << 10
MOST_HEADERS = 100


def serve(algorithm: Algorithm, folder: Path) -> int:
    """Serve a model until SIGTERM; return the exit code."""
    try:
        model = algorithm.load(folder)
    except CustomerError as error:
        print(f"ClientError: {error}", file=sys.stderr, flush=True)  # noqa: T201
        return 2
    serve_answers(partial(answer, model), algorithm.name)
    return 0


def serve_answers(answer: Answer, name: str, largest_body_bytes: int = LARGEST_BODY_BYTES) -> None:
    """Answer on the port that the platform names until SIGTERM."""
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    with Server(answer, port, largest_body_bytes) as server:
        # A thread, for `shutdown` waits for the loop that the signal has interrupted.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"{name}: serving on port {port}", flush=True)  # noqa: T201
        server.serve_forever(poll_interval=0.2)


class Server(socketserver.ThreadingTCPServer):
    """Answers on a loopback port."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Answer, port: int, largest_body_bytes: int = LARGEST_BODY_BYTES) -> None:
        self.answer = answer
        self.largest_body_bytes = largest_body_bytes
        super().__init__(("127.0.0.1", port), _Connection)


@dataclass(frozen=True)
class Request:
    """A parsed request; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What is sent back."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Response]


def answer(model: Model, request: Request) -> Response:
    """Answer one request."""
    path = request.path.partition("?")[0]
    if path == "/ping" and request.method == "GET":
        return Response(200)
    if path == "/execution-parameters" and request.method == "GET":
        parameters = {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}
        return Response(200, json.dumps(parameters).encode())
    if path == "/invocations" and request.method == "POST":
        return _invoke(model, request)
    return error_response(404, f"There is no {request.method} {path} here.")


def _invoke(model: Model, request: Request) -> Response:
    try:
        rows = decode(request.body, request.headers.get("content-type", CSV), model.feature_dim)
        body, content_type = encode(model.predict(rows), request.headers.get("accept", ""))
    except BadRequest as error:
        return error_response(error.status, str(error))
    except Exception as error:  # noqa: BLE001 - the border of the server
        return error_response(500, f"{type(error).__name__}: {error}")
    return Response(200, body, content_type)


def error_response(status: int, message: str) -> Response:
    print(f"{status} {message}", file=sys.stderr, flush=True)  # noqa: T201
    return Response(status, json.dumps({"error": message}).encode())


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = 0
    server: Server

    def handle(self) -> None:
        while True:
            try:
                request = read_request(self.rfile, self.server.largest_body_bytes)  # type: ignore[arg-type]
            except BadRequest as error:
                self._send(error_response(error.status, str(error)), keep=False)
                return
            except (OSError, ValueError):
                return
            if request is None:
                return
            keep = request.headers.get("connection", "").lower() != "close"
            try:
                self._send(self.server.answer(request), keep=keep)
            except OSError:
                return
            if not keep:
                return

    def _send(self, response: Response, *, keep: bool) -> None:
        closing = "" if keep else "Connection: close\r\n"
        head = (
            f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
            f"Content-Type: {response.content_type}\r\n"
            f"Content-Length: {len(response.body)}\r\n"
            f"{closing}\r\n"
        )
        connection: socket.socket = self.connection
        connection.sendall(head.encode("latin-1") + response.body)


def read_request(stream: BinaryIO, largest_body_bytes: int = LARGEST_BODY_BYTES) -> Request | None:
    """Read a request; None: the client has gone.

    Raises:
        BadRequest: It is not one, or too large.
    """
    line = stream.readline(LONGEST_LINE_BYTES).strip()
    if not line:
        return None
    words = line.decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400, "This is not an HTTP/1.1 request.")
    headers = _read_headers(stream)
    if words[2] == "HTTP/1.0":
        headers.setdefault("connection", "close")
    if headers.get("transfer-encoding"):
        raise BadRequest(411, "Send a Content-Length.")
    text = headers.get("content-length", "0")
    if not text.isdigit():
        raise BadRequest(400, "Content-Length is not a number.")
    if int(text) > largest_body_bytes:
        raise BadRequest(413, f"The body is larger than {largest_body_bytes} bytes.")
    body = stream.read(int(text))
    if len(body) < int(text):
        return None
    return Request(words[0], words[1], headers, body)


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := stream.readline(LONGEST_LINE_BYTES).strip():
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) >= MOST_HEADERS:
            raise BadRequest(400, "The headers cannot be read.")
        headers[name.strip().lower()] = value.strip()
    return headers
