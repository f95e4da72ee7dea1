"""What a pipeline knows of its own run (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.vocabulary.variables import PipelineVariable


class ExecutionVariable(PipelineVariable):
    """A fact of a pipeline's run; see `ExecutionVariables` for those that there are.

    Args:
        name: As the service calls it: `PipelineExecutionId`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, ExecutionVariable) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)

    def to_string(self) -> PipelineVariable:
        """Return itself: it is text."""
        return self

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in the definition."""
        return {"Get": f"Execution.{self.name}"}


class ExecutionVariables:
    """The facts of a pipeline's run; the last two are known in training and processing steps."""

    START_DATETIME = ExecutionVariable("StartDateTime")
    CURRENT_DATETIME = ExecutionVariable("CurrentDateTime")
    PIPELINE_NAME = ExecutionVariable("PipelineName")
    PIPELINE_ARN = ExecutionVariable("PipelineArn")
    PIPELINE_EXECUTION_ID = ExecutionVariable("PipelineExecutionId")
    PIPELINE_EXECUTION_ARN = ExecutionVariable("PipelineExecutionArn")
    TRAINING_JOB_NAME = ExecutionVariable("TrainingJobName")
    PROCESSING_JOB_NAME = ExecutionVariable("ProcessingJobName")
