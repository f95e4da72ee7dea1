"""Tuning jobs: many training jobs that search for the best hyperparameters (`contract.md` 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter, ParameterRange
from sagewright.tuner.configs import (
    HyperbandStrategyConfig,
    InstanceConfig,
    StrategyConfig,
    TuningJobCompletionCriteriaConfig,
    WarmStartConfig,
    WarmStartTypes,
)
from sagewright.tuner.tuner import (
    HyperparameterTuner,
    create_identical_dataset_and_algorithm_tuner,
    create_transfer_learning_tuner,
)

__all__ = [
    "CategoricalParameter",
    "ContinuousParameter",
    "HyperbandStrategyConfig",
    "HyperparameterTuner",
    "InstanceConfig",
    "IntegerParameter",
    "ParameterRange",
    "StrategyConfig",
    "TuningJobCompletionCriteriaConfig",
    "WarmStartConfig",
    "WarmStartTypes",
    "create_identical_dataset_and_algorithm_tuner",
    "create_transfer_learning_tuner",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
