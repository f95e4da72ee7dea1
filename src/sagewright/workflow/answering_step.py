"""Steps that something outside of SageMaker answers: a function, or whoever reads a queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.workflow.base_step import Step, StepTypeEnum
from sagewright.workflow.entities import Valued
from sagewright.workflow.properties import Properties, PropertiesByName


class Output(Valued):
    """A member of an answer. It stands in other steps' arguments for what will have been answered."""

    output_name: str | None
    output_type: Any

    def to_request(self) -> dict[str, Any]:
        """Return what declares it in a pipeline's definition."""
        return {"OutputName": self.output_name, "OutputType": self.output_type.value}

    def expr(self, step_name: str) -> dict[str, str]:
        """Return what stands for it in a pipeline's definition.

        Args:
            step_name: The step that is answered.
        """
        return {"Get": f"Steps.{step_name}.OutputParameters['{self.output_name}']"}

    def __hash__(self) -> int:  # type: ignore[override]  # its name stays
        return hash((type(self).__name__, self.output_name))


class AnsweringStep(Step):
    """A step that is answered from outside of SageMaker."""

    outputs: Sequence[Any]

    def __init__(
        self,
        name: str,
        step_type: StepTypeEnum,
        inputs: Mapping[str, Any],
        outputs: Sequence[Any],
        display_name: str | None,
        description: str | None,
        depends_on: Sequence[Any] | None,
    ) -> None:
        super().__init__(name, display_name, description, step_type, depends_on)
        self.inputs, self.outputs = inputs, outputs
        answers = {
            output.output_name: Properties(name, f"OutputParameters['{output.output_name}']", step=self)
            for output in outputs
        }
        self._properties = PropertiesByName(name, {"Outputs": answers})

    @property
    def arguments(self) -> Any:
        """What is asked."""
        return self.inputs

    @property
    def properties(self) -> Any:
        """What will have been answered: `properties.Outputs["name"]`."""
        return self._properties
