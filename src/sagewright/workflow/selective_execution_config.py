"""Running some steps of a pipeline, with what an earlier run made (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.arguments import suggests
from sagewright.workflow.entities import Valued


@suggests
class SelectiveExecutionConfig(Valued):
    """Which steps of a pipeline run; the others' outputs are those of an earlier run.

    Args:
        selected_steps: Names of steps, with all steps on the way from one of them to another.
        reference_latest_execution: The earlier run is the latest one.
        source_pipeline_execution_arn: The earlier run.
    """

    def __init__(
        self,
        selected_steps: Sequence[str],
        reference_latest_execution: bool = True,
        source_pipeline_execution_arn: str | None = None,
    ) -> None:
        self.source_pipeline_execution_arn, self.selected_steps = source_pipeline_execution_arn, selected_steps
        self.reference_latest_execution = reference_latest_execution

    def to_request(self) -> dict[str, Any]:
        """Return its document."""
        request: dict[str, Any] = {}
        if self.source_pipeline_execution_arn is not None:
            request["SourcePipelineExecutionArn"] = self.source_pipeline_execution_arn
        if self.selected_steps is not None:
            request["SelectedSteps"] = [{"StepName": name} for name in self.selected_steps]
        return request
