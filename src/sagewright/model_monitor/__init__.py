"""Watching what endpoints and batch transforms are asked and answer (v2's own path)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of
from sagewright.model_monitor.data_capture_config import DataCaptureConfig
from sagewright.model_monitor.dataset_format import DatasetFormat, MonitoringDatasetFormat

if TYPE_CHECKING:
    from sagewright.model_monitor.bias import ModelBiasMonitor
    from sagewright.model_monitor.clarify_jobs import BiasAnalysisConfig, ExplainabilityAnalysisConfig
    from sagewright.model_monitor.cron_expression_generator import CronExpressionGenerator
    from sagewright.model_monitor.data import BatchTransformInput, EndpointInput, MonitoringOutput
    from sagewright.model_monitor.data_quality_monitoring_config import (
        DataQualityDistributionConstraints,
        DataQualityMonitoringConfig,
    )
    from sagewright.model_monitor.executions import BaseliningJob, MonitoringExecution
    from sagewright.model_monitor.explainability import ModelExplainabilityMonitor
    from sagewright.model_monitor.monitor import ModelMonitor
    from sagewright.model_monitor.monitoring_files import Constraints, ConstraintViolations, Statistics
    from sagewright.model_monitor.quality import DefaultModelMonitor, ModelQualityMonitor
    from sagewright.network import NetworkConfig

__all__ = [
    "BaseliningJob",
    "BatchTransformInput",
    "BiasAnalysisConfig",
    "ConstraintViolations",
    "Constraints",
    "CronExpressionGenerator",
    "DataCaptureConfig",
    "DataQualityDistributionConstraints",
    "DataQualityMonitoringConfig",
    "DatasetFormat",
    "DefaultModelMonitor",
    "EndpointInput",
    "ExplainabilityAnalysisConfig",
    "ModelBiasMonitor",
    "ModelExplainabilityMonitor",
    "ModelMonitor",
    "ModelQualityMonitor",
    "MonitoringDatasetFormat",
    "MonitoringExecution",
    "MonitoringOutput",
    "NetworkConfig",
    "Statistics",
]

# Where monitors are: they are loaded when they are used, since every deployment looks at data capture.
_MODULES = {
    "BaseliningJob": "executions",
    "BatchTransformInput": "data",
    "BiasAnalysisConfig": "clarify_jobs",
    "ConstraintViolations": "monitoring_files",
    "Constraints": "monitoring_files",
    "CronExpressionGenerator": "cron_expression_generator",
    "DataQualityDistributionConstraints": "data_quality_monitoring_config",
    "DataQualityMonitoringConfig": "data_quality_monitoring_config",
    "DefaultModelMonitor": "quality",
    "EndpointInput": "data",
    "ExplainabilityAnalysisConfig": "clarify_jobs",
    "ModelBiasMonitor": "bias",
    "ModelExplainabilityMonitor": "explainability",
    "ModelMonitor": "monitor",
    "ModelQualityMonitor": "quality",
    "MonitoringExecution": "executions",
    "MonitoringOutput": "data",
    "Statistics": "monitoring_files",
}

if not TYPE_CHECKING:
    _missing = nearest_of(__name__, __all__)

    def __getattr__(name: str) -> Any:
        if name == "NetworkConfig":
            return importlib.import_module("sagewright.network").NetworkConfig
        if name not in _MODULES:
            return _missing(name)
        value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value
