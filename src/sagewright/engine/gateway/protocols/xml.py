"""Values in XML, as the rest-xml and query protocols have them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagewright.engine.gateway.protocols import failures
from sagewright.engine.gateway.protocols.scalars import Unreadable, from_base64, from_text, to_text
from sagewright.vocabulary.errors import ApiError

OUTSIDE = ("header", "headers", "statusCode")  # where an answer's members stand if not in the body
MAX_DEPTH = 50
MAX_ELEMENTS = 200_000  # 10,000 parts of an upload are 60,000

_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"} | {
    code: f"&#x{code:x};" for code in (*range(0x20), 0x7F)
}


# Reading --------------------------------------------------------------------------------------------------------------


def load(body: bytes) -> ElementTree.Element:
    """Read an XML document. One with a document type declaration is refused, so that there is nothing to expand.

    Raises:
        Unreadable: It is no XML, or is larger or deeper than any that is meant well.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    building = _Building()
    parser.StartElementHandler, parser.EndElementHandler = building.start, building.end
    parser.CharacterDataHandler = building.builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
        return building.builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError):
        raise Unreadable(
            "The XML you provided was not well-formed or did not validate against our published schema"
        ) from None


class _Building:
    def __init__(self) -> None:
        self.builder = ElementTree.TreeBuilder()
        self._depth = self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise ValueError("too deep or too large")
        self.builder.start(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(name)


def _refuse_doctype(*_: Any) -> None:
    raise ValueError("a document type declaration")


def read(shape: Shape, node: ElementTree.Element) -> Any:
    """Turn an element into botocore's Python form.

    Raises:
        Unreadable: An element holds another than the model says.
    """
    if isinstance(shape, StructureShape):
        return _read_structure(shape, node)
    if isinstance(shape, ListShape):
        name = shape.member.serialization.get("name", "member")
        return [read(shape.member, child) for child in node if local_name(child) == name]
    if isinstance(shape, MapShape):
        return dict(_entry(shape, entry) for entry in node if local_name(entry) == "entry")
    if len(node):
        raise Unreadable(f"`{local_name(node)}` holds elements where a value was expected.")
    text = node.text or ""
    return from_base64(text) if shape.type_name == "blob" else from_text(shape.type_name, text)


def _read_structure(shape: StructureShape, node: ElementTree.Element) -> dict[str, Any]:
    children: dict[str, list[ElementTree.Element]] = {}
    for child in node:
        children.setdefault(local_name(child), []).append(child)
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        if member.serialization.get("xmlAttribute"):
            value = _attribute(node, wire_name)
        elif "location" in member.serialization:
            continue
        else:
            value = _read_member(member, wire_name, children)
        if value is not None:
            found[name] = value
    return found


def _attribute(node: ElementTree.Element, wire_name: str) -> str | None:
    wanted = wire_name.rpartition(":")[2]
    return next((text for key, text in node.attrib.items() if key.rpartition("}")[2] == wanted), None)


def _read_member(member: Shape, name: str, children: Mapping[str, list[ElementTree.Element]]) -> Any:
    if member.serialization.get("flattened"):
        if isinstance(member, ListShape):
            nodes = children.get(member.member.serialization.get("name", name)) or children.get(name)
            return [read(member.member, item) for item in nodes] if nodes else None
        if isinstance(member, MapShape):
            return dict(_entry(member, entry) for entry in children[name]) if name in children else None
    return read(member, children[name][0]) if name in children else None


def _entry(shape: MapShape, node: ElementTree.Element) -> tuple[str, Any]:
    key = value = None
    for child in node:
        if local_name(child) == shape.key.serialization.get("name", "key"):
            key = child.text or ""
        else:
            value = read(shape.value, child)
    return key or "", value


def local_name(node: ElementTree.Element) -> str:
    """Return an element's name without its namespace."""
    return node.tag.rpartition("}")[2]


# Writing --------------------------------------------------------------------------------------------------------------


def write(shape: Shape, value: Any, name: str, time_style: str = "iso8601") -> Iterator[str]:
    """Yield the text of an element `name` that holds a value."""
    if isinstance(shape, ListShape):
        yield from _write_list(shape, value, name, time_style)
    elif isinstance(shape, MapShape):
        yield from _write_map(shape, value, name, time_style)
    elif isinstance(shape, StructureShape):
        yield f"<{name}{attributes(shape, value)}>"
        yield from write_members(shape, value, time_style)
        yield f"</{name}>"
    else:
        style = shape.serialization.get("timestampFormat", time_style)
        text = base64.b64encode(value).decode() if shape.type_name == "blob" else to_text(shape.type_name, value, style)
        yield f"<{name}{_namespace(shape)}>{escape(text)}</{name}>"


def write_members(shape: StructureShape, value: Mapping[str, Any], time_style: str = "iso8601") -> Iterator[str]:
    """Yield the elements of a structure's members that stand in the body."""
    for name, member in shape.members.items():
        item, traits = value.get(name), member.serialization
        if item is None or traits.get("location") in OUTSIDE or traits.get("xmlAttribute"):
            continue
        yield from write(member, item, traits.get("name", name), time_style)


def error_members(error: ApiError, model: OperationModel) -> str:
    """Return the elements of an error's members beside its code and message."""
    shape = failures.shape_of(error, model)
    known: Mapping[str, Shape] = {} if shape is None else shape.members
    text = ""
    for name, value in error.members.items():
        if name.startswith("@") or (name in known and known[name].serialization.get("location") in OUTSIDE):
            continue
        if name in known and value is not None:
            text += "".join(write(known[name], value, known[name].serialization.get("name", name)))
        elif value is not None:
            text += f"<{name}>{escape(str(value))}</{name}>"
    return text


def _namespace(shape: Shape) -> str:
    namespace = shape.serialization.get("xmlNamespace")
    if namespace is None:
        return ""
    if isinstance(namespace, str):
        return f' xmlns="{namespace}"'
    prefix = f":{namespace['prefix']}" if "prefix" in namespace else ""
    return f' xmlns{prefix}="{namespace["uri"]}"'


def attributes(shape: StructureShape, value: Mapping[str, Any]) -> str:
    text = _namespace(shape)
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute") and value.get(name) is not None:
            text += f' {member.serialization.get("name", name)}="{escape(str(value[name]))}"'
    return text


def _write_list(shape: ListShape, value: Any, name: str, time_style: str) -> Iterator[str]:
    if shape.serialization.get("flattened"):
        for item in value:
            yield from write(shape.member, item, shape.member.serialization.get("name", name), time_style)
        return
    yield f"<{name}{_namespace(shape)}>"
    for item in value:
        yield from write(shape.member, item, shape.member.serialization.get("name", "member"), time_style)
    yield f"</{name}>"


def _write_map(shape: MapShape, value: Mapping[str, Any], name: str, time_style: str) -> Iterator[str]:
    key_name, value_name = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
    flattened = shape.serialization.get("flattened")
    if not flattened:
        yield f"<{name}{_namespace(shape)}>"
    entry, traits = (name, _namespace(shape)) if flattened else ("entry", "")
    for key, item in value.items():
        yield f"<{entry}{traits}><{key_name}{_namespace(shape.key)}>{escape(key)}</{key_name}>"
        yield from write(shape.value, item, value_name, time_style)
        yield f"</{entry}>"
    if not flattened:
        yield f"</{name}>"


def escape(text: str) -> str:
    """Escape text for XML; control characters become references, as S3 writes keys that hold some."""
    return text.translate(_ESCAPES)
