"""Endpoints without instances (v2's own path)."""

from __future__ import annotations

from sagewright.serverless.model import LambdaModel
from sagewright.serverless.predictor import LambdaPredictor
from sagewright.serverless.serverless_inference_config import ServerlessInferenceConfig

__all__ = ["LambdaModel", "LambdaPredictor", "ServerlessInferenceConfig"]
