"""What explains an endpoint's answers (v2's own path). The requests are built; the target `local` refuses them."""

from __future__ import annotations

from sagewright.explainer.clarify_explainer_config import (
    ClarifyExplainerConfig,
    ClarifyInferenceConfig,
    ClarifyShapBaselineConfig,
    ClarifyShapConfig,
    ClarifyTextConfig,
)
from sagewright.explainer.explainer_config import ExplainerConfig

__all__ = [
    "ClarifyExplainerConfig",
    "ClarifyInferenceConfig",
    "ClarifyShapBaselineConfig",
    "ClarifyShapConfig",
    "ClarifyTextConfig",
    "ExplainerConfig",
]
