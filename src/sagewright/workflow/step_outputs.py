"""What steps hand on (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.vocabulary.variables import PipelineVariable


class StepOutput(PipelineVariable):
    """A value that a step makes.

    Args:
        step: The step.
    """

    def __init__(self, step: Any = None) -> None:
        self._step = step


def get_step(step_output: StepOutput) -> Any:
    """Return the step that makes a value."""
    return step_output._step
