"""Steps that make what one call of a session makes."""

from __future__ import annotations

from typing import Any, ClassVar

from sagewright.workflow.base_step import Step
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import validate_step_args_input


class SessionCallStep(Step):
    """A step whose request a `PipelineSession` has kept from one of its own methods.

    Attributes:
        call: The method.
        shape_name: Of the description of what it makes.
    """

    call: ClassVar[str]
    shape_name: ClassVar[str]

    def _take(self, step_args: Any) -> None:
        """Take what the method has returned.

        Raises:
            ValueError: It is another method's.
            TypeError: It is nothing that a method returns.
        """
        what = f"The step_args of {type(self).__name__} must be obtained from pipeline_session.{self.call}()."
        validate_step_args_input(step_args, {self.call}, what)
        self.step_args = step_args
        self._properties = Properties(self.name, shape_name=self.shape_name, step=self)

    @property
    def arguments(self) -> Any:
        """The request that is sent."""
        return self.step_args.args

    @property
    def properties(self) -> Any:
        """What the description of what is made will hold."""
        return self._properties
