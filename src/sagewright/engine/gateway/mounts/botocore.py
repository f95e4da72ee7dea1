"""The in-process mount: botocore's events hand a client's signed requests to the gateway instead of the network."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.model import OperationModel

from sagewright.engine.gateway import models
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse

_names: dict[str, tuple[str, str]] = {}  # the end of an event's name -> service and operation


def mount(emitter: Any, home: Path) -> None:
    """Route every request of clients made from a session to the engine at `home`, whatever their endpoint.

    Args:
        emitter: The session's events (`boto3.Session().events`, or a botocore session's component
            `event_emitter`). Mounting twice is mounting once.
    """

    def answer(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        service, operation = _names[event_name.partition(".")[2]]
        return to_botocore(request.url, handle(from_botocore(request, service, operation), home))

    emitter.register_first("before-call", _remember, unique_id="sagewright-remember")
    emitter.register_first("before-send", answer, unique_id="sagewright-answer")


def _remember(model: OperationModel, event_name: str, **_: Any) -> None:
    name = event_name.partition(".")[2]
    if name not in _names:
        models.remember(model)
        _names[name] = (model.service_model.service_name, model.name)


def from_botocore(request: AWSPreparedRequest, service: str, operation: str) -> HttpRequest:
    """Return a prepared request as the gateway sees it."""
    url = urlsplit(request.url)
    headers = Headers({name: _text(value) for name, value in request.headers.items()})
    return HttpRequest(
        method=request.method,
        path=url.path or "/",
        query=url.query,
        host=url.netloc,
        headers=headers,
        body=_stream(request.body),
        service=service,
        operation=operation,
    )


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _stream(body: Any) -> BinaryIO:
    if body is None:
        return io.BytesIO()
    if isinstance(body, str):
        return io.BytesIO(body.encode())
    if isinstance(body, (bytes, bytearray)):
        return io.BytesIO(body)
    return cast("BinaryIO", body)


def to_botocore(url: str, response: HttpResponse) -> AWSResponse:
    """Return a response as botocore's HTTP layer would."""
    if isinstance(response.body, bytes):
        response.headers.setdefault("content-length", str(len(response.body)))
    return AWSResponse(url, response.status, dict(response.headers), _Raw(response))  # type: ignore[arg-type]


class _Raw:
    """The body, as `urllib3.HTTPResponse` lets it be read: at its end it gives its file back."""

    def __init__(self, response: HttpResponse) -> None:
        body = response.body
        self._stream = io.BytesIO(body) if isinstance(body, bytes) else body
        self._left_bytes = int(response.headers.get("content-length") or -1)

    def read(self, amt: int | None = None, **_: Any) -> bytes:
        if self.closed:
            return b""
        piece = self._stream.read(-1 if amt is None else amt)
        self._left_bytes -= len(piece)
        if amt is None or self._left_bytes == 0 or (amt > 0 and not piece):
            self.close()
        return piece

    def readinto(self, buffer: Any) -> int:
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def stream(self, amt: int = 1 << 16, **_: Any) -> Iterator[bytes]:
        while piece := self.read(amt):
            yield piece

    def close(self) -> None:
        self._stream.close()

    release_conn = close

    def __del__(self) -> None:
        self.close()  # many look at the headers only

    @property
    def closed(self) -> bool:
        return self._stream.closed
