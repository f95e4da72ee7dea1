"""Documents of values with types of their own, JSON and CBOR: read and written by a shape, checked on the way.

What does not fit is refused in the words of AWS's own framework, `STRING_VALUE can not be converted to an Integer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sagewright.engine.gateway.protocols.scalars import NOT_FINITE, RANGES, Unreadable, to_datetime, whole_text

MAX_DEPTH = 100  # of values within values; real ones are a dozen deep, and every level costs us stack


@dataclass(frozen=True)
class Form:
    """What JSON and CBOR have differently.

    Attributes:
        read_blob, write_blob: From the document's value of a blob to bytes, and back.
        write_time: From unix seconds or a datetime, with the style that the shape names.
    """

    read_blob: Callable[[Any], bytes]
    write_blob: Callable[[bytes], Any]
    write_time: Callable[[Any, str], Any]
    write_number: Callable[[float], Any]


def read(shape: Shape, value: Any, form: Form, depth: int = 0) -> Any:
    """Turn a document's value into botocore's Python form; members that the shape does not know are passed over.

    Raises:
        Unreadable: A value has another type than the model says, or values are nested too deep.
    """
    if depth > MAX_DEPTH:
        raise Unreadable("The document is nested too deep.")
    if getattr(shape, "is_document_type", False):
        return _checked_document(value, depth)
    if isinstance(shape, StructureShape):
        return _read_structure(shape, value, form, depth)
    if isinstance(shape, ListShape):
        if not isinstance(value, (list, tuple)):
            raise _unexpected(value, "list")
        return [None if item is None else read(shape.member, item, form, depth + 1) for item in value]
    if isinstance(shape, MapShape):
        return _read_map(shape, value, form, depth)
    return _SCALARS[shape.type_name](shape, value, form)


def _read_structure(shape: StructureShape, value: Any, form: Form, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unexpected(value, "structure")
    found = {}
    for name, member in shape.members.items():
        item = value.get(member.serialization.get("name", name))
        if item is not None:
            found[name] = read(member, item, form, depth + 1)
    return found


def _read_map(shape: MapShape, value: Any, form: Form, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unexpected(value, "map")
    return {
        _string(shape.key, key, form): None if item is None else read(shape.value, item, form, depth + 1)
        for key, item in value.items()
    }


def _checked_document(value: Any, depth: int) -> Any:
    """Return a document without a schema once it is known to be whole and not too deep."""
    if depth > MAX_DEPTH:
        raise Unreadable("The document is nested too deep.")
    if isinstance(value, dict):
        return {whole_text(str(key)): _checked_document(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_checked_document(item, depth + 1) for item in value]
    return whole_text(value) if isinstance(value, str) else value


def _string(shape: Shape, value: Any, form: Form) -> str:
    if not isinstance(value, str):
        raise _unexpected(value, "a String")
    return whole_text(value)


def _blob(shape: Shape, value: Any, form: Form) -> bytes:
    if not isinstance(value, (str, bytes)):
        raise _unexpected(value, "a Blob")
    return form.read_blob(value)


def _boolean(shape: Shape, value: Any, form: Form) -> bool:
    if not isinstance(value, bool):
        raise _unexpected(value, "a Boolean")
    return value


def _integer(shape: Shape, value: Any, form: Form) -> int:
    kind = "an Integer" if shape.type_name == "integer" else "a Long"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unexpected(value, kind)
    low, high = RANGES[shape.type_name]
    if not low <= value <= high:
        raise Unreadable(f"NUMBER_VALUE is out of range of {kind}.")
    return value


def _number(shape: Shape, value: Any, form: Form) -> float:
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _unexpected(value, "a Double" if shape.type_name == "double" else "a Float")
    try:
        return value if isinstance(value, float) else _kept(value)
    except OverflowError:
        raise Unreadable("NUMBER_VALUE is out of range of a Double.") from None


def _kept(value: int) -> int:
    float(value)
    return value


def _timestamp(shape: Shape, value: Any, form: Form) -> Any:
    if isinstance(value, (dict, list, bool, bytes)):
        raise _unexpected(value, "milliseconds since epoch")
    return to_datetime(value)


_SCALARS: Mapping[str, Callable[[Shape, Any, Form], Any]] = {
    "string": _string,
    "character": _string,
    "blob": _blob,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "timestamp": _timestamp,
}


def _unexpected(value: Any, wanted: str) -> Unreadable:
    if isinstance(value, dict):
        return Unreadable("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return Unreadable("Start of list found where not expected")
    if wanted in ("structure", "map", "list"):
        return Unreadable("Unexpected field type" if wanted == "list" else "Expected null")
    return Unreadable(f"{_token(value)} can not be converted to {wanted}")


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"


def write(shape: Shape, value: Any, form: Form) -> Any:
    """Turn a result in botocore's Python form into a document's values; members that are None are left out."""
    kind = shape.type_name
    if kind in _WRITTEN_AS_THEY_ARE:  # most values are
        return value
    if isinstance(shape, StructureShape):
        return value if shape.is_document_type else _write_members(shape, value, form)
    if isinstance(shape, ListShape):
        return [None if item is None else write(shape.member, item, form) for item in value]
    if isinstance(shape, MapShape):
        return {key: None if item is None else write(shape.value, item, form) for key, item in value.items()}
    if kind == "timestamp":
        return form.write_time(value, shape.serialization.get("timestampFormat", "unixTimestamp"))
    return form.write_blob(value) if kind == "blob" else form.write_number(value)


_WRITTEN_AS_THEY_ARE = frozenset(("string", "character", "boolean", "integer", "long"))


def _write_members(shape: StructureShape, value: Mapping[str, Any], form: Form) -> dict[str, Any]:
    members, document = _written(shape), {}
    for name, item in value.items():
        if item is not None and (known := members.get(name)) is not None:
            wire_name, member = known
            document[wire_name] = item if member is None else write(member, item, form)
    return document


@lru_cache(maxsize=1 << 14)
def _written(shape: StructureShape) -> dict[str, tuple[str, Shape | None]]:
    """Return the names of a structure's members on the wire, and the shapes of those that are not written as they are.

    Shapes live as long as their service's model, and asking them takes longer than writing does.
    """
    return {
        name: (member.serialization.get("name", name), None if member.type_name in _WRITTEN_AS_THEY_ARE else member)
        for name, member in shape.members.items()
    }
