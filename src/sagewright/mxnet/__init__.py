"""Training and serving with MXNet (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.mxnet.estimator import MXNet
from sagewright.mxnet.model import MXNetModel, MXNetPredictor
from sagewright.mxnet.processing import MXNetProcessor

__all__ = ["MXNet", "MXNetModel", "MXNetPredictor", "MXNetProcessor"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
