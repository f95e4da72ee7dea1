"""The model of a hub that a container's model was made of (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.requests.documents import given


@suggests
class ContainerBaseModel:
    """The model of a hub that a container's model was made of.

    Args:
        recipe_name: How it was made.
    """

    def __init__(
        self,
        hub_content_name: str | None = None,
        hub_content_version: str | None = None,
        recipe_name: str | None = None,
    ) -> None:
        self.hub_content_name, self.hub_content_version = hub_content_name, hub_content_version
        self.recipe_name = recipe_name

    def __repr__(self) -> str:
        return f"ContainerBaseModel({self._to_request_dict()})"

    def _to_request_dict(self) -> dict[str, Any]:
        return given(
            HubContentName=self.hub_content_name,
            HubContentVersion=self.hub_content_version,
            RecipeName=self.recipe_name,
        )
