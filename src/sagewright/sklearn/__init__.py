"""Training and serving with scikit-learn (v2's own path)."""

from __future__ import annotations

from sagewright.sklearn.estimator import SKLearn
from sagewright.sklearn.model import SKLearnModel, SKLearnPredictor

__all__ = ["SKLearn", "SKLearnModel", "SKLearnPredictor"]
