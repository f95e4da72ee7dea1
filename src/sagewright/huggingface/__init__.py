"""Training and serving with Transformers (v2's own path)."""

from __future__ import annotations

from sagewright.huggingface.estimator import HuggingFace
from sagewright.huggingface.model import HuggingFaceModel, HuggingFacePredictor

__all__ = ["HuggingFace", "HuggingFaceModel", "HuggingFacePredictor"]
