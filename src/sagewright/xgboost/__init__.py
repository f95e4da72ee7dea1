"""Training and serving with XGBoost and a script of one's own (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.xgboost.defaults import XGBOOST_NAME
from sagewright.xgboost.estimator import XGBoost
from sagewright.xgboost.model import XGBoostModel, XGBoostPredictor
from sagewright.xgboost.processing import XGBoostProcessor

__all__ = ["XGBOOST_NAME", "XGBoost", "XGBoostModel", "XGBoostPredictor", "XGBoostProcessor"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
