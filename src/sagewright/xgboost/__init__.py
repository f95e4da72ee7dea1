"""Training and serving with XGBoost and a script of one's own (v2's own path)."""

from __future__ import annotations

from sagewright.xgboost.estimator import XGBoost
from sagewright.xgboost.model import XGBoostModel, XGBoostPredictor

__all__ = ["XGBoost", "XGBoostModel", "XGBoostPredictor"]
