"""Arrays of requests' bodies; pickles in them are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sagewright.engine.model_server import decoding
from sagewright.engine.model_server.errors import UnsupportedFormat
from sagewright.engine.script_mode.libraries import absent

from . import content_types

SUPPORTED_CONTENT_TYPES = {content_types.NPY, content_types.NPZ, content_types.CSV, content_types.JSON}


def decode(obj: Any, content_type: str) -> Any:
    """Return the array of a body.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    if content_type not in _DECODERS:
        raise UnsupportedFormat(content_type)
    return _DECODERS[content_type](obj)


def _json_to_numpy(string_like: Any, dtype: Any = None) -> Any:
    return decoding.json_array(string_like, dtype)


def _csv_to_numpy(string_like: Any, dtype: Any = None) -> Any:
    return decoding.csv_array(string_like, dtype)


def _npy_to_numpy(npy_array: Any) -> Any:
    return decoding.npy_array(bytes(npy_array))


def _npz_to_sparse(npz_bytes: Any) -> Any:
    return decoding.npz_arrays(bytes(npz_bytes))


_DECODERS: dict[str, Callable[[Any], Any]] = {
    content_types.NPY: _npy_to_numpy,
    content_types.CSV: _csv_to_numpy,
    content_types.JSON: _json_to_numpy,
    content_types.NPZ: _npz_to_sparse,
}

__getattr__ = absent("sagemaker_inference.decoder", "pip install sagemaker-inference")
