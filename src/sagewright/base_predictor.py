"""Where v2 keeps what `sagewright.predictor` holds (v2's own path)."""

from __future__ import annotations

from sagewright.predictor import Predictor, PredictorBase, RealTimePredictor

__all__ = ["Predictor", "PredictorBase", "RealTimePredictor"]
