"""What was done: deployments, approvals (v2's own path)."""

from __future__ import annotations

from builtins import list as List  # the classes have a method of that name
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggesting
from sagewright.lineage._api_types import ActionSource, ActionSummary
from sagewright.lineage.entities import DOWN, UP, Entity
from sagewright.lineage.query import LineageQueryDirectionEnum
from sagewright.lineage.records import Parts

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session


class Action(Entity):
    """Something that was done."""

    ARN, NAMED_BY, KIND = "action_arn", "action_name", "action"
    SUMMARY = ActionSummary
    CHANGED = ("action_name", "description", "status", "properties", "properties_to_remove")
    parts: ClassVar[Parts] = {"source": ActionSource}

    action_arn: str
    action_name: str
    action_type: str | None
    description: str | None
    status: str | None
    source: ActionSource | None
    properties: dict[str, str] | None
    properties_to_remove: List[str] | None

    @classmethod
    @suggesting
    def load(cls, action_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return an action that is there."""
        return cls._loaded(sagemaker_session, action_name=action_name)

    @classmethod
    @suggesting
    def create(
        cls,
        action_name: str | None = None,
        source_uri: str | None = None,
        source_type: str | None = None,
        action_type: str | None = None,
        description: str | None = None,
        status: str | None = None,
        properties: Mapping[str, str] | None = None,
        tags: Any = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Create an action.

        Args:
            source_uri: What it was about; needed.
            action_type: `ModelDeployment`, `Approval`, or any word.
            status: `InProgress`, `Completed`, `Failed`, ...
        """
        return cls._created(
            sagemaker_session,
            action_name=action_name,
            source=ActionSource(source_uri=source_uri, source_type=source_type),
            action_type=action_type,
            description=description,
            status=status,
            properties=properties,
            tags=tags,
        )

    @classmethod
    @suggesting
    def list(
        cls,
        source_uri: str | None = None,
        action_type: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        sagemaker_session: Session | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> Iterator[ActionSummary]:
        """Yield actions, page by page."""
        return cls._listed(
            sagemaker_session,
            source_uri=source_uri,
            action_type=action_type,
            created_before=created_before,
            created_after=created_after,
            sort_by=sort_by,
            sort_order=sort_order,
            max_results=max_results,
            next_token=next_token,
        )

    def artifacts(self, direction: LineageQueryDirectionEnum = LineageQueryDirectionEnum.BOTH) -> List[Any]:
        """Return the artifacts that it has to do with."""
        return self._artifacts(direction)


class ModelPackageApprovalAction(Action):
    """That a model package was approved."""

    def datasets(self, direction: LineageQueryDirectionEnum = UP) -> List[Any]:
        """Return the data sets that the package's model was made of."""
        return self._data_sets(direction)

    def model_package(self) -> dict[str, Any] | None:
        """Return the package's description; None where it is not known."""
        uri = None if self.source is None else self.source.source_uri
        if uri is None:
            return None
        client = self.sagemaker_session.sagemaker_client
        return dict(client.describe_model_package(ModelPackageName=uri.split("/")[1]))

    def endpoints(self, direction: LineageQueryDirectionEnum = DOWN) -> List[Any]:
        """Return the endpoints that serve the package's model."""
        return self._endpoints(direction)
