"""From an object's bytes to the payloads of requests (`contract.md` 3.2.2). Pure.

A payload holds whole records. A line's end is no part of its record, and an empty line is no record, so that a request
of one line and one of many mean the same to the model. Of RecordIO and TFRecord, a payload of a single record is what
the record holds, and one of several keeps their frames.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from sagewright.vocabulary.recordio import LONGEST, MAGIC

UNLIMITED = 1 << 62  # bytes

_RECORDIO = struct.Struct("<II")
_TFRECORD = struct.Struct("<QI")
_EMPTY_LINES = (b"\n\n", b"\n\r\n")


class Payload(NamedTuple):
    """What one request carries.

    Attributes:
        first: The number of its first record in the object, from 1; 0: the object is not split.
        records: How many it holds.
    """

    first: int
    records: int
    body: bytes


class BadInput(ValueError):
    """An object cannot be split, or a record does not fit into a request.

    Attributes:
        record: The number of the record at fault; 0: the whole object.
        too_large: It is larger than a payload may be.
    """

    def __init__(self, message: str, record: int = 0, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.record, self.too_large = record, too_large


def split(stream: BinaryIO, split_type: str, *, single: bool, max_bytes: int = UNLIMITED) -> Iterator[Payload]:
    """Yield the payloads of an object, in order; of an empty object none.

    Args:
        split_type: `None`, `Line`, `RecordIO` or `TFRecord`.
        single: One record in each payload; else as many as fit.
        max_bytes: Of a payload.

    Raises:
        BadInput: A record is too large, or damaged.
    """
    if split_type == "None":
        return _whole(stream, max_bytes)
    if split_type == "Line":
        return _single_lines(stream, max_bytes) if single else _many_lines(stream, max_bytes)
    frames = _recordio_frames(stream) if split_type == "RecordIO" else _tfrecord_frames(stream)
    return _single_frames(frames, max_bytes) if single else _many_frames(frames, max_bytes)


def _whole(stream: BinaryIO, max_bytes: int) -> Iterator[Payload]:
    body = _filled(stream, max_bytes + 1)
    if len(body) > max_bytes:
        raise _too_large("the object", max_bytes)
    if body:
        yield Payload(0, 1, body)


# Lines ----------------------------------------------------------------------------------------------------------------


def _single_lines(stream: BinaryIO, max_bytes: int) -> Iterator[Payload]:
    number = 0
    for line in _lines(stream, max_bytes):
        if body := line.rstrip(b"\r\n"):
            number += 1
            if len(body) > max_bytes:
                raise _too_large(f"record {number}", max_bytes, number)
            yield Payload(number, 1, body)


def _lines(stream: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    longest = max_bytes + 2  # with its end
    read: Callable[[int], bytes] = stream.readline
    while line := read(longest if longest < UNLIMITED else -1):
        yield line


def _many_lines(stream: BinaryIO, max_bytes: int) -> Iterator[Payload]:
    first, rest = 1, b""
    while True:
        block = rest + _filled(stream, max_bytes + 1 - len(rest))
        is_last = len(block) <= max_bytes
        end = len(block) if is_last else block.rfind(b"\n")
        if end < 0:
            raise _too_large(f"record {first}", max_bytes, first)
        body, rest = _without_empty_lines(block[:end]), block[end + 1 :]
        if body:
            count = body.count(b"\n") + 1
            yield Payload(first, count, body)
            first += count
        if is_last:
            return


def _without_empty_lines(block: bytes) -> bytes:
    block = block.rstrip(b"\r\n")
    if block.startswith((b"\n", b"\r\n")) or any(lines in block for lines in _EMPTY_LINES):
        return b"\n".join(line for line in block.split(b"\n") if line.rstrip(b"\r"))
    return block


# Frames ---------------------------------------------------------------------------------------------------------------


class _Frame(NamedTuple):
    whole: bytes
    content: bytes


def _single_frames(frames: Iterator[_Frame], max_bytes: int) -> Iterator[Payload]:
    for number, frame in enumerate(frames, start=1):
        if len(frame.content) > max_bytes:
            raise _too_large(f"record {number}", max_bytes, number)
        yield Payload(number, 1, frame.content)


def _many_frames(frames: Iterator[_Frame], max_bytes: int) -> Iterator[Payload]:
    held: list[bytes] = []
    first, size = 1, 0
    for number, frame in enumerate(frames, start=1):
        if len(frame.whole) > max_bytes:
            raise _too_large(f"record {number}", max_bytes, number)
        if held and size + len(frame.whole) > max_bytes:
            yield Payload(first, len(held), b"".join(held))
            first, held, size = number, [], 0
        held.append(frame.whole)
        size += len(frame.whole)
    if held:
        yield Payload(first, len(held), b"".join(held))


def _recordio_frames(stream: BinaryIO) -> Iterator[_Frame]:
    number = 1
    while head := _filled(stream, _RECORDIO.size):
        magic, size = _RECORDIO.unpack(head) if len(head) == _RECORDIO.size else (0, 0)
        if magic != MAGIC or size >= LONGEST:
            raise BadInput("it is not RecordIO", number)
        yield _frame(stream, head, size, -size % 4, number)
        number += 1


def _tfrecord_frames(stream: BinaryIO) -> Iterator[_Frame]:
    number = 1
    while head := _filled(stream, _TFRECORD.size):
        size = _TFRECORD.unpack(head)[0] if len(head) == _TFRECORD.size else UNLIMITED
        if size >= LONGEST:
            raise BadInput("it is not TFRecord", number)
        yield _frame(stream, head, size, 4, number)  # behind the content stands its checksum
        number += 1


def _frame(stream: BinaryIO, head: bytes, size: int, behind: int, number: int) -> _Frame:
    rest = _filled(stream, size + behind)
    if len(rest) < size + behind:
        raise BadInput("the object ends inside of it", number)
    return _Frame(head + rest, rest[:size])


# ----------------------------------------------------------------------------------------------------------------------


def _filled(stream: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, fewer only at the end of the stream; a stream that expands may give them in pieces."""
    if size >= UNLIMITED // 2:
        return stream.read()
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _too_large(what: str, max_bytes: int, record: int = 0) -> BadInput:
    return BadInput(f"{what} has more than {max_bytes} bytes", record, too_large=True)
