"""From the wire to params."""

from __future__ import annotations

import gzip
import io
import zlib

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.digests import check_document
from sagewright.engine.gateway.wire import HttpRequest
from sagewright.vocabulary.errors import ApiError

MAX_INFLATED_BYTES = 16 << 20
MAX_RATIO = 200  # of a body that is larger than `ANY_RATIO_BYTES` when it is inflated
ANY_RATIO_BYTES = 1 << 20

_PLAIN = ("", "identity", "aws-chunked")


def parse(exchange: Exchange) -> None:
    """Read the request into params, in botocore's Python form."""
    request = exchange.request
    if request.service != "s3" and "content-encoding" in request.headers:
        _undo_encoding(request)
    if request.service == "s3" and request.peer is not None:
        _check_length(request)
    check_document(exchange)
    exchange.params = exchange.codec.parse(request, exchange.model)
    if exchange.upload is not None:
        exchange.params["@form"] = True  # what is told of the object says so


def _check_length(request: HttpRequest) -> None:
    """Refuse an upload whose length nobody has said: S3 takes none."""
    sent = request.headers.get("transfer-encoding") is not None
    told = "content-length" in request.headers or "x-amz-decoded-content-length" in request.headers
    if sent and not told and request.operation in ("PutObject", "UploadPart"):
        raise ApiError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)


def _undo_encoding(request: HttpRequest) -> None:
    """Undo botocore's request compression (of an S3 object, the encoding is the object's own)."""
    codings = [coding.strip() for coding in request.headers["content-encoding"].split(",")]
    if codings[-1].lower() != "gzip":
        return
    request.body = _inflate(request.body.read())
    left = [coding for coding in codings[:-1] if coding.lower() not in _PLAIN]
    del request.headers["content-encoding"]
    if left:
        request.headers["content-encoding"] = ",".join(left)


def _inflate(body: bytes) -> io.BytesIO:
    limit = min(MAX_INFLATED_BYTES, max(ANY_RATIO_BYTES, len(body) * MAX_RATIO))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            text = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise ApiError("SerializationException", "The gzip body is damaged.") from None
    if len(text) > limit:
        raise ApiError("RequestEntityTooLargeException", "The inflated body is too large.", 413)
    return io.BytesIO(text)
