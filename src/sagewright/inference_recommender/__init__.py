"""Machines that Amazon measures and recommends for a model (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.inference_recommender.inference_recommender_mixin import ModelLatencyThreshold, Phase

__all__ = ["ModelLatencyThreshold", "Phase"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
