"""How far a model has come (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests


@suggests
class ModelLifeCycle:
    """How far a model has come.

    Args:
        stage: For example `Staging`.
        stage_status: For example `PendingApproval`.
        stage_description: In words.
    """

    def __init__(
        self, stage: str | None = None, stage_status: str | None = None, stage_description: str | None = None
    ) -> None:
        self.stage, self.stage_status, self.stage_description = stage, stage_status, stage_description

    def __repr__(self) -> str:
        return f"ModelLifeCycle({self._to_request_dict()})"

    def _to_request_dict(self) -> dict[str, Any]:
        members = {
            "Stage": self.stage,
            "StageStatus": self.stage_status,
            "StageDescription": self.stage_description,
        }
        return {name: value for name, value in members.items() if value}
