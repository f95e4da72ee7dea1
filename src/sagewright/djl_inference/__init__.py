"""Serving with DJL's images (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of
from sagewright.djl_inference.djl_predictor import DJLPredictor
from sagewright.djl_inference.model import DJLModel

__all__ = ["DJLModel", "DJLPredictor"]

# Classes that v2 had once; they differed in the engine that serves.
_REMOVED = ("DeepSpeedModel", "FasterTransformerModel", "HuggingFaceAccelerateModel")

if not TYPE_CHECKING:
    _nearest = nearest_of(__name__, __all__)

    def __getattr__(name: str) -> Any:
        if name in _REMOVED:
            raise ImportError(
                f"cannot import name `{name}` from `{__name__}`: the SageMaker Python SDK has taken it out.\n"
                "hint: use `DJLModel`; its `engine` says what serves.",
                name=__name__,
            )
        return _nearest(name)
