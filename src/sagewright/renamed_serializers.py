"""v1's serializers and deserializers, which were objects: each says that it has another name, and does what it did."""

from __future__ import annotations

from functools import partial
from typing import Any

from sagewright.deprecations import renamed_warning
from sagewright.deserializers import CSVDeserializer, JSONDeserializer, NumpyDeserializer
from sagewright.serializers import CSVSerializer, JSONSerializer, NumpySerializer

__all__ = [
    "csv_deserializer",
    "csv_serializer",
    "json_deserializer",
    "json_serializer",
    "npy_serializer",
    "numpy_deserializer",
]


def _under(name: str, instance: Any, method: str) -> Any:
    """Return an instance whose method says the name that it had; it pickles, unlike one with a function of its own."""
    setattr(instance, method, partial(_called, name, getattr(type(instance), method), instance))
    return instance


def _called(name: str, method: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
    renamed_warning(f"The {name}")
    return method(instance, *args, **kwargs)


csv_serializer: CSVSerializer = _under("csv_serializer", CSVSerializer(), "serialize")
json_serializer: JSONSerializer = _under("json_serializer", JSONSerializer(), "serialize")
npy_serializer: NumpySerializer = _under("npy_serializer", NumpySerializer(), "serialize")
csv_deserializer: CSVDeserializer = _under("csv_deserializer", CSVDeserializer(), "deserialize")
json_deserializer: JSONDeserializer = _under("json_deserializer", JSONDeserializer(), "deserialize")
numpy_deserializer: NumpyDeserializer = _under("numpy_deserializer", NumpyDeserializer(), "deserialize")
