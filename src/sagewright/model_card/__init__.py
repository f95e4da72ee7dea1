"""Model cards: what a model is, what it is for, how it was trained and evaluated (v2's own path)."""

from __future__ import annotations

from sagewright.model_card.evaluation_metric_parsers import EvaluationMetricTypeEnum
from sagewright.model_card.model_card import (
    AdditionalInformation,
    BusinessDetails,
    Environment,
    EvaluationJob,
    Function,
    HyperParameter,
    IntendedUses,
    Metric,
    MetricGroup,
    ModelCard,
    ModelOverview,
    ModelPackage,
    ModelPackageModelCard,
    ObjectiveFunction,
    TrainingDetails,
    TrainingJobDetails,
    TrainingMetric,
)
from sagewright.model_card.schema_constraints import (
    FacetEnum,
    MetricTypeEnum,
    ModelCardStatusEnum,
    ObjectiveFunctionEnum,
    RiskRatingEnum,
)

__all__ = [
    "AdditionalInformation",
    "BusinessDetails",
    "Environment",
    "EvaluationJob",
    "EvaluationMetricTypeEnum",
    "FacetEnum",
    "Function",
    "HyperParameter",
    "IntendedUses",
    "Metric",
    "MetricGroup",
    "MetricTypeEnum",
    "ModelCard",
    "ModelCardStatusEnum",
    "ModelOverview",
    "ModelPackage",
    "ModelPackageModelCard",
    "ObjectiveFunction",
    "ObjectiveFunctionEnum",
    "RiskRatingEnum",
    "TrainingDetails",
    "TrainingJobDetails",
    "TrainingMetric",
]
