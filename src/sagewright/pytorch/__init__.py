"""Training and serving with PyTorch (v2's own path)."""

from __future__ import annotations

from sagewright.pytorch.estimator import PyTorch
from sagewright.pytorch.model import PyTorchModel, PyTorchPredictor

__all__ = ["PyTorch", "PyTorchModel", "PyTorchPredictor"]
