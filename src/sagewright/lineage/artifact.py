"""Data, models and images, and what was made of them (v2's own path)."""

from __future__ import annotations

from builtins import list as List  # the classes have a method of that name
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.arguments import refused, suggesting
from sagewright.lineage._api_types import ArtifactSource, ArtifactSummary
from sagewright.lineage.association import Association
from sagewright.lineage.entities import DOWN, UP, Entity
from sagewright.lineage.query import LineageQueryDirectionEnum
from sagewright.lineage.records import Parts

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

_WITHOUT_TRIALS = "it looks trials up with the package `sagemaker-experiments`"


class Artifact(Entity):
    """A data set, a model, an image: something with a place."""

    ARN, NAMED_BY, KIND = "artifact_arn", "artifact_arn", "artifact"
    SUMMARY = ArtifactSummary
    CHANGED = ("artifact_arn", "artifact_name", "properties", "properties_to_remove")
    parts: ClassVar[Parts] = {"source": ArtifactSource}

    artifact_arn: str
    artifact_name: str | None
    artifact_type: str | None
    source: ArtifactSource | None
    properties: dict[str, str] | None

    @classmethod
    @suggesting
    def load(cls, artifact_arn: str, sagemaker_session: Session | None = None) -> Self:
        """Return an artifact that is there."""
        return cls._loaded(sagemaker_session, artifact_arn=artifact_arn)

    @classmethod
    @suggesting
    def create(
        cls,
        artifact_name: str | None = None,
        source_uri: str | None = None,
        source_types: Sequence[Mapping[str, str]] | None = None,
        artifact_type: str | None = None,
        properties: Mapping[str, str] | None = None,
        tags: Any = None,
        sagemaker_session: Session | None = None,
    ) -> Self:
        """Create an artifact.

        Args:
            source_uri: Where it lies; needed.
            source_types: How it is known there: `[{"SourceIdType", "Value"}]`.
            artifact_type: `Model`, `DataSet`, `Image`, or any word.
        """
        return cls._created(
            sagemaker_session,
            artifact_name=artifact_name,
            source=ArtifactSource(source_uri=source_uri, source_types=source_types),
            artifact_type=artifact_type,
            properties=properties,
            tags=tags,
        )

    @classmethod
    @suggesting
    def list(
        cls,
        source_uri: str | None = None,
        artifact_type: str | None = None,
        created_before: datetime | None = None,
        created_after: datetime | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
        sagemaker_session: Session | None = None,
    ) -> Iterator[ArtifactSummary]:
        """Yield artifacts, page by page."""
        return cls._listed(
            sagemaker_session,
            source_uri=source_uri,
            artifact_type=artifact_type,
            created_before=created_before,
            created_after=created_after,
            sort_by=sort_by,
            sort_order=sort_order,
            max_results=max_results,
            next_token=next_token,
        )

    def s3_uri_artifacts(self, s3_uri: str) -> dict[str, Any]:
        """Return `ListArtifacts`' answer for a place in S3."""
        return dict(self.sagemaker_session.sagemaker_client.list_artifacts(SourceUri=s3_uri))

    downstream_trials = refused("Artifact.downstream_trials", _WITHOUT_TRIALS)
    downstream_trials_v2 = refused("Artifact.downstream_trials_v2", _WITHOUT_TRIALS)
    upstream_trials = refused("Artifact.upstream_trials", _WITHOUT_TRIALS)


class ModelArtifact(Artifact):
    """A model, and what it was made of."""

    def endpoints(self) -> List[Any]:
        """Return the associations of its deployments with endpoints."""
        session = self.sagemaker_session
        deployments = Association.list(
            source_arn=self.artifact_arn, destination_type="Action", sagemaker_session=session
        )
        return [
            endpoint
            for deployment in deployments
            for endpoint in Association.list(
                source_arn=deployment.destination_arn, destination_type="Context", sagemaker_session=session
            )
        ]

    def endpoint_contexts(self, direction: LineageQueryDirectionEnum = DOWN) -> List[Any]:
        """Return the endpoints that serve it."""
        return self._endpoints(direction)

    def dataset_artifacts(self, direction: LineageQueryDirectionEnum = UP) -> List[Any]:
        """Return the data sets that it was trained with."""
        return self._data_sets(direction)

    def training_job_arns(self, direction: LineageQueryDirectionEnum = UP) -> List[str]:
        """Return the ARNs of the jobs that have trained it."""
        return self._training_jobs(direction)

    def pipeline_execution_arn(self, direction: LineageQueryDirectionEnum = UP) -> str | None:
        """Return the run of a pipeline that has made it; None: none has."""
        return self._pipeline_execution(direction)


class DatasetArtifact(Artifact):
    """A data set, and what was made of it."""

    def trained_models(self) -> List[Any]:
        """Return the associations with the models that were trained with it."""
        session = self.sagemaker_session
        return [
            model
            for component in Association.list(source_arn=self.artifact_arn, sagemaker_session=session)
            if "experiment-trial-component" in component.destination_arn
            for model in Association.list(
                source_arn=component.destination_arn, destination_type="Context", sagemaker_session=session
            )
        ]

    def endpoint_contexts(self, direction: LineageQueryDirectionEnum = DOWN) -> List[Any]:
        """Return the endpoints that serve what was made of it."""
        return self._endpoints(direction)

    def upstream_datasets(self) -> List[Any]:
        """Return the data sets that it was made of."""
        return self._data_sets(UP)

    def downstream_datasets(self) -> List[Any]:
        """Return the data sets that were made of it."""
        return self._data_sets(DOWN)


class ImageArtifact(Artifact):
    """An image."""

    def datasets(self, direction: LineageQueryDirectionEnum) -> List[Any]:
        """Return the data sets that it has to do with."""
        return self._data_sets(direction)
