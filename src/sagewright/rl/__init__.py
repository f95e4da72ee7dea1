"""Training by reinforcement with Coach and Ray (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.rl.estimator import TOOLKIT_FRAMEWORK_VERSION_MAP, RLEstimator, RLFramework, RLToolkit

__all__ = ["TOOLKIT_FRAMEWORK_VERSION_MAP", "RLEstimator", "RLFramework", "RLToolkit"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
