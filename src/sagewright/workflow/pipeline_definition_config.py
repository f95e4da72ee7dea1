"""How a pipeline's definition is written (v2's own path)."""

from __future__ import annotations

from sagewright.arguments import suggests
from sagewright.workflow.entities import Valued


@suggests
class PipelineDefinitionConfig(Valued):
    """How a pipeline's definition is written.

    Args:
        use_custom_job_prefix: The names of jobs begin with the base names of what starts them.
    """

    def __init__(self, use_custom_job_prefix: bool) -> None:
        self.use_custom_job_prefix = use_custom_job_prefix
