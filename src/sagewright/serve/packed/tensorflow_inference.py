"""Stands before TensorFlow Serving for a model that `ModelBuilder` has packed: what its images call around a request.

It goes to the container as `code/inference.py`, and runs there with `serving_runtime.py` beside it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # this file is imported by its path

from serving_runtime import Packed

_packed = Packed.read(Path(__file__).resolve().parent)


def input_handler(data: Any, context: Any) -> str:
    """Return the document that TensorFlow Serving is sent for a request."""
    found = _packed.decode(data.read(), context.request_content_type)
    if hasattr(found, "to_dict"):
        found = found.to_dict(orient="list")
    return json.dumps({"instances": found.tolist() if hasattr(found, "tolist") else found})


def output_handler(data: Any, context: Any) -> Any:
    """Return the answer's body and its type.

    Raises:
        ValueError: TensorFlow Serving has answered with an error.
    """
    if data.status_code != 200:
        raise ValueError(data.content.decode("utf-8"))
    predictions = json.loads(data.content.decode("utf-8"))["predictions"]
    return _packed.encode(predictions, context.accept_header), context.accept_header
