"""The step that trains."""

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
    from sagewright.estimator import EstimatorBase
    from sagewright.workflow.retry import RetryPolicy


@suggests
class TrainingStep(ConfigurableRetryStep):
    """Trains.

    Args:
        name: Of the step.
        step_args: What `estimator.fit()` returns where the estimator has a `PipelineSession`.
        estimator, inputs: Instead of `step_args`, outdated.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
        retry_policies: When it is tried again.

    Raises:
        ValueError: There are neither arguments nor an estimator, or both, or arguments of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any = None,
        estimator: EstimatorBase | None = None,
        display_name: str | None = None,
        description: str | None = None,
        inputs: Any = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.TRAINING, display_name, description, depends_on, retry_policies)
        if (step_args is None) == (estimator is None):
            raise ValueError("Either step_args or estimator need to be given.")
        if step_args:
            validate_step_args_input(
                step_args, {"train"}, "The step_args of TrainingStep must be obtained from estimator.fit()."
            )
        self.step_args, self.estimator, self.inputs, self.cache_config = step_args, estimator, inputs, cache_config
        self.job_name: str | None = None
        self._properties = Properties(name, shape_name="DescribeTrainingJobResponse", step=self)
        if cache_config and self._has_profiler():
            warnings.warn(
                "Profiling is enabled on the provided estimator. The default profiler rule includes a timestamp which "
                "will change each time the pipeline is upserted, causing cache misses. If profiling is not needed, set "
                "disable_profiler to True on the estimator.",
                stacklevel=3,
            )
        if not step_args:
            warnings.warn(
                'We are deprecating the instantiation of TrainingStep using "estimator".'
                'Instead, simply using "step_args".',
                DeprecationWarning,
                stacklevel=3,
            )

    @property
    def arguments(self) -> Any:
        """The request of the training job."""
        if self.step_args:
            request = kept_request(self.step_args)
        else:
            assert self.estimator is not None
            estimator = self.estimator
            request = request_of(estimator, lambda: estimator.fit(self.inputs, wait=False, job_name=self.job_name))
        given = request.get("HyperParameters")
        if given:
            request = {**request, "HyperParameters": {k: v for k, v in given.items() if k != "sagemaker_job_name"}}
        return trimmed(request, "TrainingJobName")

    @property
    def properties(self) -> Any:
        """What the job's description will hold."""
        return self._properties

    def _has_profiler(self) -> bool:
        if self.step_args:
            return "ProfilerConfig" in self.step_args.func_kwargs
        return self.estimator is not None and not self.estimator.disable_profiler
