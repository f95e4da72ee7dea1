"""What jobs, tuning jobs, experiments and artifacts have come to, as tables."""

from __future__ import annotations

from sagewright.analytics.artifacts import ArtifactAnalytics
from sagewright.analytics.experiments import ExperimentAnalytics
from sagewright.analytics.table import AnalyticsMetricsBase
from sagewright.analytics.training import METRICS_PERIOD_DEFAULT, TrainingJobAnalytics
from sagewright.analytics.tuning import HyperparameterTuningJobAnalytics

__all__ = [
    "METRICS_PERIOD_DEFAULT",
    "AnalyticsMetricsBase",
    "ArtifactAnalytics",
    "ExperimentAnalytics",
    "HyperparameterTuningJobAnalytics",
    "TrainingJobAnalytics",
]
