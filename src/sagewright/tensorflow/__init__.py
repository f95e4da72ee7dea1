"""Training and serving with TensorFlow (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.tensorflow.estimator import TensorFlow
from sagewright.tensorflow.model import TensorFlowModel, TensorFlowPredictor
from sagewright.tensorflow.processing import TensorFlowProcessor
from sagewright.tensorflow.training_compiler.config import TrainingCompilerConfig

__all__ = ["TensorFlow", "TensorFlowModel", "TensorFlowPredictor", "TensorFlowProcessor", "TrainingCompilerConfig"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
