"""Bias and explanations of data and models, by jobs of SageMaker Clarify (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.clarify.bias import BiasConfig
from sagewright.clarify.data import DataConfig, DatasetType, SegmentationConfig
from sagewright.clarify.explaining import ExplainabilityConfig, ImageConfig, PDPConfig, SHAPConfig, TextConfig
from sagewright.clarify.models import PREFIX, ModelConfig, ModelPredictedLabelConfig
from sagewright.clarify.processor import ProcessingOutputHandler, SageMakerClarifyProcessor
from sagewright.clarify.time_series import (
    DIRECTIONS,
    GRANULARITIES,
    AsymmetricShapleyValueConfig,
    TimeSeriesDataConfig,
    TimeSeriesJSONDatasetFormat,
    TimeSeriesModelConfig,
)
from sagewright.clarify.validation import ANALYSIS_CONFIG_SCHEMA_V1_0

# v2's names of these words.
ASYM_SHAP_VAL_EXPLANATION_DIRECTIONS = list(DIRECTIONS)
ASYM_SHAP_VAL_GRANULARITIES = list(GRANULARITIES)
ASYM_SHAP_VAL_DEFAULT_EXPLANATION_DIRECTION = DIRECTIONS[0]
ASYM_SHAP_VAL_DEFAULT_EXPLANATION_GRANULARITY = GRANULARITIES[0]
ENDPOINT_NAME_PREFIX_PATTERN = PREFIX

__all__ = [
    "ANALYSIS_CONFIG_SCHEMA_V1_0",
    "ASYM_SHAP_VAL_DEFAULT_EXPLANATION_DIRECTION",
    "ASYM_SHAP_VAL_DEFAULT_EXPLANATION_GRANULARITY",
    "ASYM_SHAP_VAL_EXPLANATION_DIRECTIONS",
    "ASYM_SHAP_VAL_GRANULARITIES",
    "ENDPOINT_NAME_PREFIX_PATTERN",
    "AsymmetricShapleyValueConfig",
    "BiasConfig",
    "DataConfig",
    "DatasetType",
    "ExplainabilityConfig",
    "ImageConfig",
    "ModelConfig",
    "ModelPredictedLabelConfig",
    "PDPConfig",
    "ProcessingOutputHandler",
    "SHAPConfig",
    "SageMakerClarifyProcessor",
    "SegmentationConfig",
    "TextConfig",
    "TimeSeriesDataConfig",
    "TimeSeriesJSONDatasetFormat",
    "TimeSeriesModelConfig",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
