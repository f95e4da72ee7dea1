"""From the wire to params."""

from __future__ import annotations

import gzip
import io

from sagewright.engine.gateway.exchange import Exchange
from sagewright.vocabulary.errors import ApiError

MAX_INFLATED_BYTES = 16 << 20


def parse(exchange: Exchange) -> None:
    """Read the request into params, in botocore's Python form."""
    request = exchange.request
    if request.service != "s3" and request.headers.get("content-encoding") == "gzip":
        request.body = _inflate(request.body.read())
    exchange.params = exchange.codec.parse(request, exchange.model)


def _inflate(body: bytes) -> io.BytesIO:
    """Undo botocore's request compression (of an S3 object, the encoding is the object's own)."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            text = stream.read(MAX_INFLATED_BYTES + 1)
    except (OSError, EOFError) as error:
        raise ApiError("SerializationException", f"The gzip body is damaged: {error}") from None
    if len(text) > MAX_INFLATED_BYTES:
        raise ApiError("RequestEntityTooLargeException", "The inflated body is too large.", 413)
    return io.BytesIO(text)
