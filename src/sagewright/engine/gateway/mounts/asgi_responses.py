"""Responses on their way out through ASGI."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any, BinaryIO

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.mounts.asgi_bodies import Receive
from sagewright.engine.gateway.mounts.asgi_threads import Threads
from sagewright.engine.gateway.wire import HttpResponse

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PIECE_BYTES = 1 << 20

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OF_A_CONNECTION = frozenset(("connection", "keep-alive", "transfer-encoding", "date"))  # HTTP's server writes them
_NOT_A_FIELD = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")


def head(exchange: Exchange, response: HttpResponse, *, reusable: bool) -> MutableMapping[str, Any]:
    """Return the message that begins a response.

    Args:
        reusable: Whether the connection can carry another request.
    """
    fields = [
        (field, _CONTROL.sub(" ", value).encode())
        for name, value in response.headers.items()
        if (field := _field(name)) is not None
    ]
    if "server" not in response.headers:
        fields.append((b"server", b"Sagewright"))
    if exchange.request.service == "s3" and "x-amz-id-2" not in response.headers:
        fields.append((b"x-amz-id-2", base64.b64encode(exchange.request_id.encode() * 2)))
    if "x-amzn-requestid" not in response.headers and "x-amz-request-id" not in response.headers:
        fields.append((b"x-amzn-requestid", exchange.request_id.encode()))
    if isinstance(response.body, bytes) and _wants_length(exchange, response):
        fields.append((b"content-length", str(len(response.body)).encode()))
    if not reusable:
        fields.append((b"connection", b"close"))
    return {"type": "http.response.start", "status": response.status, "headers": fields}


@lru_cache(maxsize=1024)
def _field(name: str) -> bytes | None:
    """Return a header's name on the wire; None: it is none, or not ours to write."""
    return None if name in _OF_A_CONNECTION or _NOT_A_FIELD.search(name) else name.encode()


def _wants_length(exchange: Exchange, response: HttpResponse) -> bool:
    return (
        "content-length" not in response.headers
        and response.status not in (204, 304)
        and exchange.request.method != "HEAD"
    )


async def pieces(body: BinaryIO, receive: Receive, crew: Threads) -> AsyncIterator[bytes]:
    """Yield a body as threads read it, and close it.

    Raises:
        ConnectionResetError: The client has gone.
    """
    gone = asyncio.ensure_future(_disconnect(receive))
    try:
        while piece := await crew.run(body.read, PIECE_BYTES):
            yield piece
            if gone.done():
                raise ConnectionResetError("the client has gone")
    finally:
        gone.cancel()
        await crew.run(body.close)


async def _disconnect(receive: Receive) -> None:
    """Wait until the client has gone: the request has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
