"""Model cards and their parts (v2's own path)."""

from __future__ import annotations

from sagewright.model_card.card import ModelCard, ModelPackageModelCard
from sagewright.model_card.evaluation import EvaluationJob, Metric, MetricGroup
from sagewright.model_card.exporting import ModelCardExportJob
from sagewright.model_card.overview import (
    AdditionalInformation,
    BusinessDetails,
    Environment,
    IntendedUses,
    ModelOverview,
)
from sagewright.model_card.packages import (
    Container,
    InferenceSpecification,
    ModelPackage,
    ModelPackageCreator,
    SourceAlgorithm,
)
from sagewright.model_card.training import (
    Function,
    HyperParameter,
    ObjectiveFunction,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)

__all__ = [
    "AdditionalInformation",
    "BusinessDetails",
    "Container",
    "Environment",
    "EvaluationJob",
    "Function",
    "HyperParameter",
    "InferenceSpecification",
    "IntendedUses",
    "Metric",
    "MetricGroup",
    "ModelCard",
    "ModelCardExportJob",
    "ModelOverview",
    "ModelPackage",
    "ModelPackageCreator",
    "ModelPackageModelCard",
    "ObjectiveFunction",
    "SourceAlgorithm",
    "TrainingDetails",
    "TrainingJobDetails",
    "TrainingMetric",
]
