"""Serves a model that `ModelBuilder` has packed: the functions that model servers of AWS's images call.

It goes to the container as `code/inference.py`, and runs there with `serving_runtime.py` beside it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # some servers import this file by its path

from serving_runtime import Packed

_packed = Packed.read(Path(__file__).resolve().parent)


def model_fn(model_dir: str) -> Any:
    """Return what asks the model."""
    return _packed.load(model_dir)


def input_fn(input_data: Any, content_type: Any) -> Any:
    """Return what a request's body holds."""
    return _packed.decode(input_data, content_type)


def predict_fn(input_data: Any, ask: Any) -> Any:
    """Return the model's answer."""
    return ask(input_data)


def output_fn(prediction: Any, accept: Any) -> Any:
    """Return the answer's body."""
    return _packed.encode(prediction, accept)
