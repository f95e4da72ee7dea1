"""What artifacts, actions, contexts and trial components have in common: lineage relates them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.lineage.query import (
    LineageEntityEnum,
    LineageQueryDirectionEnum,
    LineageSourceEnum,
    Vertex,
    described,
    pipeline_execution_of,
    related,
    training_jobs_of,
)
from sagewright.lineage.records import Record

if TYPE_CHECKING:
    from datetime import datetime

UP, DOWN = LineageQueryDirectionEnum.ASCENDANTS, LineageQueryDirectionEnum.DESCENDANTS


class Entity(Record):
    """Something that lineage relates to others."""

    tags: list[dict[str, str]] | None
    creation_time: datetime | None
    created_by: dict[str, Any] | None
    last_modified_time: datetime | None
    last_modified_by: dict[str, Any] | None

    def _vertices(
        self,
        direction: LineageQueryDirectionEnum,
        entity: LineageEntityEnum,
        source: LineageSourceEnum | None = None,
    ) -> list[Vertex]:
        """Return what it is related to, of one kind."""
        return related(self.sagemaker_session, getattr(self, self.ARN), direction, entity, source)

    def _artifacts(self, direction: LineageQueryDirectionEnum, source: LineageSourceEnum | None = None) -> list[Any]:
        return described(self._vertices(direction, LineageEntityEnum.ARTIFACT, source))

    def _data_sets(self, direction: LineageQueryDirectionEnum) -> list[Any]:
        return self._artifacts(direction, LineageSourceEnum.DATASET)

    def _endpoints(self, direction: LineageQueryDirectionEnum) -> list[Any]:
        return described(self._vertices(direction, LineageEntityEnum.CONTEXT, LineageSourceEnum.ENDPOINT))

    def _training_jobs(self, direction: LineageQueryDirectionEnum) -> list[str]:
        return training_jobs_of(self.sagemaker_session, getattr(self, self.ARN), direction)

    def _pipeline_execution(self, direction: LineageQueryDirectionEnum) -> str | None:
        return pipeline_execution_of(self.sagemaker_session, self._training_jobs(direction))
