"""Training and serving with Transformers (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.huggingface.estimator import HuggingFace
from sagewright.huggingface.model import HuggingFaceModel, HuggingFacePredictor

__all__ = ["HuggingFace", "HuggingFaceModel", "HuggingFacePredictor"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
