"""Records as v2 hands them out: with the attributes of protobuf's `aialgs.data.Record`."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any, NamedTuple

from sagewright.vocabulary.record_runs import Run, runs_of, tensors_of
from sagewright.vocabulary.recordio import Tensor, parse_record


class Numbers(array):  # type: ignore[type-arg]  # of floats or of whole numbers
    """Numbers, as a list in all but that NumPy takes them as they are."""

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return found.tolist() if isinstance(index, slice) else found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (list, tuple, array)) and list(self) == list(other)

    def __repr__(self) -> str:
        return repr(self.tolist())

    __hash__ = None  # as of lists


_NO_NUMBERS = Numbers("f")


class TensorValues(NamedTuple):
    """A vector.

    Attributes:
        values: Its numbers.
        keys: Their indexes, where it is sparse.
        shape: Its length, where it is sparse, as a list of one number.
    """

    values: Numbers
    keys: list[int]
    shape: list[int]


_NOTHING = TensorValues(_NO_NUMBERS, [], [])


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


class ProtobufRecord:
    """One example, or one answer; its numbers are read when they are first asked for.

    Attributes:
        features, label: Vectors by `values` or the name of what was predicted.
    """

    __slots__ = ("_begin", "_data", "_features", "_label", "_run")

    def __init__(self, data: bytes, begin: int, run: Run) -> None:
        self._data, self._begin, self._run = data, begin, run
        self._features: _Values | None = None
        self._label: _Values | None = None

    @property
    def features(self) -> _Values:
        if self._features is None:
            self._features = _part(self._data, self._begin, self._run, 1)
        return self._features

    @property
    def label(self) -> _Values:
        if self._label is None:
            self._label = _part(self._data, self._begin, self._run, 2)
        return self._label

    def __repr__(self) -> str:
        return f"ProtobufRecord(features={self.features!r}, label={self.label!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProtobufRecord) and (self.features, self.label) == (other.features, other.label)

    __hash__ = None  # type: ignore[assignment]  # as of v2's

    def __reduce__(self) -> Any:
        size = self._run.size
        if self._run.columns is not None:
            size = int.from_bytes(self._data[self._begin - 4 : self._begin], "little")
        return ProtobufRecord.parse, (self._data[self._begin : self._begin + size],)

    @classmethod
    def parse(cls, payload: bytes) -> ProtobufRecord:
        """Read a message.

        Raises:
            ValueError: It is damaged.
        """
        found = cls(payload, 0, Run(0, len(payload), len(payload), 1, None))
        record = parse_record(payload)
        found._features, found._label = _values(record.features), _values(record.label)
        return found


def records_of(data: bytes) -> list[ProtobufRecord]:
    """Return the records of a whole file of RecordIO.

    Raises:
        ValueError: It is damaged.
    """
    return [ProtobufRecord(data, begin, run) for run in runs_of(data) for begin in run.begins()]


def _part(data: bytes, begin: int, run: Run, part: int) -> _Values:
    found = _Values()
    for name, tensor in tensors_of(data, begin, run, part, Numbers):
        found[name] = _value(tensor)
    return found


def _values(tensors: Mapping[str, Tensor]) -> _Values:
    return _Values({key: _value(tensor) for key, tensor in tensors.items()})


def _value(tensor: Tensor) -> Value:
    code = tensor.values.typecode
    values = tensor.values if type(tensor.values) is Numbers else Numbers(code, tensor.values)
    found = TensorValues(values, list(tensor.keys), list(tensor.shape))
    if code == "f":
        return Value(found)
    return Value(_NOTHING, found) if code == "d" else Value(_NOTHING, _NOTHING, found)
