"""From bodies to the inputs of pipelines, and back."""

from __future__ import annotations

import json
from typing import Any

from sagewright.engine.model_server.frameworks import huggingface
from sagewright.engine.script_mode.libraries import absent


def decode(content: Any, content_type: str = "application/json") -> Any:
    """Return what a body holds.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    return huggingface.input_fn(content, content_type)


def encode(content: Any, content_type: str = "application/json") -> Any:
    """Return the body of an answer: text, or bytes for NPY.

    Raises:
        UnsupportedFormatError: The content type is unknown.
    """
    body, name = huggingface.output_fn(content, content_type)
    return body if name == huggingface.NPY else body.decode()


def decode_json(content: Any) -> Any:
    """Return the document."""
    return json.loads(content)


def encode_json(content: Any) -> str:
    """Return a document as text."""
    return huggingface.to_json(content)


__getattr__ = absent(
    "sagemaker_huggingface_inference_toolkit.decoder_encoder", "pip install sagemaker-huggingface-inference-toolkit"
)
