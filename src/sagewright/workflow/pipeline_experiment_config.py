"""The experiment that a pipeline's runs belong to (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.vocabulary.variables import Expression
from sagewright.workflow.entities import Entity, Valued


@suggests
class PipelineExperimentConfig(Valued, Entity):
    """The experiment that a pipeline's runs belong to; it is made where there is none.

    Args:
        experiment_name, trial_name: Text, or what the run knows.
    """

    def __init__(self, experiment_name: Any, trial_name: Any) -> None:
        self.experiment_name, self.trial_name = experiment_name, trial_name

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {"ExperimentName": self.experiment_name, "TrialName": self.trial_name}


class PipelineExperimentConfigProperty(Expression):
    """A name of the experiment that a run belongs to.

    Args:
        name: `ExperimentName` or `TrialName`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def expr(self) -> dict[str, Any]:
        """What stands for it in a pipeline's definition."""
        return {"Get": f"PipelineExperimentConfig.{self.name}"}

    def __repr__(self) -> str:
        return f"PipelineExperimentConfigProperty({self.name!r})"


class PipelineExperimentConfigProperties:
    """The names of the experiment that a run belongs to."""

    EXPERIMENT_NAME = PipelineExperimentConfigProperty("ExperimentName")
    TRIAL_NAME = PipelineExperimentConfigProperty("TrialName")
