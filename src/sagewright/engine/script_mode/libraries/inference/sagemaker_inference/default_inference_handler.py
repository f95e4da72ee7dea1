"""The toolkit's functions in place of those that a script has not, as a class that scripts derive from."""

from __future__ import annotations

from typing import Any

from sagewright.engine.model_server.frameworks import generic
from sagewright.engine.script_mode.libraries import absent

from . import decoder, encoder


class DefaultInferenceHandler:
    """The toolkit's functions."""

    def default_model_fn(self, model_dir: str, context: Any = None) -> Any:
        """Raise: only a script knows how to load the model."""
        return generic.model_fn(model_dir)

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        """Return the array of a body."""
        return decoder.decode(input_data, content_type)

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        """Ask the model."""
        return generic.predict_fn(data, model)

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        """Return the body of an answer, and its type."""
        return encoder.encode(prediction, accept), accept


__getattr__ = absent("sagemaker_inference.default_inference_handler", "pip install sagemaker-inference")
