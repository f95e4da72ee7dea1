"""Jobs as lineage knows them (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggesting
from sagewright.lineage.artifact import DOWN, UP
from sagewright.lineage.query import (
    LineageEntityEnum,
    LineageQueryDirectionEnum,
    LineageSourceEnum,
    described,
    pipeline_execution_of,
    related,
)
from sagewright.lineage.records import Record

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session


class LineageTrialComponent(Record):
    """A job as lineage knows it."""

    ARN, NAMED_BY, KIND = "trial_component_arn", "trial_component_name", "trial_component"

    trial_component_name: str
    trial_component_arn: str
    display_name: str | None
    source: dict[str, Any] | None
    status: Any
    parameters: dict[str, Any] | None
    input_artifacts: dict[str, Any] | None
    output_artifacts: dict[str, Any] | None
    metrics: Any

    @classmethod
    @suggesting
    def load(cls, trial_component_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return a trial component that is there."""
        return cls._asked("describe_trial_component", sagemaker_session, trial_component_name=trial_component_name)

    def pipeline_execution_arn(self) -> str | None:
        """Return the run of a pipeline that has started the job; None: none has."""
        job = (self.load(self.trial_component_name, self.sagemaker_session).source or {}).get("SourceArn")
        return None if job is None else pipeline_execution_of(self.sagemaker_session, [job])

    def dataset_artifacts(self, direction: LineageQueryDirectionEnum = UP) -> list[Any]:
        """Return the data sets that the job has read."""
        entity, source = LineageEntityEnum.ARTIFACT, LineageSourceEnum.DATASET
        return described(related(self.sagemaker_session, self.trial_component_arn, direction, entity, source))

    def models(self, direction: LineageQueryDirectionEnum = DOWN) -> list[Any]:
        """Return the models that the job has made."""
        entity, source = LineageEntityEnum.ARTIFACT, LineageSourceEnum.MODEL
        return described(related(self.sagemaker_session, self.trial_component_arn, direction, entity, source))
