"""Messages of `aialgs.data.Record` that can be filled by hand, without protobuf (v2's own path).

Vectors of numbers are all that is built: a record has `features` and `label`, and no `uid`, `metadata` or bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

from sagewright.vocabulary import recordio

__all__ = ["Record", "Value"]

_KINDS = {"float32_tensor": "f", "float64_tensor": "d", "int32_tensor": "i"}


class Vector:
    """A vector: `values`, and of a sparse one `keys` and `shape`; all are lists."""

    __slots__ = ("keys", "shape", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.keys: list[int] = []
        self.shape: list[int] = []

    def __repr__(self) -> str:
        return f"Vector(values={self.values}, keys={self.keys}, shape={self.shape})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vector) and self._lists() == other._lists()

    def _lists(self) -> list[list[Any]]:
        return [self.values, self.keys, self.shape]

    __hash__ = None  # type: ignore[assignment]  # as of other messages


class Value:
    """What stands under a key: the one of its three vectors that is not empty."""

    __slots__ = ("float32_tensor", "float64_tensor", "int32_tensor")

    def __init__(self) -> None:
        self.float32_tensor, self.float64_tensor, self.int32_tensor = Vector(), Vector(), Vector()

    def __repr__(self) -> str:
        return f"Value({', '.join(f'{name}={getattr(self, name)!r}' for name in _KINDS if self.HasField(name))})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and all(getattr(self, name) == getattr(other, name) for name in _KINDS)

    __hash__ = None  # type: ignore[assignment]  # as of other messages

    def HasField(self, name: str) -> bool:
        """Tell which vector holds it."""
        vector: Vector = getattr(self, name)
        return bool(vector.values or vector.keys or vector.shape)


class _Values(dict[str, Value]):
    """Values by key; a key that is asked for is there."""

    def __missing__(self, key: str) -> Value:
        self[key] = Value()
        return self[key]


class Record:
    """One example.

    Example:
        >>> from sagewright.amazon.record_pb2 import Record
        >>> record = Record()
        >>> record.features["values"].float32_tensor.values.extend([1.5, 2.0])
        >>> other = Record()
        >>> other.ParseFromString(record.SerializeToString())
        24
        >>> other.features["values"].float32_tensor.values
        [1.5, 2.0]
    """

    __slots__ = ("features", "label")

    def __init__(self) -> None:
        self.features, self.label = _Values(), _Values()

    def __repr__(self) -> str:
        return f"Record(features={self.features!r}, label={self.label!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and (self.features, self.label) == (other.features, other.label)

    __hash__ = None  # type: ignore[assignment]  # as of other messages

    def Clear(self) -> None:
        """Empty the record."""
        self.features, self.label = _Values(), _Values()

    def SerializeToString(self) -> bytes:
        """Return the message.

        Raises:
            TypeError, OverflowError: A value is no number of its vector's type.
        """
        frame = recordio.write_record(recordio.Record(_tensors(self.features), _tensors(self.label)))
        return frame[8 : 8 + int.from_bytes(frame[4:8], "little")]

    def ParseFromString(self, payload: bytes) -> int:
        """Fill the record with what a message holds; return the bytes that were read.

        Raises:
            ValueError: It is damaged.
        """
        self.Clear()
        found = recordio.parse_record(payload)
        for values, tensors in ((self.features, found.features), (self.label, found.label)):
            for key, tensor in tensors.items():
                _fill(values[key], tensor)
        return len(payload)

    @classmethod
    def FromString(cls, payload: bytes) -> Record:
        """Return the record that a message holds."""
        record = cls()
        record.ParseFromString(payload)
        return record


def _tensors(values: Mapping[str, Value]) -> dict[str, recordio.Tensor]:
    return {key: _tensor(value) for key, value in values.items()}


def _tensor(value: Value) -> recordio.Tensor:
    name = next((name for name in _KINDS if value.HasField(name)), "float32_tensor")
    vector: Vector = getattr(value, name)
    return recordio.Tensor(array(_KINDS[name], vector.values), tuple(vector.keys), tuple(vector.shape))


def _fill(value: Value, tensor: recordio.Tensor) -> None:
    name = next(name for name, code in _KINDS.items() if code == tensor.values.typecode)
    vector: Vector = getattr(value, name)
    vector.values, vector.keys, vector.shape = list(tensor.values), list(tensor.keys), list(tensor.shape)
