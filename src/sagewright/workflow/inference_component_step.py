"""The step that puts a model on an endpoint's instances (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.base_step import StepTypeEnum
from sagewright.workflow.session_call_step import SessionCallStep


@suggests
class InferenceComponentStep(SessionCallStep):
    """Makes an inference component, or changes the one of its name.

    Args:
        name: Of the step.
        step_args: What `create_inference_component()` of a `PipelineSession` returns.
        depends_on: Steps that have to end before.

    Raises:
        ValueError: The arguments are of another call.
        TypeError: The arguments are none.
    """

    call, shape_name = "create_inference_component", "DescribeInferenceComponentOutput"

    def __init__(
        self,
        name: str,
        step_args: Any,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, display_name, description, StepTypeEnum.INFERENCE_COMPONENT, depends_on)
        self._take(step_args)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["InferenceComponentStep"])
