"""What a model card may hold (v2's own path)."""

from __future__ import annotations

from enum import Enum


class ModelCardStatusEnum(str, Enum):
    """How far a card has come."""

    DRAFT = "Draft"
    PENDING_REVIEW = "PendingReview"
    APPROVED = "Approved"
    ARCHIVED = "Archived"


class RiskRatingEnum(str, Enum):
    """How much harm a model can do."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
    UNKNOWN = "Unknown"


class ObjectiveFunctionEnum(str, Enum):
    """What training does with its objective."""

    MAXIMIZE = "Maximize"
    MINIMIZE = "Minimize"


class FacetEnum(str, Enum):
    """What an objective measures."""

    LOSS = "Loss"
    ACCURACY = "Accuracy"
    RMSE = "RMSE"
    MAE = "MAE"
    AUC = "AUC"


class MetricTypeEnum(str, Enum):
    """What a metric's value is."""

    NUMBER = "number"
    LINEAR_GRAPH = "linear_graph"
    STRING = "string"
    BOOLEAN = "boolean"
    MATRIX = "matrix"
    BAR_CHART = "bar_chart"


class ModelPackageStatusEnum(str, Enum):
    """How the making of a model package stands."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    DELETING = "Deleting"


class ModelApprovalStatusEnum(str, Enum):
    """Whether a model package may be deployed."""

    APPROVED = "Approved"
    REJECTED = "Rejected"
    PENDING_MANUAL_APPROVAL = "PendingManualApproval"


METRIC_VALUE_TYPE_MAP: dict[MetricTypeEnum, list[type]] = {
    MetricTypeEnum.NUMBER: [int, float],
    MetricTypeEnum.LINEAR_GRAPH: [list],
    MetricTypeEnum.STRING: [str],
    MetricTypeEnum.BOOLEAN: [bool],
    MetricTypeEnum.MATRIX: [list],
    MetricTypeEnum.BAR_CHART: [list],
}
PYTHON_TYPE_TO_METRIC_VALUE_TYPE: dict[type, MetricTypeEnum] = {
    int: MetricTypeEnum.NUMBER,
    float: MetricTypeEnum.NUMBER,
    str: MetricTypeEnum.STRING,
    bool: MetricTypeEnum.BOOLEAN,
}

MODEL_ARTIFACT_MAX_SIZE = 15
ENVIRONMENT_CONTAINER_IMAGES_MAX_SIZE = 15
TRAINING_DATASETS_MAX_SIZE = 15
TRAINING_METRICS_MAX_SIZE = 50
USER_PROVIDED_TRAINING_METRICS_MAX_SIZE = 50
HYPER_PARAMETERS_MAX_SIZE = 100
USER_PROVIDED_HYPER_PARAMETERS_MAX_SIZE = 100
EVALUATION_DATASETS_MAX_SIZE = 10
SOURCE_ALGORITHMS_MAX_SIZE = 15
