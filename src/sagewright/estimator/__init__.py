"""Estimators: what is needed to train, and to deploy what was trained (`contract.md` 9.5, 9.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.estimator.base import EstimatorBase
from sagewright.estimator.framework import Framework
from sagewright.estimator.generic import Estimator

__all__ = ["Estimator", "EstimatorBase", "Framework"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
