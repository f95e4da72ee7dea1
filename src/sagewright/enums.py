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
