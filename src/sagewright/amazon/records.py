"""Records as v2 hands them out: with the attributes of protobuf's `aialgs.data.Record`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sagewright.vocabulary.recordio import Record, Tensor, parse_record

_KINDS = {"f": "float32_tensor", "d": "float64_tensor", "i": "int32_tensor"}


class TensorValues(NamedTuple):
    """A vector.

    Attributes:
        values: Its numbers.
        keys: Their indexes, where it is sparse.
        shape: Its length, where it is sparse, as a list of one number.
    """

    values: list[float]
    keys: list[int]
    shape: list[int]


_NOTHING = TensorValues([], [], [])


class Value(NamedTuple):
    """What stands under a key: one of the three holds it, the others are empty."""

    float32_tensor: TensorValues = _NOTHING
    float64_tensor: TensorValues = _NOTHING
    int32_tensor: TensorValues = _NOTHING

    def HasField(self, name: str) -> bool:
        """Tell which one holds it."""
        return getattr(self, name) is not _NOTHING


class _Values(dict[str, Value]):
    """Values by key; a key that is not there has an empty one, as protobuf's maps have."""

    def __missing__(self, key: str) -> Value:
        return Value()


class ProtobufRecord(NamedTuple):
    """One example, or one answer; vectors stand under the key `values` or the name of what was predicted."""

    features: _Values
    label: _Values

    @classmethod
    def parse(cls, payload: bytes) -> ProtobufRecord:
        """Read a message.

        Raises:
            ValueError: It is damaged.
        """
        return cls.of(parse_record(payload))

    @classmethod
    def of(cls, record: Record) -> ProtobufRecord:
        """Return a record of ours as v2's users know it."""
        return cls(_values(record.features), _values(record.label))


def _values(tensors: Mapping[str, Tensor]) -> _Values:
    return _Values({key: _value(tensor) for key, tensor in tensors.items()})


def _value(tensor: Tensor) -> Value:
    found = TensorValues(list(tensor.values), list(tensor.keys), list(tensor.shape))
    return Value(**{_KINDS[tensor.values.typecode]: found})
