"""The query protocol: a form in, XML out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols import xml
from sagewright.engine.gateway.protocols.scalars import from_text
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

Form = Mapping[str, str]


class QueryCodec:
    """The protocol of IAM, STS and others."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        form = dict(parse_qsl(request.body.read().decode(), keep_blank_values=True))
        form.update(parse_qsl(request.query, keep_blank_values=True))
        return {} if model.input_shape is None else _read(model.input_shape, form, "") or {}

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        inner, shape = "", model.output_shape
        if shape is not None:
            inner = "".join(xml.write_members(shape, result))
            if wrapper := shape.serialization.get("resultWrapper"):
                inner = f"<{wrapper}>{inner}</{wrapper}>"
        body = f"{inner}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        return _respond(int(result.get("@status", 200)), f"{model.name}Response", body, model, request_id)

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        kind = "Sender" if error.status < 500 else "Receiver"
        members = {"Type": kind, "Code": error.code, "Message": error.message, **error.members}
        text = "".join(f"<{name}>{xml.escape(str(value))}</{name}>" for name, value in members.items())
        body = f"<Error>{text}</Error><RequestId>{request_id}</RequestId>"
        return _respond(error.status, "ErrorResponse", body, model, request_id)


def _respond(status: int, root: str, inner: str, model: OperationModel, request_id: str) -> HttpResponse:
    namespace = model.service_model.metadata.get("xmlNamespace", "")
    attribute = f' xmlns="{namespace}"' if namespace else ""
    headers = Headers({"content-type": "text/xml", "x-amzn-requestid": request_id})
    return HttpResponse(status, headers, f"<{root}{attribute}>{inner}</{root}>".encode())


def _read(shape: Shape, form: Form, prefix: str) -> Any:
    """Return the value under a prefix of the form's names, or None."""
    if isinstance(shape, StructureShape):
        return _read_structure(shape, form, prefix)
    if isinstance(shape, ListShape):
        return _read_list(shape, form, prefix)
    if isinstance(shape, MapShape):
        return _read_map(shape, form, prefix)
    if prefix not in form:
        return None
    if shape.type_name == "blob":
        return base64.b64decode(form[prefix])
    return from_text(shape.type_name, form[prefix])


def _read_structure(shape: StructureShape, form: Form, prefix: str) -> dict[str, Any] | None:
    found = {}
    for name, member in shape.members.items():
        value = _read(member, form, _join(prefix, _wire_name(member, name)))
        if value is not None:
            found[name] = value
    return found or None


def _wire_name(member: Shape, name: str) -> str:
    if isinstance(member, ListShape) and member.serialization.get("flattened"):
        name = member.member.serialization.get("name", name)
    return str(member.serialization.get("name", name))


def _read_list(shape: ListShape, form: Form, prefix: str) -> list[Any] | None:
    if not shape.serialization.get("flattened"):
        if form.get(prefix) == "":  # botocore's empty list
            return []
        prefix = f"{prefix}.{shape.member.serialization.get('name', 'member')}"
    values: list[Any] = []
    while (value := _read(shape.member, form, f"{prefix}.{len(values) + 1}")) is not None:
        values.append(value)
    return values or None


def _read_map(shape: MapShape, form: Form, prefix: str) -> dict[str, Any] | None:
    if not shape.serialization.get("flattened"):
        prefix = f"{prefix}.entry"
    key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
    values: dict[str, Any] = {}
    while (key := form.get(f"{prefix}.{len(values) + 1}.{key_name}")) is not None:
        values[key] = _read(shape.value, form, f"{prefix}.{len(values) + 1}.{value_name}")
    return values or None


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
