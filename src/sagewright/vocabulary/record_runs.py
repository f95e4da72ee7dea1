"""Records found without being read: where in the bytes of a RecordIO file the numbers of each lie.

Records that one program has written mostly differ in their numbers alone. Those with the layout of the one before are
told by comparing the bytes between the numbers; the numbers are read when somebody asks for them.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sagewright.vocabulary.record_columns import Columns, Kind, columns_of
from sagewright.vocabulary.recordio import (
    LONGEST,
    MAGIC,
    DamagedRecord,
    Record,
    Tensor,
    parse_record,
)

_HEAD = struct.Struct("<II")
_HEAD_BYTES = _HEAD.size
# Reading side by side costs NumPy's import: less data are read one by one. After a block of few, so are as many.
_WORTHWHILE_BYTES, _WORTHWHILE, _BLOCK = 1 << 15, 16, 4096
# Fields of `aialgs.data.Value`: type code and bytes of a number, None for those that are no vectors of numbers.
_VALUES = b"\x0a\x06values\x12"
_KINDS = {2 << 3 | 2: ("f", 4), 3 << 3 | 2: ("d", 8), 7 << 3 | 2: ("i", 0)}


class Vector(NamedTuple):
    """Where a vector lies in its message.

    Attributes:
        part: 1: of the features, 2: of the label.
        name: Its key.
        code: Type code of its numbers: `f`, `d` or `i`.
        begin, end: Of the numbers.
        keys_begin, keys_end: Of the indexes of a sparse vector, as varints.
        shape: Of a sparse vector; its bytes lie between `shape_begin` and `shape_end`.
    """

    part: int
    name: str
    code: str
    begin: int
    end: int
    keys_begin: int
    keys_end: int
    shape: tuple[int, ...]
    shape_begin: int
    shape_end: int


class Run(NamedTuple):
    """Records of one layout, one behind the other.

    Attributes:
        begin: Where the first one's message begins.
        size: Bytes of a message.
        stride: Bytes from one message to the next.
        records: How many there are.
        vectors: The layout; None: the message is written in another way than writers do, `parse_record` reads it.
    """

    begin: int
    size: int
    stride: int
    records: int
    vectors: tuple[Vector, ...] | None
    columns: Columns | None = None

    def begins(self) -> Iterable[int]:
        """Return where each message begins."""
        if self.columns is not None:
            return self.columns.rows
        return range(self.begin, self.begin + self.stride * self.records, self.stride)


def runs_of(data: bytes) -> Iterator[Run]:
    """Yield the runs of a whole file, in order.

    Raises:
        DamagedRecord: It is cut off, no RecordIO, or a message is damaged.
    """
    position, number, wait = 0, 0, 0
    while position < len(data):
        begin, size = position + _HEAD_BYTES, _size_of(data, position, number)
        try:
            vectors = vectors_of(data, begin, begin + size)
            if vectors is None:
                parse_record(data[begin : begin + size])
        except (IndexError, ValueError) as error:
            raise DamagedRecord(f"record {number}: {error}") from None
        stride = _HEAD_BYTES + size + -size % 4
        count = 1 if vectors is None else _alike(data, position, size, stride, vectors)
        columns = None
        if vectors and count == 1 and number >= wait and _is_worthwhile(data, position, vectors):
            columns = _side_by_side(data, position, vectors)
            wait = number + (0 if len(columns.rows) > _WORTHWHILE else _BLOCK)
        if columns is not None and len(columns.rows) > 1:
            *_, last = columns.rows
            yield Run(begin, size, stride, len(columns.rows), None, columns)
            size = int.from_bytes(data[last - 4 : last], "little")
            position, number = last + size + -size % 4, number + len(columns.rows)
        else:
            yield Run(begin, size, stride, count, vectors)
            position, number = position + stride * count, number + count


def tensor_of(data: bytes, begin: int, vector: Vector, numbers: type[array[Any]] = array) -> Tensor:
    """Return the vector of the message that begins at `begin`."""
    raw = data[begin + vector.begin : begin + vector.end]
    if vector.code == "i":
        values = numbers("i", [_signed(number) for number in varints_of(raw)])
    else:
        values = numbers(vector.code, raw)
        if sys.byteorder == "big":
            values.byteswap()
    if vector.keys_end == vector.keys_begin:
        return Tensor(values, (), vector.shape)
    keys = varints_of(data[begin + vector.keys_begin : begin + vector.keys_end])
    return Tensor(values, tuple(keys), vector.shape)


def tensors_of(
    data: bytes, begin: int, run: Run, part: int, numbers: type[array[Any]] = array
) -> Iterable[tuple[str, Tensor]]:
    """Return key and vector of a part of the record whose message begins at `begin`.

    Args:
        part: 1: of the features, 2: of the label.
        numbers: What holds the vectors' numbers.
    """
    if run.columns is not None:
        return run.columns.tensors(begin, part, numbers)
    if run.vectors is not None:
        return [(vector.name, tensor_of(data, begin, vector, numbers)) for vector in run.vectors if vector.part == part]
    record = parse_record(data[begin : begin + run.size])
    return (record.features if part == 1 else record.label).items()


def record_of(data: bytes, begin: int, run: Run) -> Record:
    """Return the record whose message begins at `begin`."""
    return Record(dict(tensors_of(data, begin, run, 1)), dict(tensors_of(data, begin, run, 2)))


def varints_of(data: bytes) -> list[int]:
    """Return numbers of 7 bits to the byte."""
    numbers, number, shift = [], 0, 0
    for byte in data:
        if byte < 0x80:
            numbers.append(number | byte << shift)
            number = shift = 0
        else:
            number |= (byte & 0x7F) << shift
            shift += 7
    return numbers


def vectors_of(data: bytes, position: int, end: int) -> tuple[Vector, ...] | None:
    """Return where the vectors of the message between two places lie; None: it is written in another way.

    Raises:
        IndexError, ValueError: It is damaged.
    """
    begin = position
    found: list[Vector] = []
    while position < end:
        tag = data[position]
        if tag not in (0x0A, 0x12):
            return None
        size, position = data[position + 1], position + 2
        if size > 0x7F:
            size, position = _number(data, position - 1)
        if position + size > end:
            raise ValueError("a field reaches beyond its message")
        vector = _entry(data, position, position + size, begin, tag >> 3)
        if vector is None or (found and any(other[:2] == vector[:2] for other in found)):
            return None
        found.append(vector)
        position += size
    return tuple(found)


def _size_of(data: bytes, position: int, number: int) -> int:
    if position + _HEAD_BYTES > len(data):
        raise DamagedRecord(f"record {number}: the file ends inside of its head")
    magic, size = _HEAD.unpack_from(data, position)
    if magic != MAGIC or size >= LONGEST:
        raise DamagedRecord(f"record {number}: this is not RecordIO")
    if position + _HEAD_BYTES + size + -size % 4 > len(data):
        raise DamagedRecord(f"record {number}: the file ends inside of it")
    return int(size)


def _alike(data: bytes, position: int, size: int, stride: int, vectors: tuple[Vector, ...]) -> int:
    """Return how many records from `position` on differ in their numbers alone."""
    if any(vector.code == "i" or vector.keys_end > vector.keys_begin for vector in vectors):
        return 1  # numbers of any length
    ends = [0, *(_HEAD_BYTES + vector.end for vector in vectors)]
    begins = [*(_HEAD_BYTES + vector.begin for vector in vectors), _HEAD_BYTES + size]
    between = [(begin, data[position + begin : position + end]) for begin, end in zip(ends, begins, strict=True)]
    between = [(begin, same) for begin, same in between if same]
    count, following, last = 1, position + stride, len(data) - stride
    while following <= last:
        for begin, same in between:
            if not data.startswith(same, following + begin):
                return count
        count += 1
        following += stride
    return count


def _is_worthwhile(data: bytes, position: int, vectors: tuple[Vector, ...]) -> bool:
    is_short = all(len(vector.name) < 32 and vector.shape_end - vector.shape_begin < 32 for vector in vectors)
    return is_short and len(data) - position > _WORTHWHILE_BYTES


def _side_by_side(data: bytes, position: int, vectors: tuple[Vector, ...]) -> Columns:
    """Return the records from `position` on that are of one kind, some thousands at most."""
    begins, sizes = _messages(data, position)
    kinds = [_kind(data, begins[0], vector) for vector in vectors]
    return columns_of(data, begins, sizes, kinds, [vector.shape for vector in vectors])


def _messages(data: bytes, position: int) -> tuple[list[int], list[int]]:
    """Return where the messages from `position` on begin, and their sizes: some thousands at most, whole ones."""
    begins: list[int] = []
    sizes: list[int] = []
    head, last, end = _HEAD.unpack_from, len(data) - _HEAD_BYTES, len(data)
    for _ in range(_BLOCK):  # it takes most of the time of reading
        if position > last:
            break
        magic, size = head(data, position)
        position += _HEAD_BYTES
        after = position + size + -size % 4
        if magic != MAGIC or size >= LONGEST or after > end:
            break
        begins.append(position)
        sizes.append(size)
        position = after
    return begins, sizes


def _kind(data: bytes, begin: int, vector: Vector) -> Kind:
    shape = data[begin + vector.shape_begin : begin + vector.shape_end]
    field = bytes([0x1A, len(shape)]) + shape if shape else b""
    has_values, has_keys = vector.end > vector.begin, vector.keys_end > vector.keys_begin
    return Kind(vector.part, vector.name, vector.code, has_values, has_keys, field)


def _entry(data: bytes, position: int, end: int, begin: int, part: int) -> Vector | None:
    """Return the vector of an entry of a map: its key, and a value that holds one tensor."""
    if data.startswith(_VALUES, position):
        name, position = "values", position + len(_VALUES)
    else:
        if data[position] != 0x0A:
            return None
        size, position = _number(data, position + 1)
        name, position = data[position : position + size].decode(), position + size
        if position >= end or data[position] != 0x12:
            return None
        position += 1
    size, position = data[position], position + 1
    if size > 0x7F:
        size, position = _number(data, position - 1)
    if position + size != end or not size or data[position] not in _KINDS:
        return None
    kind = _KINDS[data[position]]
    size, position = data[position + 1], position + 2
    if size > 0x7F:
        size, position = _number(data, position - 1)
    if position + size != end:
        return None
    return _tensor(data, position, end, begin, (part, name, *kind))


def _tensor(data: bytes, position: int, end: int, begin: int, what: tuple[int, str, str, int]) -> Vector | None:
    """Return where the numbers, the keys and the shape of a tensor lie, each packed and at most once, in order.

    It is called for every record whose numbers differ in length: short lengths are read in place.
    """
    part, name, code, width = what
    values = values_end = keys = keys_end = shape = shape_end = begin
    last = 0
    while position < end:
        tag = data[position]
        if tag <= last or tag not in (0x0A, 0x12, 0x1A):
            return None
        last = tag
        size, position = data[position + 1], position + 2
        if size > 0x7F:
            size, position = _number(data, position - 1)
        after = position + size
        if after > end:
            raise ValueError("a field reaches beyond its message")
        if tag == 0x0A:
            values, values_end = position, after
        elif tag == 0x12:
            keys, keys_end = position, after
        else:
            shape, shape_end = position, after
        position = after
    if width and (values_end - values) % width:
        raise ValueError("a tensor ends inside of a number")
    count = (values_end - values) // width if width else _count(data, values, values_end)
    if keys_end > keys:
        keys_count = _count(data, keys, keys_end)
        if keys_count != count:
            raise ValueError(f"a sparse vector has {keys_count} keys and {count} values")
        if shape_end == shape:
            raise ValueError("a sparse vector has no shape")
    sizes: tuple[int, ...] = ()
    if shape_end > shape:
        _count(data, shape, shape_end)
        sizes = _shape(data[shape:shape_end])
    places = (values - begin, values_end - begin, keys - begin, keys_end - begin)
    return Vector(part, name, code, *places, sizes, shape - begin, shape_end - begin)


@lru_cache
def _shape(data: bytes) -> tuple[int, ...]:
    return tuple(varints_of(data))


def _count(data: bytes, begin: int, end: int) -> int:
    """Return how many varints there are between two places.

    Raises:
        ValueError: The last one does not end, or one is longer than a number can be.
    """
    if begin == end:
        return 0
    if data[end - 1] > 0x7F:
        raise ValueError("a number does not end")
    marks = data[begin:end].translate(_MARKS)
    if _TOO_LONG in marks:
        raise ValueError("a number is too long")
    return marks.count(b"\0")


# For each byte of a varint whether another one follows.
_MARKS = bytes(0 if byte < 0x80 else 1 for byte in range(256))
_TOO_LONG = bytes([1]) * 10


def _number(data: bytes, position: int) -> tuple[int, int]:
    value = data[position]
    position += 1
    if value < 0x80:
        return value, position
    value, shift = value & 0x7F, 7
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def _signed(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - (1 << 32) if number & 0x80000000 else number
