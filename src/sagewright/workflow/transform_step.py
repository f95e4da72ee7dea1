"""The step that runs a transform job."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.job_requests import kept_request, request_of, trimmed
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import validate_step_args_input

if TYPE_CHECKING:
    from sagewright.inputs import TransformInput
    from sagewright.transformer import Transformer
    from sagewright.workflow.retry import RetryPolicy


@suggests
class TransformStep(ConfigurableRetryStep):
    """Runs a transform job.

    Args:
        name: Of the step.
        step_args: What `transformer.transform()` returns where the transformer has a `PipelineSession`.
        transformer, inputs: Instead of `step_args`, outdated.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
        retry_policies: When it is tried again.

    Raises:
        ValueError: There are neither arguments nor a transformer with inputs, or both, or arguments of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any = None,
        transformer: Transformer | None = None,
        inputs: TransformInput | None = None,
        display_name: str | None = None,
        description: str | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.TRANSFORM, display_name, description, depends_on, retry_policies)
        if (step_args is None) == (transformer is None):
            raise ValueError("either step_args or transformer need to be given, but not both.")
        if step_args:
            validate_step_args_input(
                step_args,
                {"transform"},
                "The step_args of TransformStep must be obtained from transformer.transform().",
            )
        self.step_args, self.transformer, self.inputs = step_args, transformer, inputs
        self.cache_config = cache_config
        self._properties = Properties(name, shape_name="DescribeTransformJobResponse", step=self)
        if not step_args:
            if inputs is None:
                raise ValueError("Inputs can't be None when transformer is given.")
            warnings.warn(
                'We are deprecating the instantiation of TransformStep using "transformer".'
                'Instead, simply using "step_args".',
                DeprecationWarning,
                stacklevel=3,
            )

    @property
    def arguments(self) -> Any:
        """The request of the transform job."""
        request = kept_request(self.step_args) if self.step_args else self._request()
        return trimmed(request, "TransformJobName")

    @property
    def properties(self) -> Any:
        """What the job's description will hold."""
        return self._properties

    def _request(self) -> Any:
        transformer, inputs = self.transformer, self.inputs
        assert transformer is not None
        assert inputs is not None
        return request_of(transformer, lambda: transformer.transform(**vars(inputs), job_name=self.name, wait=False))
