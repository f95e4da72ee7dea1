"""How many steps of a run go at once (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.workflow.entities import Valued


@suggests
class ParallelismConfiguration(Valued):
    """How many steps of a run go at once.

    Args:
        max_parallel_execution_steps: At most.
    """

    def __init__(self, max_parallel_execution_steps: int) -> None:
        self.max_parallel_execution_steps = max_parallel_execution_steps

    def to_request(self) -> dict[str, Any]:
        """Return its document."""
        return {"MaxParallelExecutionSteps": self.max_parallel_execution_steps}
