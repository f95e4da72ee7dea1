"""Records of one kind whose numbers take different room, read side by side: a step of the message for all at once.

Sparse rows and whole numbers, which are varints, give every message another length. What stands where is found by
arrays: where each record is read up to, the byte there, the length that begins there.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sagewright.vocabulary.recordio import Tensor

LONGEST_VARINT = 10
_KIND_TAGS = {"f": (2 << 3 | 2, 4), "d": (3 << 3 | 2, 8), "i": (7 << 3 | 2, 0)}


class Kind(NamedTuple):
    """What the vectors of such records have in common.

    Attributes:
        part, name, code: As of a `Vector` of `record_runs.py`.
        has_values, has_keys: Whether there are numbers and keys.
        shape: The shape's field as it stands, or nothing.
    """

    part: int
    name: str
    code: str
    has_values: bool
    has_keys: bool
    shape: bytes


class _Numbers(NamedTuple):
    """Numbers of all records: those of a record lie between two ends."""

    flat: Any
    ends: list[int]


class Columns(NamedTuple):
    """Records that were read side by side.

    Attributes:
        rows: The number of each record by where its message begins.
        shapes: Of the vectors.
        values: Numbers of each vector; None: there are none.
        keys: Likewise.
    """

    rows: dict[int, int]
    kinds: Sequence[Kind]
    shapes: Sequence[tuple[int, ...]]
    values: Sequence[_Numbers | None]
    keys: Sequence[_Numbers | None]

    def tensors(self, begin: int, part: int, numbers: type[array[Any]] = array) -> Iterator[tuple[str, Tensor]]:
        """Yield key and vector of a part of the record whose message begins at `begin`."""
        row = self.rows[begin]
        for kind, shape, values, keys in zip(self.kinds, self.shapes, self.values, self.keys, strict=True):
            if kind.part == part:
                held = numbers(kind.code, b"" if values is None else _of_row(values, row).tobytes())
                found = () if keys is None else tuple(_of_row(keys, row).tolist())
                yield kind.name, Tensor(held, found, shape)


def columns_of(
    data: bytes, begins: Sequence[int], sizes: Sequence[int], kinds: Sequence[Kind], shapes: Sequence[tuple[int, ...]]
) -> Columns:
    """Return the first of the records, as many as are of these kinds and whole.

    Args:
        begins, sizes: Of the messages.
    """
    import numpy as np

    bytes_ = np.frombuffer(data, np.uint8)
    reader = _Reader(bytes_, np.array(begins, np.int64))
    places = [reader.vector(kind) for kind in kinds]
    reader.demand(reader.at == reader.begins + np.array(sizes, np.int64))
    values = [
        _values(data, kind, place[0], reader) if kind.has_values else None
        for kind, place in zip(kinds, places, strict=True)
    ]
    keys = [
        _varints(data, place[1], reader) if kind.has_keys else None for kind, place in zip(kinds, places, strict=True)
    ]
    for value, key in zip(values, keys, strict=True):
        if key is not None:
            reader.demand(np.diff(key[1]) == (0 if value is None else np.diff(value[1])))
    whole = int(np.argmin(reader.fine)) if not reader.fine.all() else len(begins)
    rows = {begin: row for row, begin in enumerate(begins[:whole])}
    return Columns(rows, kinds, shapes, [_numbers(value) for value in values], [_numbers(key) for key in keys])


class _Reader:
    """Where in its message each record is read up to, and whether all was as expected."""

    def __init__(self, data: Any, begins: Any) -> None:
        import numpy as np

        self.data, self.begins, self.at = data, begins, begins.copy()
        self.fine = np.ones(len(begins), bool)

    def demand(self, fine: Any) -> None:
        self.fine &= fine

    def byte(self, offset: int = 0) -> Any:
        import numpy as np

        return self.data[np.minimum(self.at + offset, len(self.data) - 1)]

    def skip(self, expected: bytes) -> None:
        for offset, byte in enumerate(expected):
            self.demand(self.byte(offset) == byte)
        self.at += len(expected)

    def length(self) -> Any:
        """Read a length, of four bytes at most."""
        import numpy as np

        length, going = np.zeros(len(self.at), np.int64), np.ones(len(self.at), bool)
        for place in range(4):
            byte = self.byte()
            length += np.where(going, (byte & 0x7F).astype(np.int64) << (7 * place), 0)
            self.at += going
            going &= byte > 0x7F
        self.demand(~going)
        return length

    def field(self, tag: int) -> tuple[Any, Any]:
        """Read a field of bytes; return where its content begins and ends."""
        self.skip(bytes([tag]))
        length = self.length()
        begin = self.at.copy()
        self.at = self.at + length
        self.demand(self.at <= len(self.data))
        return begin, self.at.copy()

    def vector(self, kind: Kind) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """Read an entry of a map; return where its numbers and its keys lie."""
        name = kind.name.encode()
        begin, end = self.field(kind.part << 3 | 2)
        self.at = begin
        self.skip(b"\x0a" + bytes([len(name)]) + name)
        for tag in (0x12, _KIND_TAGS[kind.code][0]):
            begin, inner = self.field(tag)
            self.demand(inner == end)
            self.at = begin
        nothing = (self.at, self.at)
        values = self.field(0x0A) if kind.has_values else nothing
        keys = self.field(0x12) if kind.has_keys else nothing
        self.skip(kind.shape)
        self.demand(self.at == end)
        return values, keys


def _values(data: bytes, kind: Kind, place: tuple[Any, Any], reader: _Reader) -> tuple[Any, Any]:
    import numpy as np

    width = _KIND_TAGS[kind.code][1]
    if not width:
        flat, ends = _varints(data, place, reader)
        return flat.astype(np.uint32).view(np.int32), ends
    begin, end = place
    reader.demand((end - begin) % width == 0)
    taken, ends = _taken(data, begin, np.where(reader.fine, end, begin))
    return np.frombuffer(taken, f"<f{width}").astype(f"f{width}", copy=False), ends // width


def _varints(data: bytes, place: tuple[Any, Any], reader: _Reader) -> tuple[Any, Any]:
    """Return the varints of all records, and where those of each end, with 0 before the first."""
    import numpy as np

    begin, end = place
    reader.demand((end > begin) & (reader.data[np.clip(end - 1, 0, len(data) - 1)] < 0x80))
    taken, byte_ends = _taken(data, begin, np.where(reader.fine, end, begin))
    lasts = np.flatnonzero(np.frombuffer(taken, np.uint8) < 0x80)
    firsts = np.concatenate([[0], lasts[:-1] + 1]) if len(lasts) else lasts
    lengths = lasts - firsts + 1
    numbers = _decoded(taken, firsts, lengths)
    ends = np.searchsorted(lasts, byte_ends)
    for place_of_long in np.flatnonzero(lengths > LONGEST_VARINT):
        reader.fine[np.searchsorted(ends, place_of_long, "right") - 1] = False
    return numbers, ends


def _decoded(taken: bytes, firsts: Any, lengths: Any) -> Any:
    """Return the numbers of 7 bits to the byte that begin at these places.

    Eight bytes are taken for each, of which the highest bits are pressed out: pairs, pairs of pairs, and halves.
    """
    import numpy as np

    windows = np.ndarray(len(taken), "<u8", taken + bytes(8), strides=(1,))
    kept = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
    words = windows[firsts]
    words &= kept.take(lengths, mode="clip")
    for shift, low in ((1, 0x007F007F007F007F), (2, 0x00003FFF00003FFF), (4, 0x000000000FFFFFFF)):
        high = words >> np.uint64(shift)
        high &= np.uint64(low << 7 * shift)
        words &= np.uint64(low)
        words |= high
    for digit in (8, 9):
        longer = np.flatnonzero(lengths > digit)
        if len(longer):
            bits = np.frombuffer(taken, np.uint8)[firsts[longer] + digit] & 0x7F
            words[longer] |= bits.astype(np.uint64) << np.uint64(7 * digit)
    return words


def _taken(data: bytes, begin: Any, end: Any) -> tuple[bytes, Any]:
    """Return the bytes between the places of each record, one behind the other, and where each ends, 0 before."""
    import numpy as np

    ends = np.concatenate([[0], np.cumsum(end - begin)])
    view = memoryview(data)
    return b"".join([view[first:last] for first, last in zip(begin.tolist(), end.tolist(), strict=True)]), ends


def _numbers(found: tuple[Any, Any] | None) -> _Numbers | None:
    return None if found is None else _Numbers(found[0], found[1].tolist())


def _of_row(numbers: _Numbers, row: int) -> Any:
    return numbers.flat[numbers.ends[row] : numbers.ends[row + 1]]
