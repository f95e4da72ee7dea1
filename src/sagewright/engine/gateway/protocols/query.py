"""The query protocol: a form in, XML out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols import failures, xml
from sagewright.engine.gateway.protocols.documents import MAX_DEPTH
from sagewright.engine.gateway.protocols.scalars import Unreadable, from_base64, from_text, unreadable_as
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

MAX_FIELDS = 500_000  # PutMetricData's largest request has 400,000


class Node(dict[str, "Node"]):
    """What stands under one prefix of a form's names: `text` at the name itself, the rest below."""

    text: str | None = None


class QueryCodec:
    """The protocol of IAM, STS and others."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        with unreadable_as("MalformedQueryString", 404):
            form = tree(_fields(request.body.read()) + _fields(request.query.encode("latin-1", "replace")))
        with unreadable_as("MalformedInput"):
            return {} if model.input_shape is None else _read(model.input_shape, form) or {}

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        inner, shape = "", model.output_shape
        if shape is not None:
            inner = "".join(xml.write_members(shape, result))
            if wrapper := shape.serialization.get("resultWrapper"):
                inner = f"<{wrapper}>{inner}</{wrapper}>"
        body = f"{inner}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        return _respond(int(result.get("@status", 200)), f"{model.name}Response", body, model, request_id)

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        members = {"Type": failures.fault_of(error, model), "Code": error.code, "Message": error.message}
        text = "".join(f"<{name}>{xml.escape(value)}</{name}>" for name, value in members.items())
        body = f"<Error>{text}{xml.error_members(error, model)}</Error><RequestId>{request_id}</RequestId>"
        return _respond(failures.status_of(error, model), "ErrorResponse", body, model, request_id)


def _respond(status: int, root: str, inner: str, model: OperationModel, request_id: str) -> HttpResponse:
    namespace = model.service_model.metadata.get("xmlNamespace", "")
    attribute = f' xmlns="{namespace}"' if namespace else ""
    headers = Headers({"content-type": "text/xml", "x-amzn-requestid": request_id})
    return HttpResponse(status, headers, f"<{root}{attribute}>{inner}</{root}>".encode(errors="replace"))


def _fields(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise Unreadable("The query string is not UTF-8.") from None
    except ValueError:
        raise Unreadable(f"The query string has more than {MAX_FIELDS} fields.") from None


def tree(fields: list[tuple[str, str]]) -> Node:
    """Return a form by the parts of its names, `Tags.member.1.Key`; of a name that stands twice, the last."""
    root = Node()
    for name, text in fields:
        node, parts = root, name.split(".")
        if len(parts) > 3 * MAX_DEPTH:
            raise Unreadable("The query string is nested too deep.")
        for part in parts:
            found = node.get(part)
            if found is None:
                found = node[part] = Node()
            node = found
        node.text = text
    return root


def _read(shape: Shape, node: Node | None) -> Any:
    """Return the value at a node, or None."""
    if node is None:
        return None
    if isinstance(shape, StructureShape):
        return _read_structure(shape, node)
    if isinstance(shape, ListShape):
        return _read_list(shape, node)
    if isinstance(shape, MapShape):
        return _read_map(shape, node)
    if node.text is None:
        return None
    return from_base64(node.text) if shape.type_name == "blob" else from_text(shape.type_name, node.text)


def _read_structure(shape: StructureShape, node: Node) -> dict[str, Any] | None:
    found = {}
    for name, member in shape.members.items():
        value = _read(member, node.get(_wire_name(member, name)))
        if value is not None:
            found[name] = value
    return found or None


def _wire_name(member: Shape, name: str) -> str:
    if isinstance(member, ListShape) and member.serialization.get("flattened"):
        name = member.member.serialization.get("name", name)
    return str(member.serialization.get("name", name))


def _read_list(shape: ListShape, node: Node) -> list[Any] | None:
    if not shape.serialization.get("flattened"):
        if node.text == "":  # botocore's empty list
            return []
        below = node.get(shape.member.serialization.get("name", "member"))
        if below is None:
            return None
        node = below
    values: list[Any] = []
    while (value := _read(shape.member, node.get(str(len(values) + 1)))) is not None:
        values.append(value)
    return values or None


def _read_map(shape: MapShape, node: Node) -> dict[str, Any] | None:
    if not shape.serialization.get("flattened"):
        below = node.get("entry")
        if below is None:
            return None
        node = below
    key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
    values: dict[str, Any] = {}
    number = 1
    while (entry := node.get(str(number))) is not None and key_name in entry:
        values[entry[key_name].text or ""] = _read(shape.value, entry.get(value_name))
        number += 1
    return values or None
