"""Processing with XGBoost (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.processing.of_framework import OwnFrameworkProcessor
from sagewright.xgboost.estimator import XGBoost


class XGBoostProcessor(OwnFrameworkProcessor):
    """Runs processing jobs of a script in XGBoost's training image.

    Args:
        **: As for `FrameworkProcessor`.
    """

    estimator_cls = XGBoost


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["XGBoostProcessor"])
