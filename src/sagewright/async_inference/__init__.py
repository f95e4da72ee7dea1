"""Requests that are answered later, in S3 (v2's own path)."""

from __future__ import annotations

from sagewright.async_inference.async_inference_config import AsyncInferenceConfig
from sagewright.async_inference.async_inference_response import AsyncInferenceResponse
from sagewright.async_inference.waiter_config import WaiterConfig

__all__ = ["AsyncInferenceConfig", "AsyncInferenceResponse", "WaiterConfig"]
