"""Training and serving with scikit-learn (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.sklearn.estimator import SKLearn
from sagewright.sklearn.model import SKLearnModel, SKLearnPredictor
from sagewright.sklearn.processing import SKLearnProcessor

__all__ = ["SKLearn", "SKLearnModel", "SKLearnPredictor", "SKLearnProcessor"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
