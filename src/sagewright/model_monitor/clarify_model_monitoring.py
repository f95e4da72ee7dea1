"""Monitors of bias and of explanations, at v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.model_monitor.bias import ModelBiasMonitor
from sagewright.model_monitor.clarify_base import ClarifyModelMonitor
from sagewright.model_monitor.clarify_jobs import (
    BiasAnalysisConfig,
    ClarifyBaseliningConfig,
    ClarifyBaseliningJob,
    ClarifyMonitoringExecution,
    ExplainabilityAnalysisConfig,
)
from sagewright.model_monitor.explainability import ModelExplainabilityMonitor

__all__ = [
    "BiasAnalysisConfig",
    "ClarifyBaseliningConfig",
    "ClarifyBaseliningJob",
    "ClarifyModelMonitor",
    "ClarifyMonitoringExecution",
    "ExplainabilityAnalysisConfig",
    "ModelBiasMonitor",
    "ModelExplainabilityMonitor",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
