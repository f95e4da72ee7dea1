"""Applications of SageMaker Studio, which is not built into Sagewright (v2's own path)."""

from __future__ import annotations

from enum import Enum

from sagewright.interactive_apps.detail_profiler_app import DetailProfilerApp
from sagewright.interactive_apps.tensorboard import TensorBoardApp

__all__ = ["DetailProfilerApp", "SupportedInteractiveAppTypes", "TensorBoardApp"]


class SupportedInteractiveAppTypes(Enum):
    """Applications whose address could be asked for."""

    TENSORBOARD = 1
