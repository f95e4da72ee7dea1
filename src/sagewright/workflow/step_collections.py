"""Several steps that stand for one (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.workflow.estimator_transformer import EstimatorTransformer
from sagewright.workflow.register_model import RegisterModel
from sagewright.workflow.step_collection import StepCollection

__all__ = ["EstimatorTransformer", "RegisterModel", "StepCollection"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
