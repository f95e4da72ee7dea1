"""RecordIO frames and the protobuf message `aialgs.data.Record` (`contract.md` 7.1.2).

A frame: magic 0xCED7230A and the payload's length, 4 bytes each, little-endian; the payload; zero bytes up to a
multiple of 4. The message is read and written by hand: it is small, and nothing else here needs protobuf.

    Record        features: map<string, Value> = 1, label: map<string, Value> = 2, uid = 3, metadata = 4,
                  configuration = 5
    Value         float32_tensor = 2, float64_tensor = 3, int32_tensor = 7, bytes = 9
    *Tensor       values = 1 (packed), keys: uint64 = 2 (packed), shape: uint64 = 3 (packed)
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

MAGIC = 0xCED7230A
_HEAD = struct.Struct("<II")
LONGEST = 1 << 29  # of a payload: the upper three bits of the length are no length
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_TENSORS = {2: ("f", 4, _FIXED32), 3: ("d", 8, _FIXED64), 7: ("i", 4, _VARINT)}
_FIELDS = {"f": 2, "d": 3, "i": 7}


class DamagedRecord(ValueError):
    """The bytes are no RecordIO file of protobuf records."""


class Tensor(NamedTuple):
    """A vector.

    Attributes:
        values: Of type code `f` (float32), `d` (float64) or `i` (int32).
        keys: The indexes of the values of a sparse vector; empty: it is dense.
        shape: A sparse vector's length, as a list of one number.
    """

    values: array[float] | array[int]
    keys: Sequence[int] = ()
    shape: Sequence[int] = ()


class Record(NamedTuple):
    """One example; vectors stand under the key `values`."""

    features: Mapping[str, Tensor]
    label: Mapping[str, Tensor] = MappingProxyType({})


# Frames ---------------------------------------------------------------------------------------------------------------


def read_frames(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the payloads of a stream.

    Raises:
        DamagedRecord: It is cut off or no RecordIO.
    """
    number = 0
    while begin := stream.read(_HEAD.size):
        if len(begin) < _HEAD.size:
            raise DamagedRecord(f"record {number}: the file ends inside of its head")
        magic, size = _HEAD.unpack(begin)
        if magic != MAGIC or size >= LONGEST:
            raise DamagedRecord(f"record {number}: this is not RecordIO")
        payload = stream.read(size)
        padding = -size % 4
        if len(payload) < size or len(stream.read(padding)) < padding:
            raise DamagedRecord(f"record {number}: the file ends inside of it")
        yield payload
        number += 1


def frame(payload: bytes) -> bytes:
    """Return a payload in its frame."""
    return head(len(payload)) + payload + bytes(-len(payload) % 4)


def head(size: int) -> bytes:
    """Return what stands before a payload of `size` bytes; zero bytes up to a multiple of 4 follow it."""
    return _HEAD.pack(MAGIC, size)


# Messages -------------------------------------------------------------------------------------------------------------


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """Yield the records of a stream.

    Raises:
        DamagedRecord: A frame or a message is damaged.
    """
    for number, payload in enumerate(read_frames(stream)):
        try:
            yield parse_record(payload)
        except (IndexError, struct.error, ValueError, UnicodeDecodeError) as error:
            raise DamagedRecord(f"record {number}: {error}") from None


def parse_record(payload: bytes) -> Record:
    """Read a message."""
    maps: dict[int, dict[str, Tensor]] = {1: {}, 2: {}}
    for number, value in _fields(payload):
        if number in maps and isinstance(value, bytes):
            key, tensor = _parse_entry(value)
            if tensor is not None:
                maps[number][key] = tensor
    return Record(maps[1], maps[2])


def write_record(record: Record) -> bytes:
    """Return a record in its frame."""
    entries = [(1, record.features), (2, record.label)]
    payload = b"".join(
        _lengthed(number, _lengthed(1, key.encode()) + _lengthed(2, _tensor(tensor)))
        for number, tensors in entries
        for key, tensor in tensors.items()
    )
    return frame(payload)


def _parse_entry(data: bytes) -> tuple[str, Tensor | None]:
    key, tensor = "", None
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            key = value.decode()
        elif number == 2 and isinstance(value, bytes):
            for kind, inner in _fields(value):
                if kind in _TENSORS and isinstance(inner, bytes):
                    tensor = _parse_tensor(inner, *_TENSORS[kind])
    return key, tensor


def _parse_tensor(data: bytes, code: str, size: int, wire_type: int) -> Tensor:
    values: array[float] | array[int] = array(code)
    keys: list[int] = []
    shape: list[int] = []
    for number, value in _fields(data):
        if number == 1:
            _add_values(values, value, size, wire_type)
        elif number in (2, 3):
            numbers = _varints(value) if isinstance(value, bytes) else [value]
            (keys if number == 2 else shape).extend(numbers)
    if keys and len(keys) != len(values):
        raise ValueError(f"a sparse vector has {len(keys)} keys and {len(values)} values")
    if keys and not shape:
        raise ValueError("a sparse vector has no shape")
    return Tensor(values, tuple(keys), tuple(shape))


def _add_values(values: array[float] | array[int], value: bytes | int, size: int, wire_type: int) -> None:
    """Add packed values, or one that stands alone."""
    if wire_type == _VARINT:
        numbers = _varints(value) if isinstance(value, bytes) else [value]
        values.extend(_signed(number) for number in numbers)
        return
    data = value if isinstance(value, bytes) else value.to_bytes(size, "little")
    if len(data) % size:
        raise ValueError("a tensor ends inside of a number")
    added = array(values.typecode, data)
    if sys.byteorder == "big":
        added.byteswap()
    values.extend(added)


def _signed(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - (1 << 32) if number & 0x80000000 else number


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yield the number and the raw value of each field of a message."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        kind = tag & 7
        if kind == _VARINT:
            number, position = _varint(data, position)
            yield tag >> 3, number
        elif kind == _BYTES:
            size, position = _varint(data, position)
            if position + size > len(data):
                raise ValueError("a field reaches beyond its message")
            yield tag >> 3, data[position : position + size]
            position += size
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
            if position + size > len(data):
                raise ValueError("a field reaches beyond its message")
            yield tag >> 3, int.from_bytes(data[position : position + size], "little")
            position += size
        else:
            raise ValueError(f"a field has the unknown wire type {kind}")


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def _varints(data: bytes) -> list[int]:
    numbers, position = [], 0
    while position < len(data):
        number, position = _varint(data, position)
        numbers.append(number)
    return numbers


def _tensor(tensor: Tensor) -> bytes:
    values = tensor.values
    if values.typecode == "i":
        packed = _packed(int(value) & 0xFFFFFFFFFFFFFFFF for value in values)
    elif sys.byteorder == "big":
        swapped = array(values.typecode, values)
        swapped.byteswap()
        packed = swapped.tobytes()
    else:
        packed = values.tobytes()
    message = _lengthed(1, packed) if packed else b""
    if tensor.keys:
        message += _lengthed(2, _packed(tensor.keys))
    if tensor.shape:
        message += _lengthed(3, _packed(tensor.shape))
    return _lengthed(_FIELDS[values.typecode], message)


def _lengthed(number: int, data: bytes) -> bytes:
    return _packed([number << 3 | _BYTES, len(data)]) + data


def _packed(numbers: Iterable[int]) -> bytes:
    data = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            data.append(rest & 0x7F | 0x80)
            rest >>= 7
        data.append(rest)
    return bytes(data)
