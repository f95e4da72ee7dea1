"""Arrays from and to the bodies of requests: JSON, CSV and NPY; pickles are refused."""

from __future__ import annotations

from typing import Any

from sagewright.engine.model_server import decoding, encoding
from sagewright.engine.model_server.errors import UnsupportedFormat as UnsupportedFormatError
from sagewright.engine.script_mode.libraries import absent

from . import content_types


def encode(array_like: Any, content_type: str) -> Any:
    """Return the body for an array, as text or, for NPY, as bytes.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    if content_type not in _ENCODERS:
        raise UnsupportedFormatError(content_type, 406)
    return _ENCODERS[content_type](array_like)


def decode(obj: str | bytes, content_type: str) -> Any:
    """Return the array of a body; CSV and JSON as text or as bytes.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    if content_type not in _DECODERS:
        raise UnsupportedFormatError(content_type)
    return _DECODERS[content_type](obj)


def array_to_json(array_like: Any) -> str:
    """Return the document of nested lists."""
    return encoding.to_json(array_like)


def array_to_csv(array_like: Any) -> str:
    """Return a line for each row."""
    return encoding.to_csv(array_like)


def array_to_npy(array_like: Any) -> bytes:
    """Return NPY."""
    return encoding.to_npy(array_like)


def array_to_recordio_protobuf(array_like: Any, labels: Any = None) -> bytes:
    """Return a record for each row."""
    return encoding.to_records(array_like.reshape(1, -1) if array_like.ndim == 1 else array_like, labels)


def json_to_numpy(string_like: str | bytes, dtype: Any = None) -> Any:
    """Return the array of a document."""
    return decoding.json_array(string_like, dtype)


def csv_to_numpy(string_like: str | bytes, dtype: Any = None) -> Any:
    """Return the array of CSV, without dimensions of one."""
    found = decoding.csv_rows(string_like).squeeze()
    return found if dtype is None else found.astype(dtype)


def npy_to_numpy(npy_array: bytes) -> Any:
    """Return the array of NPY."""
    return decoding.npy_array(npy_array)


_ENCODERS = {
    content_types.NPY: array_to_npy,
    content_types.CSV: array_to_csv,
    content_types.JSON: array_to_json,
}
_DECODERS: dict[str, Any] = {
    content_types.NPY: npy_to_numpy,
    content_types.CSV: csv_to_numpy,
    content_types.JSON: json_to_numpy,
}

__getattr__ = absent("sagemaker_containers.beta.framework.encoders", "use numpy itself.")
