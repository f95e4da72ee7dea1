"""Monitors, their inputs and their jobs, at v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.model_monitor.data import BatchTransformInput, EndpointInput, MonitoringInput, MonitoringOutput
from sagewright.model_monitor.executions import BaseliningJob, MonitoringExecution
from sagewright.model_monitor.monitor import ModelMonitor
from sagewright.model_monitor.quality import DefaultModelMonitor, ModelQualityMonitor

__all__ = [
    "BaseliningJob",
    "BatchTransformInput",
    "DefaultModelMonitor",
    "EndpointInput",
    "ModelMonitor",
    "ModelQualityMonitor",
    "MonitoringExecution",
    "MonitoringInput",
    "MonitoringOutput",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
