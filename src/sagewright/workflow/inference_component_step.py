"""The step that puts a model on an endpoint's instances (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.base_step import Step, StepTypeEnum
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import validate_step_args_input


@suggests
class InferenceComponentStep(Step):
    """Makes an inference component, or changes the one of its name.

    Args:
        name: Of the step.
        step_args: What `create_inference_component()` of a `PipelineSession` returns.
        depends_on: Steps that have to end before.

    Raises:
        ValueError: The arguments are of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, display_name, description, StepTypeEnum.INFERENCE_COMPONENT, depends_on)
        validate_step_args_input(
            step_args,
            {"create_inference_component"},
            "The step_args of InferenceComponentStep must be obtained from "
            "pipeline_session.create_inference_component().",
        )
        self.step_args = step_args
        self._properties = Properties(name, shape_name="DescribeInferenceComponentOutput", step=self)

    @property
    def arguments(self) -> Any:
        """The request that makes the component."""
        return self.step_args.args

    @property
    def properties(self) -> Any:
        """What the component's description will hold."""
        return self._properties


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["InferenceComponentStep"])
