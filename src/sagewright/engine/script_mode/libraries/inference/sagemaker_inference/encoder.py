"""Bodies of answers from arrays."""

from __future__ import annotations

from typing import Any

from sagewright.engine.model_server import encoding
from sagewright.engine.model_server.errors import UnsupportedFormat
from sagewright.engine.script_mode.libraries import absent

from . import content_types

SUPPORTED_CONTENT_TYPES = {content_types.NPY, content_types.CSV, content_types.JSON}


def encode(array_like: Any, content_type: str) -> Any:
    """Return the body for an array, as text or, for NPY, as bytes.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    if content_type not in _ENCODERS:
        raise UnsupportedFormat(content_type, 406)
    return _ENCODERS[content_type](array_like)


def _array_to_json(array_like: Any) -> str:
    return encoding.to_json(array_like)


def _array_to_npy(array_like: Any) -> bytes:
    return encoding.to_npy(array_like)


def _array_to_csv(array_like: Any) -> str:
    return encoding.to_csv(array_like)


_ENCODERS = {
    content_types.NPY: _array_to_npy,
    content_types.CSV: _array_to_csv,
    content_types.JSON: _array_to_json,
}

__getattr__ = absent("sagemaker_inference.encoder", "pip install sagemaker-inference")
