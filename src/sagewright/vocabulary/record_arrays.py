"""Arrays as records of protobuf and back, many rows at a time (`contract.md` 7.1.2; the message: `recordio.py`).

Rows of floats all have frames of one size that differ in their numbers alone: a matrix of bytes is filled from one
frame and the numbers are laid over it. Rows of whole numbers and sparse rows differ in length; their numbers are
encoded for all rows at once and joined with what stands between them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sagewright.vocabulary.record_runs import Run
from sagewright.vocabulary.recordio import Record, Tensor, head, write_record

CHUNK_BYTES = 1 << 22
_WIDTHS = {"f": 4, "d": 8}
_FIELDS = {"f": b"\x12", "d": b"\x1a", "i": b"\x3a"}
_NAME = b"\x0a\x06values\x12"


def dense_frames(rows: Any, code: str, labels: Any = None, label_code: str = "f") -> Iterator[Any]:
    """Yield the frames of an array's rows, some thousands at a time.

    Args:
        rows: `(n_rows, n_features)`.
        code: What its numbers become: `f` (float32), `d` (float64) or `i` (int32).
        labels: `(n_rows,)`.

    Raises:
        ValueError: A number is no int32 and should be one.
    """
    width = rows.shape[1]
    step = max(1, CHUNK_BYTES // max(1, width * _WIDTHS.get(code, 4)))
    for begin in range(0, rows.shape[0], step):
        part = rows[begin : begin + step]
        part_labels = None if labels is None else labels[begin : begin + step]
        if code != "i" and (labels is None or label_code != "i"):
            yield _filled(part, code, part_labels, label_code)
        else:
            values, ends = _encoded(part.reshape(-1), code)
            yield _joined(values, ends[width::width] if width else [0] * len(part), code, (part_labels, label_code))


def sparse_frames(matrix: Any, code: str, labels: Any = None, label_code: str = "f") -> Iterator[Any]:
    """Yield the frames of a sparse matrix's rows; arguments and errors as above.

    Args:
        matrix: SciPy's, in compressed rows.
    """
    shape = b"\x1a" + _lengthed(bytes(_encoded_number(int(matrix.shape[1]))))
    step = max(1, CHUNK_BYTES // (16 * max(1, len(matrix.indices) // max(1, matrix.shape[0]))))
    for first in range(0, matrix.shape[0], step):
        bounds = matrix.indptr[first : first + step + 1]
        part = slice(bounds[0], bounds[-1])
        values, value_ends = _encoded(matrix.data[part], code)
        keys, key_ends = _varints(matrix.indices[part].astype("uint64"))
        rows = (bounds[1:] - bounds[0]).tolist()
        part_labels = None if labels is None else labels[first : first + step]
        yield _joined(
            values,
            [value_ends[row] for row in rows],
            code,
            (part_labels, label_code),
            (keys, [key_ends[row] for row in rows], shape),
        )


def dense_arrays(data: bytes, run: Run) -> tuple[Any, Any] | None:
    """Return the features and the labels of a run under the key `values`, as views of the bytes.

    Returns:
        `(n_rows, n_features)` and `(n_rows,)`, or None for records without a label; None instead of both: they are not
        dense vectors of floats with a label of one number.
    """
    found: dict[int, Any] = {}
    for vector in run.vectors or ():
        is_plain = vector.code != "i" and vector.keys_begin == vector.keys_end and not vector.shape
        if vector.name != "values" or not is_plain:
            return None
        import numpy as np

        width = _WIDTHS[vector.code]
        found[vector.part] = np.ndarray(
            (run.records, (vector.end - vector.begin) // width),
            f"<f{width}",
            data,
            run.begin + vector.begin,
            (run.stride, width),
        )
    if 1 not in found or (2 in found and found[2].shape[1] != 1):
        return None
    return found[1], found[2][:, 0] if 2 in found else None


def _filled(rows: Any, code: str, labels: Any, label_code: str) -> Any:
    """Return the frames of rows of floats: one frame many times, with the numbers of each row laid over it."""
    import numpy as np

    width = _WIDTHS[code]
    zeros = Tensor(array(code, bytes(width * rows.shape[1])))
    features = write_record(Record({"values": zeros}))
    end = int.from_bytes(features[4:8], "little") + 8
    frame = features
    if labels is not None:
        frame = write_record(Record({"values": zeros}, {"values": Tensor(array(label_code, [0]))}))
    frames = np.empty((rows.shape[0], len(frame)), np.uint8)
    frames[:] = np.frombuffer(frame, np.uint8)
    frames[:, end - width * rows.shape[1] : end] = _bytes_of(rows, width)
    if labels is not None:
        label_end, label_width = int.from_bytes(frame[4:8], "little") + 8, _WIDTHS[label_code]
        frames[:, label_end - label_width : label_end] = _bytes_of(labels.reshape(-1, 1), label_width)
    return frames.reshape(-1).data


def _bytes_of(numbers: Any, width: int) -> Any:
    """Return a matrix of floats, `(n, d)`, as bytes, `(n, d * width)`."""
    import numpy as np

    plain = np.ascontiguousarray(numbers, f"<f{width}")
    return plain.view(np.uint8).reshape(plain.shape[0], plain.shape[1] * width)


def _joined(
    values: bytes,
    ends: Sequence[int],
    code: str,
    labels: tuple[Any, str],
    sparse: tuple[bytes, Sequence[int], bytes] | None = None,
) -> bytes:
    """Return the frames of rows whose numbers lie in `values`, each up to its end.

    Args:
        sparse: The keys, where those of each row end, and the shape.
    """
    entries = _label_entries(*labels) if labels[0] is not None else None
    keys, key_ends, shape = sparse or (b"", None, b"")
    pieces: list[bytes] = []
    begin = key_begin = 0
    for row, end in enumerate(ends):
        label = entries[row] if entries is not None else b""
        key_end = key_ends[row] if key_ends is not None else 0
        before, between, after = _between(code, end - begin, key_end - key_begin, shape, len(label))
        pieces += (before, values[begin:end], between, keys[key_begin:key_end], shape, label, after)
        begin, key_begin = end, key_end
    return b"".join(pieces)


@lru_cache(4096)
def _between(code: str, values: int, keys: int, shape: bytes, label: int) -> tuple[bytes, bytes, bytes]:
    """Return what stands before the numbers, between numbers and keys, and behind all, for so many bytes of each."""
    first = b"\x0a" + bytes(_encoded_number(values)) if values else b""
    second = b"\x12" + bytes(_encoded_number(keys)) if keys else b""
    tensor = len(first) + values + len(second) + keys + len(shape)
    value = _FIELDS[code] + bytes(_encoded_number(tensor))
    entry = _NAME + bytes(_encoded_number(len(value) + tensor)) + value
    payload = b"\x0a" + bytes(_encoded_number(len(entry) + tensor)) + entry
    size = len(payload) + tensor + label
    return head(size) + payload + first, second, bytes(-size % 4)


def _label_entries(labels: Any, code: str) -> list[bytes]:
    """Return the field `label` of each row."""
    if code == "i":
        return [_label_entry(number) for number in _checked(labels).tolist()]
    width = _WIDTHS[code]
    before = _entry_of_label(code, width)
    numbers = _bytes_of(labels.reshape(-1, 1), width).tobytes()
    return [before + numbers[begin : begin + width] for begin in range(0, len(numbers), width)]


@lru_cache(4096)
def _label_entry(number: int) -> bytes:
    encoded = bytes(_encoded_number(number & 0xFFFFFFFFFFFFFFFF))
    return _entry_of_label("i", len(encoded)) + encoded


@lru_cache
def _entry_of_label(code: str, size: int) -> bytes:
    """Return what stands before the `size` bytes of a label; all lengths are below 128."""
    return bytes([0x12, size + 14, *_NAME, size + 4, *_FIELDS[code], size + 2, 0x0A, size])


def _encoded(numbers: Any, code: str) -> tuple[bytes, Any]:
    """Return numbers as bytes, and where each ends; 0 stands before the first end."""
    if code != "i":
        width = _WIDTHS[code]
        return _bytes_of(numbers.reshape(-1, 1), width).tobytes(), range(0, width * (len(numbers) + 1), width)
    return _varints(_checked(numbers).astype("int64").view("uint64"))


def _checked(numbers: Any) -> Any:
    for bad in numbers[(numbers < -(1 << 31)) | (numbers >= 1 << 31)][:1]:
        raise ValueError(f"Value out of range: {bad}")
    return numbers


def _varints(numbers: Any) -> tuple[bytes, list[int]]:
    """Return numbers of uint64 as varints, and where each ends; 0 stands before the first end."""
    import numpy as np

    lengths = np.ones(len(numbers), np.int64)
    rest = numbers >> np.uint64(7)
    while rest.any():
        lengths += rest > 0
        rest >>= np.uint64(7)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    encoded = np.empty(ends[-1], np.uint8)
    for place in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > place)
        digits = (numbers[longer] >> np.uint64(7 * place)).astype(np.uint8) & np.uint8(0x7F)
        encoded[ends[longer] + place] = digits | np.where(lengths[longer] > place + 1, 0x80, 0).astype(np.uint8)
    return encoded.tobytes(), ends.tolist()


def _encoded_number(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number


def _lengthed(data: bytes) -> bytes:
    return bytes(_encoded_number(len(data))) + data
