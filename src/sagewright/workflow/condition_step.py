"""The step that chooses which steps run (v2's own path)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow import functions
from sagewright.workflow.base_step import Step, StepTypeEnum
from sagewright.workflow.conditions import Condition
from sagewright.workflow.properties import Properties, PropertiesByName, PropertyFile
from sagewright.workflow.utilities import list_to_request

logger = logging.getLogger("sagemaker")


@suggests
class ConditionStep(Step):
    """Runs some steps where all conditions hold, and others where one does not.

    Args:
        name: Of the step.
        depends_on: Steps that have to end before.
        conditions: What is asked (`sagewright.workflow.conditions`).
        if_steps, else_steps: Steps and collections of steps; none of them is a step of the pipeline by itself.
    """

    def __init__(
        self,
        name: str,
        depends_on: Sequence[Any] | None = None,
        display_name: str | None = None,
        description: str | None = None,
        conditions: Sequence[Condition] | None = None,
        if_steps: Sequence[Any] | None = None,
        else_steps: Sequence[Any] | None = None,
    ) -> None:
        super().__init__(name, display_name, description, StepTypeEnum.CONDITION, depends_on)
        self.conditions = list(conditions or ())
        self.if_steps, self.else_steps = list(if_steps or ()), list(else_steps or ())
        self._properties = PropertiesByName(name, {"Outcome": Properties(name, "Outcome", step=self)}, self)

    @property
    def arguments(self) -> Any:
        """The conditions, and what follows from them."""
        return {
            **self.step_only_arguments,
            "IfSteps": list_to_request(self.if_steps),
            "ElseSteps": list_to_request(self.else_steps),
        }

    @property
    def step_only_arguments(self) -> Any:
        """The conditions alone."""
        return {"Conditions": [condition.to_request() for condition in self.conditions]}

    @property
    def properties(self) -> Any:
        """The `Outcome`."""
        return self._properties


class JsonGet(functions.JsonGet):
    """The same as `sagewright.workflow.functions.JsonGet`, of a step; outdated."""

    def __init__(self, step: Step, property_file: PropertyFile | str, json_path: str) -> None:
        logger.warning(
            "The class JsonGet has been renamed in sagemaker>=2.\n"
            "See: https://sagemaker.readthedocs.io/en/stable/v2.html for details."
        )
        super().__init__(step.name, property_file, json_path)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["ConditionStep", "JsonGet"])
