"""What the REST protocols share: members in the path, the query string, the headers and the status."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols import failures, json_values, xml
from sagewright.engine.gateway.protocols.chunked import is_chunked, unchunked
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.gateway.protocols.scalars import Unreadable, from_base64, from_text, to_text
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

Query = Mapping[str, list[str]]

MAX_QUERY_FIELDS = 10_000

_LIST_ITEM = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)')
_NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def parse_located(request: HttpRequest, model: OperationModel) -> dict[str, Any]:
    """Return the members of the input that stand outside of the body.

    Raises:
        Unreadable: A value is none of its type.
    """
    shape = model.input_shape
    if shape is None:
        return {}
    path, query = _path_values(request, model), _query_values(request.query)
    named = _named_in_query(shape) | set(_literals(model))
    params = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        if location is None:
            continue
        wire_name = member.serialization.get("name", name)
        if location == "querystring" and isinstance(member, MapShape):
            value = _query_map(member, {key: texts for key, texts in query.items() if key not in named})
        else:
            value = _located(member, wire_name, location, path, query, request.headers)
        if value is not None:
            params[name] = value
    return params


def _query_values(text: str) -> dict[str, list[str]]:
    try:
        fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
    except UnicodeDecodeError:
        raise Unreadable("The query string is not UTF-8.") from None
    except ValueError:
        raise Unreadable(f"The query string has more than {MAX_QUERY_FIELDS} fields.") from None
    query: dict[str, list[str]] = {}
    for name, value in fields:
        query.setdefault(name, []).append(value)
    return query


def _named_in_query(shape: StructureShape) -> set[str]:
    return {
        member.serialization.get("name", name)
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring" and not isinstance(member, MapShape)
    }


def _literals(model: OperationModel) -> list[str]:
    """Return the names that an operation's own path has in its query: `/{Bucket}?acl`."""
    query = model.http["requestUri"].partition("?")[2]
    return [part.partition("=")[0] for part in query.split("&")]


def _query_map(member: MapShape, query: Query) -> Any:
    many = isinstance(member.value, ListShape)
    return {key: texts if many else texts[0] for key, texts in query.items()} or None


def _located(
    member: Shape, wire_name: str, location: str, path: Mapping[str, str], query: Query, headers: Headers
) -> Any:
    if location == "uri" and wire_name in path:
        return from_text(member.type_name, path[wire_name])
    if location == "querystring" and wire_name in query:
        texts = query[wire_name]
        if isinstance(member, ListShape):
            return [from_text(member.member.type_name, text) for text in texts]
        return from_text(member.type_name, texts[0])
    if location == "header" and wire_name in headers:
        return _from_header(member, headers[wire_name])
    if location == "headers":
        prefix = wire_name.lower()
        return {key[len(prefix) :]: _utf8(value) for key, value in headers.items() if key.startswith(prefix)} or None
    return None


def _from_header(member: Shape, text: str) -> Any:
    if isinstance(member, ListShape):
        return [from_text(member.member.type_name, item) for item in _list_items(member, text)]
    if member.serialization.get("jsonvalue"):
        return json_values.load(from_base64(text))
    if member.type_name in ("string", "character"):
        return _utf8(text)
    return from_text(member.type_name, text.strip())


def _list_items(member: ListShape, text: str) -> list[str]:
    """Split a header's list: items may be quoted, and dates hold a comma each."""
    if not text.strip():
        return []
    if member.member.type_name == "timestamp":
        parts = text.split(",")
        return [",".join(parts[n : n + 2]).strip() for n in range(0, len(parts), 2)] if "GMT" in text else parts
    found, end = [], 0
    while end < len(text):
        match = _LIST_ITEM.match(text, end)
        if match is None or match.end() == end:
            raise Unreadable(f"`{text[:100]}` is not a list of a header.")
        found.append(_unquoted(match[1].strip()))
        end = match.end()
    return found


def _unquoted(item: str) -> str:
    return re.sub(r"\\(.)", r"\1", item[1:-1]) if len(item) > 1 and item[0] == item[-1] == '"' else item


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
        raise ApiError("UnknownOperationException", f"`{request.path[:200]}` is no path of {model.name}.", 404)
    try:
        return {name: unquote(value, errors="strict") for name, value in match.groupdict().items()}
    except UnicodeDecodeError:
        raise Unreadable("The path is not UTF-8.") from None


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


def add_raw_payload(params: dict[str, Any], name: str, request: HttpRequest, shape: StructureShape) -> None:
    """Put a body of bytes into the params: a stream where the model says so, undone of its chunks.

    An empty body is an absent one, unless the operation needs one.
    """
    member, body = shape.members[name], request.body
    if is_chunked(request):
        body = unchunked(request, params)
    if member.serialization.get("streaming"):
        params[name] = body
        return
    content = body.read()
    if not content and name not in shape.required_members:
        return
    try:
        params[name] = content.decode() if member.type_name == "string" else content
    except UnicodeDecodeError:
        raise ApiError("SerializationException", "The body is not UTF-8.") from None


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
                headers[wire_name + key] = safe(text)
        elif location == "header":
            headers[wire_name] = safe(_header_text(member, value))
        elif location == "statusCode":
            status = int(value)
    return HttpResponse(status, headers)


def safe(text: str) -> str:
    """Return text that cannot end a header: stored values may hold line ends, and must not begin further headers."""
    return _NOT_IN_HEADERS.sub(" ", text)


def _header_text(member: Shape, value: Any) -> str:
    if isinstance(member, ListShape):
        return ",".join(_quoted(to_text(member.member.type_name, item, "rfc822"), member.member) for item in value)
    if member.serialization.get("jsonvalue"):
        return base64.b64encode(json_values.dump(value)).decode()
    return to_text(member.type_name, value, member.serialization.get("timestampFormat", "rfc822"))


def _quoted(text: str, member: Shape) -> str:
    """Return a list's item, in quotes where it holds what would end it."""
    if member.type_name == "string" and ("," in text or '"' in text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def put_raw(response: HttpResponse, member: Shape, value: Any) -> None:
    """Put a result's blob or string into a response as its body."""
    if member.type_name == "string":
        response.headers.setdefault("content-type", "text/plain")
    response.body = value.encode() if isinstance(value, str) else b"" if value is None else value


def in_body(shape: StructureShape) -> dict[str, Shape]:
    """Return the members of an answer that stand in the body."""
    return {
        name: member
        for name, member in shape.members.items()
        if member.serialization.get("location") not in xml.OUTSIDE
    }


def error_headers(error: ApiError, model: OperationModel) -> dict[str, str]:
    """Return the headers that hold members of an error."""
    shape = failures.shape_of(error, model)
    members = {} if shape is None else shape.members
    return {
        member.serialization.get("name", name).lower(): safe(_header_text(member, error.members[name]))
        for name, member in members.items()
        if member.serialization.get("location") == "header" and error.members.get(name) is not None
    }
