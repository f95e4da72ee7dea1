"""scikit-learn: arrays of float32 from text, the model's `predict`. Source: aws/sagemaker-scikit-learn-container."""

from __future__ import annotations

import json
from typing import Any

from sagewright.engine.model_server.errors import UnsupportedFormat
from sagewright.engine.model_server.frameworks import generic
from sagewright.engine.model_server.handlers import Defaults, readable_trace
from sagewright.engine.model_server.wire import Response


def input_fn(data: Any, content_type: str) -> Any:
    """Read a request's body; what comes as text becomes float32.

    Raises:
        Undecodable: It holds what is no number.
    """
    import numpy as np

    from sagewright.engine.model_server.decoding import decode
    from sagewright.engine.model_server.errors import Undecodable
    from sagewright.engine.model_server.text import is_text

    found = decode(data, content_type)
    if not is_text(content_type):
        return found
    try:
        return found.astype(np.float32)
    except (TypeError, ValueError) as error:
        hint = "hint: for rows that are not all numbers, write an input_fn."
        raise Undecodable(content_type, f"{error}\n{hint}") from None


def predict_fn(data: Any, model: Any) -> Any:
    """Return the model's predictions; an array of one dimension is one row, or a column where there is one feature."""
    if getattr(data, "ndim", 2) == 1:
        data = data.reshape(-1, 1) if getattr(model, "n_features_in_", 0) == 1 else data.reshape(1, -1)
    return generic.predict_fn(data, model)


def error_response(error: BaseException) -> Response | None:
    """Return the container's answer for a form that is not known; None: the error is another."""
    if not isinstance(error, UnsupportedFormat):
        return None
    told = {"error": "UnsupportedFormatError", "error-message": str(error), "stack-trace": readable_trace(error)}
    return Response(error.status_code, json.dumps(told).encode())


DEFAULTS = Defaults(
    generic.model_fn,
    input_fn,
    predict_fn,
    generic.output_fn,
    error_response=error_response,
    answers_objects=False,
)
