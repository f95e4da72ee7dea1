"""The SDK's enumerations (v2's own path)."""

from __future__ import annotations

from enum import Enum


class EndpointType(Enum):
    """What an endpoint serves: models that its configuration names, or components that are put on it."""

    MODEL_BASED = "ModelBased"
    INFERENCE_COMPONENT_BASED = "InferenceComponentBased"


class RoutingStrategy(Enum):
    """Which of a variant's instances gets a request."""

    RANDOM = "RANDOM"
    LEAST_OUTSTANDING_REQUESTS = "LEAST_OUTSTANDING_REQUESTS"


class Tag(str, Enum):
    """The keys of the tags that say how a model has come about."""

    OPTIMIZATION_JOB_NAME = "sagemaker-sdk:optimization-job-name"
    SPECULATIVE_DRAFT_MODEL_PROVIDER = "sagemaker-sdk:speculative-draft-model-provider"
    FINE_TUNING_MODEL_PATH = "sagemaker-sdk:fine-tuning-model-path"
    FINE_TUNING_JOB_NAME = "sagemaker-sdk:fine-tuning-job-name"
