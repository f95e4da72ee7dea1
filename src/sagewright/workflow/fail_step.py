"""The step that ends a pipeline's run as failed (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.vocabulary.variables import PipelineVariable
from sagewright.workflow.base_step import Step, StepTypeEnum


@suggests
class FailStep(Step):
    """Ends the run as failed.

    Args:
        name: Of the step.
        error_message: Why; text, or what the run puts together (`Join`).
        depends_on: Steps that have to end before.
    """

    def __init__(
        self,
        name: str,
        error_message: str | PipelineVariable | None = None,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, display_name, description, StepTypeEnum.FAIL, depends_on)
        self.error_message = "" if error_message is None else error_message

    @property
    def arguments(self) -> Any:
        """The message."""
        return {"ErrorMessage": self.error_message}

    @property
    def properties(self) -> Any:
        """Nothing: no step comes after it.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError("FailStep is a terminal step and the Properties object is not available for it.")


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["FailStep"])
