"""Several steps that stand for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.workflow.base_step import Step


class StepCollection:
    """Several steps that stand for one.

    Args:
        name: Of them all.
        steps: In their order; the last one is what others wait for.
        depends_on: Steps that have to end before the first of them.
    """

    def __init__(self, name: str, steps: Sequence[Step] | None = None, depends_on: Sequence[Any] | None = None) -> None:
        self.name, self.steps, self.depends_on = name, list(steps or ()), depends_on

    def request_dicts(self) -> list[Any]:
        """Return what stands for the steps in a pipeline's definition."""
        return [step.to_request() for step in self.steps]

    @property
    def properties(self) -> Any:
        """What the last step will have made."""
        return self.steps[-1].properties if self.steps else None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r}, steps={self.steps!r})"
