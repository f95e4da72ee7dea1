"""Training and serving with PyTorch (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.pytorch.estimator import PyTorch
from sagewright.pytorch.model import PyTorchModel, PyTorchPredictor
from sagewright.pytorch.processing import PyTorchProcessor
from sagewright.pytorch.training_compiler.config import TrainingCompilerConfig

__all__ = ["PyTorch", "PyTorchModel", "PyTorchPredictor", "PyTorchProcessor", "TrainingCompilerConfig"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
