"""Configurations for Apache Airflow, which are not built (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of

_WHY = (
    "requests for an operator that Airflow has given up; Airflow's own SageMaker operators take the requests themselves"
)
_NAMES = (
    "deploy_config deploy_config_from_estimator model_config model_config_from_estimator processing_config "
    "training_base_config training_config transform_config transform_config_from_estimator tuning_config"
)

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, [], dict.fromkeys(_NAMES.split(), _WHY))
