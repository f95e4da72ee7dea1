"""Training and serving with TensorFlow (v2's own path)."""

from __future__ import annotations

from sagewright.tensorflow.estimator import TensorFlow
from sagewright.tensorflow.model import TensorFlowModel, TensorFlowPredictor

__all__ = ["TensorFlow", "TensorFlowModel", "TensorFlowPredictor"]
