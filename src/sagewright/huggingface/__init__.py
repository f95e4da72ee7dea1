"""Training and serving with Transformers (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.huggingface.estimator import HuggingFace
from sagewright.huggingface.llm_utils import get_huggingface_llm_image_uri
from sagewright.huggingface.model import HuggingFaceModel, HuggingFacePredictor
from sagewright.huggingface.processing import HuggingFaceProcessor
from sagewright.huggingface.training_compiler.config import TrainingCompilerConfig

__all__ = [
    "HuggingFace",
    "HuggingFaceModel",
    "HuggingFacePredictor",
    "HuggingFaceProcessor",
    "TrainingCompilerConfig",
    "get_huggingface_llm_image_uri",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
