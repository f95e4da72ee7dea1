"""Serving with TensorFlow under the names of v1 (v2's own path)."""

from __future__ import annotations

from sagewright.arguments import renamed_class
from sagewright.tensorflow.model import TensorFlowModel, TensorFlowPredictor

__all__ = ["Model", "Predictor"]

Model = renamed_class(TensorFlowModel, "sagemaker.tensorflow.serving.Model")
Predictor = renamed_class(TensorFlowPredictor, "sagemaker.tensorflow.serving.Predictor")
