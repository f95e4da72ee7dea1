"""Smithy RPC v2 CBOR, which some versions of botocore choose for CloudWatch.

The data items are read and written by botocore's own parser and serialiser: they are the one CBOR code in the base
install, and only a client that has them ever sends any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import parsers, serialize
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols.json import error_members
from sagewright.engine.gateway.protocols.scalars import to_datetime, unix_seconds
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError


class CborCodec:
    """The protocol with `smithy-protocol: rpc-v2-cbor` in its headers."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        body = request.body.read()
        if not body or model.input_shape is None:
            return {}
        parser = parsers.RpcV2CBORParser()
        try:
            document = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
        except Exception as error:  # noqa: BLE001 - whatever botocore's parser makes of damaged items
            raise ApiError("SerializationException", f"The body is not CBOR: {error}") from None
        return dict(_read(model.input_shape, document))

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        body = bytearray()
        if model.output_shape is not None:
            _serializer()._serialize_data_item(body, _times(model.output_shape, result), model.output_shape)
        return HttpResponse(int(result.get("@status", 200)), _headers(request_id), bytes(body))

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        members = {"__type": error.code, **error_members(error, model)}
        body = bytearray(b"\xbf")  # a map of open length
        for name, value in members.items():
            for text in (name, str(value)):
                encoded = text.encode()
                body += b"\x7a" + len(encoded).to_bytes(4, "big") + encoded
        headers = _headers(request_id)
        if model.service_model.metadata.get("awsQueryCompatible") is not None:
            headers["x-amzn-query-error"] = f"{error.code};{'Sender' if error.status < 500 else 'Receiver'}"
        return HttpResponse(error.status, headers, bytes(body) + b"\xff")


def _headers(request_id: str) -> Headers:
    return Headers(
        {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": request_id}
    )


def _serializer() -> Any:
    return serialize.RpcV2CBORSerializer()


def _read(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return {
            name: _read(member, value[name]) for name, member in shape.members.items() if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_read(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _read(shape.value, item) for key, item in value.items()}
    return (
        to_datetime(value.timestamp() if hasattr(value, "timestamp") else value)
        if shape.type_name == "timestamp"
        else value
    )


def _times(shape: Shape, value: Any) -> Any:
    """Return the value without None and with times that the serialiser understands."""
    if isinstance(shape, StructureShape):
        return {
            name: _times(member, value[name]) for name, member in shape.members.items() if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_times(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _times(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return to_datetime(unix_seconds(value))
    return float(value) if shape.type_name in ("float", "double") else value
