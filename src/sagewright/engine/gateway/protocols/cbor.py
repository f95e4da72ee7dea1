"""Smithy RPC v2 CBOR, which some versions of botocore choose for CloudWatch.

The data items are read and written by botocore's own parser and serialiser: they are the one CBOR code in the base
install, and only a client that has them ever sends any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import parsers, serialize
from botocore.model import OperationModel, Shape

from sagewright.engine.gateway.protocols import documents, failures
from sagewright.engine.gateway.protocols.scalars import Unreadable, to_datetime, unix_seconds, unreadable_as
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

_TEXT = Shape("String", {"type": "string"})


class CborCodec:
    """The protocol with `smithy-protocol: rpc-v2-cbor` in its headers."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        with unreadable_as("SerializationException"):
            body = load(request.body.read())
            return {} if model.input_shape is None else dict(documents.read(model.input_shape, body, _FORM))

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        headers, shape = _headers(request_id), model.output_shape
        status = int(result.get("@status", 200))
        if shape is None:
            del headers["content-type"]
            return HttpResponse(status, headers)
        return HttpResponse(status, headers, _item(shape, result))

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        headers = _headers(request_id)
        headers.update(failures.query_error(error, model))
        # A member of a modelled error is written at once; whatever else there is, as text.
        members: dict[str, Any] = failures.members_of(error, model, _item)
        body = bytearray(b"\xbf")  # a map of open length
        for name, value in {"__type": failures.type_of(error, model), **members}.items():
            body += _item(_TEXT, name) + (value if isinstance(value, bytes) else _item(_TEXT, str(value)))
        return HttpResponse(error.status, headers, bytes(body) + b"\xff")


def _headers(request_id: str) -> Headers:
    return Headers(
        {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": request_id}
    )


def load(body: bytes) -> Any:
    """Read a CBOR body; an empty one is an empty document.

    Raises:
        Unreadable: It is no CBOR.
    """
    if not body:
        return {}
    parser = parsers.RpcV2CBORParser()
    stream = parser.get_peekable_stream_from_bytes(body)
    try:
        document = parser.parse_data_item(stream)
    except Exception:  # noqa: BLE001 - whatever botocore's parser makes of damaged items
        raise Unreadable("The body is not CBOR.") from None
    if stream.read(1):
        raise Unreadable("The body is more than one CBOR item.")
    return {} if document is None else document


def _item(shape: Shape, value: Any) -> bytes:
    body = bytearray()
    serializer: Any = serialize.RpcV2CBORSerializer()
    serializer._serialize_data_item(body, documents.write(shape, value, _FORM), shape)
    return bytes(body)


def _read_blob(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise Unreadable("STRING_VALUE can not be converted to a Blob")
    return value


_FORM = documents.Form(
    read_blob=_read_blob,
    write_blob=bytes,
    write_time=lambda value, _: to_datetime(unix_seconds(value)),
    write_number=float,
)
