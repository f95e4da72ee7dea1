"""Jobs as lineage knows them (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggesting
from sagewright.lineage.entities import DOWN, UP, Entity
from sagewright.lineage.query import LineageQueryDirectionEnum, LineageSourceEnum, pipeline_execution_of

if TYPE_CHECKING:
    from datetime import datetime

    from typing_extensions import Self

    from sagewright.session import Session


class LineageTrialComponent(Entity):
    """A job as lineage knows it."""

    ARN, NAMED_BY, KIND = "trial_component_arn", "trial_component_name", "trial_component"

    trial_component_name: str
    trial_component_arn: str
    display_name: str | None
    source: dict[str, Any] | None
    status: Any
    start_time: datetime | None
    end_time: datetime | None
    parameters: dict[str, Any] | None
    input_artifacts: dict[str, Any] | None
    output_artifacts: dict[str, Any] | None
    metrics: Any
    parameters_to_remove: list[str] | None
    input_artifacts_to_remove: list[str] | None
    output_artifacts_to_remove: list[str] | None

    @classmethod
    @suggesting
    def load(cls, trial_component_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return a trial component that is there."""
        return cls._loaded(sagemaker_session, trial_component_name=trial_component_name)

    def pipeline_execution_arn(self) -> str | None:
        """Return the run of a pipeline that has started the job; None: none has."""
        job = (self.load(self.trial_component_name, self.sagemaker_session).source or {}).get("SourceArn")
        return None if job is None else pipeline_execution_of(self.sagemaker_session, [job])

    def dataset_artifacts(self, direction: LineageQueryDirectionEnum = UP) -> list[Any]:
        """Return the data sets that the job has read."""
        return self._data_sets(direction)

    def models(self, direction: LineageQueryDirectionEnum = DOWN) -> list[Any]:
        """Return the models that the job has made."""
        return self._artifacts(direction, LineageSourceEnum.MODEL)
