"""Endpoints without instances (v2's own path)."""

from __future__ import annotations

from sagewright.serverless.serverless_inference_config import ServerlessInferenceConfig

__all__ = ["ServerlessInferenceConfig"]
