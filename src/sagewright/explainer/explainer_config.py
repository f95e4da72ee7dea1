"""An endpoint's explainer (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.explainer.clarify_explainer_config import ClarifyExplainerConfig


@suggests
class ExplainerConfig:
    """Makes `deploy` create an endpoint that explains its answers, on the target `aws`."""

    def __init__(self, clarify_explainer_config: ClarifyExplainerConfig | None = None) -> None:
        self.clarify_explainer_config = clarify_explainer_config

    def _to_request_dict(self) -> dict[str, Any]:
        """Return `ExplainerConfig`."""
        clarify = self.clarify_explainer_config
        return {"ClarifyExplainerConfig": clarify._to_request_dict()} if clarify else {}
