"""Lineage as a table (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.lineage.association import Association

if TYPE_CHECKING:
    import pandas

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

_COLUMNS = ["Name/Source", "Direction", "Type", "Association Type", "Lineage Type"]
_LONGEST_URI = 48


@suggests
class LineageTableVisualizer:
    """Shows what something was made of, and what was made of it."""

    def __init__(self, sagemaker_session: Session) -> None:
        self._session = sagemaker_session

    def show(
        self,
        trial_component_name: str | None = None,
        training_job_name: str | None = None,
        processing_job_name: str | None = None,
        pipeline_execution_step: Mapping[str, Any] | None = None,
        model_package_arn: str | None = None,
        endpoint_arn: str | None = None,
        artifact_arn: str | None = None,
        context_arn: str | None = None,
        actions_arn: str | None = None,
    ) -> pandas.DataFrame | None:
        """Return a table of one thing's inputs and outputs; None where lineage does not know it.

        Args:
            pipeline_execution_step: Of `ListPipelineExecutionSteps`. The first that is given counts.
        """
        arn: str | None
        if trial_component_name:
            arn = self._component(trial_component_name)
        elif training_job_name:
            arn = self._component(f"{training_job_name}-aws-training-job")
        elif processing_job_name:
            arn = self._component(f"{processing_job_name}-aws-processing-job")
        elif pipeline_execution_step:
            arn = self._of_step(pipeline_execution_step["Metadata"] or {})
        elif model_package_arn:
            arn = self._first("list_artifacts", "ArtifactSummaries", "ArtifactArn", model_package_arn)
        elif endpoint_arn:
            arn = self._first("list_contexts", "ContextSummaries", "ContextArn", endpoint_arn)
        else:
            arn = artifact_arn or context_arn or actions_arn
        return None if arn is None else self._table(arn)

    def _component(self, name: str) -> str:
        found = self._session.sagemaker_client.describe_trial_component(TrialComponentName=name)
        return str(found["TrialComponentArn"])

    def _of_step(self, metadata: Mapping[str, Any]) -> str | None:
        if "RegisterModel" in metadata:
            package = metadata["RegisterModel"]["Arn"]
            return self._first("list_artifacts", "ArtifactSummaries", "ArtifactArn", package)
        kinds = ("TrainingJob", "ProcessingJob", "TransformJob")
        job = next((metadata[kind]["Arn"] for kind in kinds if metadata.get(kind)), None)
        if job is None:
            return None
        found = self._session.sagemaker_client.list_trial_components(SourceArn=job)["TrialComponentSummaries"]
        if not found:
            logger.warning("No trial components found for %s", job)
        return str(found[0]["TrialComponentArn"]) if found else None

    def _first(self, operation: str, items: str, member: str, source_uri: str) -> str | None:
        found = getattr(self._session.sagemaker_client, operation)(SourceUri=source_uri)[items]
        return str(found[0][member]) if found else None

    def _table(self, arn: str) -> pandas.DataFrame:
        import pandas

        inputs = [
            self._row(one.source_arn, one.source_name, "Input", one.source_type, one.association_type)
            for one in Association.list(destination_arn=arn, sagemaker_session=self._session)
        ]
        outputs = [
            self._row(one.destination_arn, one.destination_name, "Output", one.destination_type, one.association_type)
            for one in Association.list(source_arn=arn, sagemaker_session=self._session)
        ]
        table: pandas.DataFrame = pandas.DataFrame(inputs + outputs, columns=_COLUMNS)
        return table

    def _row(self, arn: str, name: str | None, direction: str, kind: str | None, association: str | None) -> list[Any]:
        entity, _, resource = arn.split(":")[5].partition("/")
        if not name and entity == "artifact":
            uri: str = self._session.sagemaker_client.describe_artifact(ArtifactArn=arn)["Source"]["SourceUri"]
            name = uri if len(uri) <= _LONGEST_URI else f"{uri[:5]}...{uri[-40:]}"
        return [name or resource.split("/")[0], direction, kind, association, entity]
