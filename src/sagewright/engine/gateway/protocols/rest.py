"""What the REST protocols share: members in the path, the query string, the headers and the status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols.chunked import is_chunked, unchunked
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.gateway.protocols.scalars import from_text, to_text
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError


def parse_located(request: HttpRequest, model: OperationModel) -> dict[str, Any]:
    """Return the members of the input that stand outside of the body."""
    shape = model.input_shape
    if shape is None:
        return {}
    path = _path_values(request, model)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    params = {}
    for name, member in shape.members.items():
        value = _located(member, name, path, query, request.headers)
        if value is not None:
            params[name] = value
    return params


def _located(
    member: Shape, name: str, path: Mapping[str, str], query: Mapping[str, list[str]], headers: Headers
) -> Any:
    wire_name = member.serialization.get("name", name)
    location = member.serialization.get("location")
    if location == "uri" and wire_name in path:
        return from_text(member.type_name, path[wire_name])
    if location == "querystring":
        return _from_query(member, wire_name, query)
    if location == "header" and wire_name in headers:
        return _from_header(member, headers[wire_name])
    if location == "headers":
        prefix = wire_name.lower()
        return {key[len(prefix) :]: _utf8(value) for key, value in headers.items() if key.startswith(prefix)} or None
    return None


def _from_query(member: Shape, wire_name: str, query: Mapping[str, list[str]]) -> Any:
    if isinstance(member, MapShape):
        known = {key: values[0] for key, values in query.items()}
        return known or None
    values = query.get(wire_name)
    if values is None:
        return None
    if isinstance(member, ListShape):
        return [from_text(member.member.type_name, value) for value in values]
    return from_text(member.type_name, values[0])


def _from_header(member: Shape, text: str) -> Any:
    if isinstance(member, ListShape):
        return [from_text(member.member.type_name, item.strip()) for item in text.split(",")]
    return from_text(member.type_name, _utf8(text))


def _utf8(text: str) -> str:
    """Return header text; carriers hand the bytes of UTF-8 over as Latin-1."""
    try:
        return text.encode("latin-1").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _path_values(request: HttpRequest, model: OperationModel) -> dict[str, str]:
    if model.service_model.service_name == "s3":
        bucket, key = bucket_and_key(request.host, request.path)
        return {name: value for name, value in (("Bucket", bucket), ("Key", key)) if value}
    match = _template(model.http["requestUri"].partition("?")[0]).fullmatch(request.path)
    if match is None:
        raise ApiError("UnknownOperationException", f"`{request.path}` is no path of {model.name}.", 404)
    return {name: unquote(value) for name, value in match.groupdict().items()}


@cache
def _template(uri: str) -> re.Pattern[str]:
    """`/endpoints/{EndpointName}/invocations` -> a pattern with one group per label."""
    parts = re.split(r"\{(\w+)(\+?)\}", uri)
    pattern = re.escape(parts[0])
    for name, greedy, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{'.+' if greedy else '[^/]+'}){re.escape(text)}"
    return re.compile(pattern)


def payload_member(shape: StructureShape | None) -> str | None:
    """Return the member that is the whole body, if one is."""
    return None if shape is None else shape.serialization.get("payload")


def raw_payload(request: HttpRequest, member: Shape, params: dict[str, Any]) -> Any:
    """Return a body of bytes: a stream where the model says so, undone of its chunks."""
    body: Any = request.body
    if is_chunked(request):
        body = unchunked(request, params)
    if member.serialization.get("streaming"):
        return body
    content = body.read()
    return content.decode() if member.type_name == "string" else content


def located_response(result: Mapping[str, Any], model: OperationModel, headers: Headers) -> HttpResponse:
    """Return a response with the members that stand outside of the body; the body is the caller's."""
    status = int(result.get("@status") or model.http.get("responseCode", 200))
    shape = model.output_shape
    for name, member in ({} if shape is None else shape.members).items():
        value, location = result.get(name), member.serialization.get("location")
        if value is None or location is None:
            continue
        wire_name = member.serialization.get("name", name)
        if location == "headers":
            for key, text in value.items():
                headers[wire_name + key] = text
        elif location == "header":
            headers[wire_name] = _header_text(member, value)
        elif location == "statusCode":
            status = int(value)
    return HttpResponse(status, headers)


def _header_text(member: Shape, value: Any) -> str:
    if isinstance(member, ListShape):
        return ",".join(to_text(member.member.type_name, item, "rfc822") for item in value)
    return to_text(member.type_name, value, member.serialization.get("timestampFormat", "rfc822"))


def blob_body(value: Any) -> Any:
    """Return a result's blob as a body."""
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else value


def in_body(shape: StructureShape) -> dict[str, Shape]:
    """Return the members that stand in the body."""
    return {name: member for name, member in shape.members.items() if "location" not in member.serialization}
