"""What an endpoint is asked and answers, kept in S3 (v2's own path). Monitors of it are not built yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.model_monitor.data_capture_config import DataCaptureConfig
from sagewright.model_monitor.dataset_format import DatasetFormat

__all__ = ["DataCaptureConfig", "DatasetFormat"]

_MONITORS = """
    BiasAnalysisConfig Constraints CronExpressionGenerator DataQualityDistributionConstraints DefaultModelMonitor
    EndpointInput ExplainabilityAnalysisConfig ModelBiasMonitor ModelExplainabilityMonitor ModelMonitor
    ModelQualityMonitor MonitoringExecution MonitoringOutput Statistics
"""

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__, dict.fromkeys(_MONITORS.split(), "monitoring schedules"))
