"""Arrays from and to the bodies of requests: JSON, CSV and NPY."""

from __future__ import annotations

import io
import json
from typing import Any

from . import content_types


class UnsupportedFormatError(Exception):
    """The content type is none of those."""


def encode(array_like: Any, content_type: str) -> str | bytes:
    """Return the body for an array.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    import numpy as np

    if content_type == content_types.JSON:
        return json.dumps(array_like.tolist() if hasattr(array_like, "tolist") else array_like)
    if content_type == content_types.CSV:
        text = io.StringIO()
        np.savetxt(text, np.atleast_1d(np.asarray(array_like)), delimiter=",", fmt="%s")
        return text.getvalue()
    if content_type == content_types.NPY:
        body = io.BytesIO()
        np.save(body, np.asarray(array_like), allow_pickle=False)
        return body.getvalue()
    raise UnsupportedFormatError(f"Content type {content_type} is not supported by this framework.")


def decode(obj: str | bytes, content_type: str) -> Any:
    """Return the array of a body; CSV and JSON as text or as bytes.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    import numpy as np

    text = obj.decode() if isinstance(obj, bytes) and content_type in content_types.UTF8_TYPES else obj
    if content_type == content_types.JSON:
        return np.array(json.loads(text))
    if content_type == content_types.CSV:
        return np.genfromtxt(io.StringIO(str(text)), dtype=np.float32, delimiter=",")
    if content_type == content_types.NPY and isinstance(obj, bytes):
        return np.load(io.BytesIO(obj), allow_pickle=False)
    raise UnsupportedFormatError(f"Content type {content_type} is not supported by this framework.")
