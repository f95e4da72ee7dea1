"""Values in XML, as the rest-xml and query protocols have them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagewright.engine.gateway.protocols.scalars import from_text, to_text
from sagewright.vocabulary.errors import ApiError

_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"} | {
    code: f"&#x{code:x};" for code in (*range(0x20), 0x7F)
}


def load(body: bytes) -> ElementTree.Element:
    """Read an XML body.

    Raises:
        ApiError: `MalformedXML`; documents with a DTD are refused, nobody sends one in good faith.
    """
    try:
        if b"<!DOCTYPE" in body:
            raise ElementTree.ParseError("document type declarations are not allowed")
        return ElementTree.fromstring(body)  # noqa: S314 - without a DTD there is nothing to expand
    except ElementTree.ParseError as error:
        raise ApiError("MalformedXML", f"The XML you provided was not well-formed: {error}") from None


def read(shape: Shape, node: ElementTree.Element) -> Any:
    """Turn an element into botocore's Python form."""
    if isinstance(shape, StructureShape):
        return _read_structure(shape, node)
    if isinstance(shape, ListShape):
        return [read(shape.member, child) for child in node]
    if isinstance(shape, MapShape):
        return dict(_entry(shape, entry) for entry in node)
    if shape.type_name == "blob":
        return base64.b64decode(node.text or "")
    return from_text(shape.type_name, node.text or "")


def _read_structure(shape: StructureShape, node: ElementTree.Element) -> dict[str, Any]:
    children: dict[str, list[ElementTree.Element]] = {}
    for child in node:
        children.setdefault(_local(child.tag), []).append(child)
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        if member.serialization.get("xmlAttribute"):
            value = next(
                (text for key, text in node.attrib.items() if _local(key) == wire_name.rpartition(":")[2]), None
            )
            if value is not None:
                found[name] = value
        elif isinstance(member, ListShape) and member.serialization.get("flattened"):
            nodes = children.get(member.member.serialization.get("name", wire_name)) or children.get(wire_name)
            if nodes:
                found[name] = [read(member.member, item) for item in nodes]
        elif wire_name in children:
            found[name] = read(member, children[wire_name][0])
    return found


def _entry(shape: MapShape, node: ElementTree.Element) -> tuple[str, Any]:
    key = value = None
    for child in node:
        if _local(child.tag) == shape.key.serialization.get("name", "key"):
            key = child.text or ""
        else:
            value = read(shape.value, child)
    return key or "", value


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def write(shape: Shape, value: Any, name: str, time_style: str = "iso8601") -> Iterator[str]:
    """Yield the text of an element `name` that holds a value."""
    if isinstance(shape, ListShape):
        yield from _write_list(shape, value, name, time_style)
    elif isinstance(shape, MapShape):
        yield from _write_map(shape, value, name, time_style)
    elif isinstance(shape, StructureShape):
        yield f"<{name}{_attributes(shape, value)}>"
        yield from write_members(shape, value, time_style)
        yield f"</{name}>"
    else:
        style = shape.serialization.get("timestampFormat", time_style)
        text = base64.b64encode(value).decode() if shape.type_name == "blob" else to_text(shape.type_name, value, style)
        yield f"<{name}>{escape(text)}</{name}>"


def write_members(shape: StructureShape, value: Mapping[str, Any], time_style: str = "iso8601") -> Iterator[str]:
    """Yield the elements of a structure's members that stand in the body."""
    for name, member in shape.members.items():
        item, traits = value.get(name), member.serialization
        if item is None or "location" in traits or traits.get("xmlAttribute"):
            continue
        yield from write(member, item, traits.get("name", name), time_style)


def _attributes(shape: StructureShape, value: Mapping[str, Any]) -> str:
    text = ""
    namespace = shape.serialization.get("xmlNamespace")
    if isinstance(namespace, Mapping):
        prefix = f":{namespace['prefix']}" if "prefix" in namespace else ""
        text += f' xmlns{prefix}="{namespace["uri"]}"'
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute") and value.get(name) is not None:
            text += f' {member.serialization.get("name", name)}="{escape(str(value[name]))}"'
    return text


def _write_list(shape: ListShape, value: Any, name: str, time_style: str) -> Iterator[str]:
    if shape.serialization.get("flattened"):
        for item in value:
            yield from write(shape.member, item, shape.member.serialization.get("name", name), time_style)
        return
    yield f"<{name}>"
    for item in value:
        yield from write(shape.member, item, shape.member.serialization.get("name", "member"), time_style)
    yield f"</{name}>"


def _write_map(shape: MapShape, value: Mapping[str, Any], name: str, time_style: str) -> Iterator[str]:
    key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
    flattened = shape.serialization.get("flattened")
    if not flattened:
        yield f"<{name}>"
    for key, item in value.items():
        yield f"<{name if flattened else 'entry'}><{key_name}>{escape(key)}</{key_name}>"
        yield from write(shape.value, item, value_name, time_style)
        yield f"</{name if flattened else 'entry'}>"
    if not flattened:
        yield f"</{name}>"


def escape(text: str) -> str:
    """Escape text for XML; control characters become references, as S3 writes keys that hold some."""
    return text.translate(_ESCAPES)
