"""What things belong to: endpoints, groups of models (v2's own path)."""

from __future__ import annotations

from builtins import list as List  # the classes have a method of that name
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import suggesting
from sagewright.lineage._api_types import ContextSource, ContextSummary
from sagewright.lineage.association import Association
from sagewright.lineage.entities import DOWN, UP, Entity
from sagewright.lineage.query import (
    LineageEntityEnum,
    LineageQueryDirectionEnum,
    LineageSourceEnum,
    described,
    related,
)
from sagewright.lineage.records import Parts

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session


class Context(Entity):
    """Something that things belong to."""

    ARN, NAMED_BY, KIND = "context_arn", "context_name", "context"
    SUMMARY = ContextSummary
    CHANGED = ("context_name", "description", "properties", "properties_to_remove")
    parts: ClassVar[Parts] = {"source": ContextSource}

    context_arn: str
    context_name: str
    context_type: str | None
    source: ContextSource | None
    description: str | None
    properties: dict[str, str] | None

    @classmethod
    @suggesting
    def load(cls, context_name: str, sagemaker_session: Session | None = None) -> Self:
        """Return a context that is there."""
        return cls._loaded(sagemaker_session, context_name=context_name)

    @classmethod
    @suggesting
    def create(
        cls,
        context_name: str | None = None,
        source_uri: str | None = None,
        source_type: str | None = None,
        context_type: str | None = None,
        description: str | None = None,
        properties: Mapping[str, str] | None = None,
        tags: Any = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Create a context.

        Args:
            source_uri: What it is about; needed.
            context_type: `Endpoint`, `ModelGroup`, or any word.
        """
        return cls._created(
            sagemaker_session,
            context_name=context_name,
            source=ContextSource(source_uri=source_uri, source_type=source_type),
            context_type=context_type,
            description=description,
            properties=properties,
            tags=tags,
        )

    @classmethod
    @suggesting
    def list(
        cls,
        source_uri: str | None = None,
        context_type: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Iterator[ContextSummary]:
        """Yield contexts, page by page."""
        return cls._listed(
            sagemaker_session,
            source_uri=source_uri,
            context_type=context_type,
            created_before=created_before,
            created_after=created_after,
            sort_by=sort_by,
            sort_order=sort_order,
            max_results=max_results,
            next_token=next_token,
        )

    def actions(self, direction: LineageQueryDirectionEnum) -> List[Any]:
        """Return what was done with it."""
        return described(self._vertices(direction, LineageEntityEnum.ACTION))


class EndpointContext(Context):
    """An endpoint, and what it serves."""

    def models(self) -> List[Any]:
        """Return the associations of its deployments with models."""
        session = self.sagemaker_session
        deployments = Association.list(
            source_arn=self.context_arn, destination_type="ModelDeployment", sagemaker_session=session
        )
        return [
            model
            for deployment in deployments
            for model in Association.list(
                source_arn=deployment.destination_arn, destination_type="Model", sagemaker_session=session
            )
        ]

    def models_v2(self, direction: LineageQueryDirectionEnum = DOWN) -> List[Any]:
        """Return the models that it serves."""
        deployments = self._vertices(direction, LineageEntityEnum.ACTION, LineageSourceEnum.MODEL_DEPLOYMENT)
        entity, source = LineageEntityEnum.ARTIFACT, LineageSourceEnum.MODEL
        found = [related(self.sagemaker_session, one.arn, DOWN, entity, source) for one in deployments]
        return described([model for models in found for model in models])

    def dataset_artifacts(self, direction: LineageQueryDirectionEnum = UP) -> List[Any]:
        """Return the data sets that what it serves was made of."""
        return self._data_sets(direction)

    def training_job_arns(self, direction: LineageQueryDirectionEnum = UP) -> List[str]:
        """Return the ARNs of the jobs that have trained what it serves."""
        return self._training_jobs(direction)

    def processing_jobs(self, direction: LineageQueryDirectionEnum = UP) -> List[Any]:
        """Return the trial components of processing jobs."""
        return described(self._vertices(direction, LineageEntityEnum.TRIAL_COMPONENT, LineageSourceEnum.PROCESSING_JOB))

    def transform_jobs(self, direction: LineageQueryDirectionEnum = UP) -> List[Any]:
        """Return the trial components of transform jobs."""
        return described(self._vertices(direction, LineageEntityEnum.TRIAL_COMPONENT, LineageSourceEnum.TRANSFORM_JOB))

    def trial_components(self, direction: LineageQueryDirectionEnum = UP) -> List[Any]:
        """Return all trial components."""
        return described(self._vertices(direction, LineageEntityEnum.TRIAL_COMPONENT))

    def pipeline_execution_arn(self, direction: LineageQueryDirectionEnum = UP) -> str | None:
        """Return the run of a pipeline that has made what it serves; None: none has."""
        return self._pipeline_execution(direction)


class ModelPackageGroup(Context):
    """A group of model packages."""

    def pipeline_execution_arn(self) -> str | None:
        """Return the run of a pipeline that has made it; None: none has."""
        return (self.properties or {}).get("PipelineExecutionArn")
