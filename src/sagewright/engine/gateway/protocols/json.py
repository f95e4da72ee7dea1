"""AWS JSON 1.0 and 1.1: one POST, the operation in a header (`contract.md` 8.1)."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols.scalars import to_datetime, unix_seconds
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
_WORDS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class JsonCodec:
    """The protocol of `sagemaker`, `logs` and others."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        body = load(request.body.read())
        return {} if model.input_shape is None else dict(read(model.input_shape, body))

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        body = b"" if model.output_shape is None else dump(write(model.output_shape, result))
        return HttpResponse(int(result.get("@status", 200)), self._headers(model, request_id), body)

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        headers = self._headers(model, request_id)
        if model.service_model.metadata.get("awsQueryCompatible") is not None:
            headers["x-amzn-query-error"] = f"{error.code};{'Sender' if error.status < 500 else 'Receiver'}"
        return HttpResponse(error.status, headers, dump({"__type": error.code, **error_members(error, model)}))

    @staticmethod
    def _headers(model: OperationModel, request_id: str) -> Headers:
        version = model.service_model.metadata.get("jsonVersion", "1.1")
        return Headers({"content-type": f"application/x-amz-json-{version}", "x-amzn-requestid": request_id})


def error_members(error: ApiError, model: OperationModel) -> dict[str, Any]:
    """Return an error's members; the message stands under the name that the error's shape gives it."""
    shape: Any = model.service_model.shape_for_error_code(error.code)  # type: ignore[arg-type]
    message = "Message" if shape is not None and "Message" in shape.members else "message"
    return {message: error.message, **error.members}


def load(body: bytes) -> Any:
    """Read a JSON body; an empty one is an empty document.

    Raises:
        ApiError: `SerializationException`.
    """
    if not body:
        return {}
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ApiError("SerializationException", f"The body is not JSON: {error}") from None


def dump(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def read(shape: Shape, value: Any, path: str = "") -> Any:
    """Turn a JSON value into botocore's Python form.

    Raises:
        ApiError: `SerializationException` where a value has another type than the model says.
    """
    if getattr(shape, "is_document_type", False):
        return value
    kind = shape.type_name
    if kind in ("float", "double") and value in _WORDS:
        return _WORDS[value]
    wanted = _TYPES.get(kind)
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean")):
        raise ApiError("SerializationException", f"`{path or '/'}` is not of type {kind}.")
    if isinstance(shape, StructureShape):
        return _read_structure(shape, value, path)
    if isinstance(shape, ListShape):
        return [read(shape.member, item, f"{path}/{n}") for n, item in enumerate(value) if item is not None]
    if isinstance(shape, MapShape):
        return {key: read(shape.value, item, f"{path}/{key}") for key, item in value.items() if item is not None}
    if kind == "timestamp":
        return to_datetime(value)
    if kind == "blob":
        return _read_blob(value, path)
    return value


def _read_structure(shape: StructureShape, value: dict[str, Any], path: str) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        if value.get(wire_name) is not None:
            found[name] = read(member, value[wire_name], f"{path}/{name}")
    return found


def _read_blob(value: str, path: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ApiError("SerializationException", f"`{path}` is not base64.") from None


def write(shape: Shape, value: Any) -> Any:
    """Turn a result in botocore's Python form into JSON values."""
    if isinstance(shape, StructureShape) and not shape.is_document_type:
        return {
            member.serialization.get("name", name): write(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [write(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: write(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return unix_seconds(value)
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return _number(value) if shape.type_name in ("float", "double") else value


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
