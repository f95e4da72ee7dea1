"""Where what was made comes from (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests


@suggests
class MetadataProperties:
    """Where a model comes from.

    Args:
        commit_id, repository: The commit of its code.
        generated_by: The job that made it.
        project_id: The project that it belongs to.

    Example:
        >>> from sagewright.metadata_properties import MetadataProperties
        >>> origin = MetadataProperties(commit_id="3f2a91c", repository="https://example.com/prices.git")
    """

    def __init__(
        self,
        commit_id: str | None = None,
        repository: str | None = None,
        generated_by: str | None = None,
        project_id: str | None = None,
    ) -> None:
        self.commit_id, self.repository = commit_id, repository
        self.generated_by, self.project_id = generated_by, project_id

    def __repr__(self) -> str:
        return f"MetadataProperties({self._to_request_dict()})"

    def _to_request_dict(self) -> dict[str, Any]:
        members = {
            "CommitId": self.commit_id,
            "Repository": self.repository,
            "GeneratedBy": self.generated_by,
            "ProjectId": self.project_id,
        }
        return {name: value for name, value in members.items() if value}
