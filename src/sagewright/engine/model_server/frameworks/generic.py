"""The toolkit's own functions, where no framework has any."""

from __future__ import annotations

from typing import Any

from sagewright.engine.model_server.handlers import Defaults


def model_fn(_model_dir: str) -> Any:
    """Raise: only a script knows how to load the model."""
    raise NotImplementedError(
        "Please provide a model_fn implementation.\n"
        "See documentation for model_fn at https://github.com/aws/sagemaker-python-sdk\n"
        "hint: a script of this framework must load the model by itself: def model_fn(model_dir): ..."
    )


def input_fn(data: Any, content_type: str) -> Any:
    """Read a request's body."""
    from sagewright.engine.model_server.decoding import decode

    return decode(data, content_type)


def predict_fn(data: Any, model: Any) -> Any:
    """Ask the model: by `predict`, or by calling it."""
    if hasattr(model, "predict"):
        return model.predict(data)
    if callable(model):
        return model(data)
    raise NotImplementedError(
        "Please provide a predict_fn implementation.\n"
        f"hint: what model_fn has returned, a `{type(model).__name__}`, has no `predict` and cannot be called."
    )


def output_fn(prediction: Any, accept: str) -> Any:
    """Write an answer's body."""
    from sagewright.engine.model_server.encoding import encode

    return encode(prediction, accept)


DEFAULTS = Defaults(model_fn, input_fn, predict_fn, output_fn)
