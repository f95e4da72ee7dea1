"""The steps of jobs and models (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.inputs import CreateModelInput, FileSystemInput, TrainingInput, TransformInput
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, Step, StepTypeEnum
from sagewright.workflow.create_model_step import CreateModelStep
from sagewright.workflow.functions import Join, JsonGet
from sagewright.workflow.processing_step import ProcessingStep
from sagewright.workflow.properties import Properties, PropertyFile
from sagewright.workflow.retry import RetryPolicy
from sagewright.workflow.training_step import TrainingStep
from sagewright.workflow.transform_step import TransformStep
from sagewright.workflow.tuning_step import TuningStep

__all__ = [
    "CacheConfig",
    "ConfigurableRetryStep",
    "CreateModelInput",
    "CreateModelStep",
    "FileSystemInput",
    "Join",
    "JsonGet",
    "ProcessingStep",
    "Properties",
    "PropertyFile",
    "RetryPolicy",
    "Step",
    "StepTypeEnum",
    "TrainingInput",
    "TrainingStep",
    "TransformInput",
    "TransformStep",
    "TuningStep",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
