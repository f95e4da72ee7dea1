"""The step that searches for the best hyperparameters."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.vocabulary.variables import Join
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.job_requests import kept_request, request_of, trimmed
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import validate_step_args_input

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy


@suggests
class TuningStep(ConfigurableRetryStep):
    """Searches for the best hyperparameters.

    Args:
        name: Of the step.
        step_args: What `tuner.fit()` returns where the tuner's estimator has a `PipelineSession`.
        tuner, inputs: Instead of `step_args`, outdated.
        job_arguments: Nothing; v2 takes them.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
        retry_policies: When it is tried again.

    Raises:
        ValueError: There are neither arguments nor a tuner, or both, or arguments of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any = None,
        tuner: Any = None,
        display_name: str | None = None,
        description: str | None = None,
        inputs: Any = None,
        job_arguments: Sequence[str] | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.TUNING, display_name, description, depends_on, retry_policies)
        if (step_args is None) == (tuner is None):
            raise ValueError("either step_args or tuner need to be given, but not both.")
        if step_args:
            validate_step_args_input(
                step_args, {"create_tuning_job"}, "The step_args of TuningStep must be obtained from tuner.fit()."
            )
        self.step_args, self.tuner, self.inputs, self.job_arguments = step_args, tuner, inputs, job_arguments
        self.cache_config = cache_config
        shapes = ["DescribeHyperParameterTuningJobResponse", "ListTrainingJobsForHyperParameterTuningJobResponse"]
        self._properties = Properties(name, shape_names=shapes, step=self)
        if not step_args:
            warnings.warn(
                'We are deprecating the instantiation of TuningStep using "tuner".Instead, simply using "step_args".',
                DeprecationWarning,
                stacklevel=3,
            )

    @property
    def arguments(self) -> Any:
        """The request of the tuning job."""
        if self.step_args:
            request = kept_request(self.step_args)
        else:
            request = request_of(self.tuner, lambda: self.tuner.fit(self.inputs, wait=False))
        return trimmed(request, "HyperParameterTuningJobName")

    @property
    def properties(self) -> Any:
        """What the job's description will hold, and the summaries of its training jobs, the best one first."""
        return self._properties

    def get_top_model_s3_uri(self, top_k: int, s3_bucket: str, prefix: str = "") -> Join:
        """Return the S3 URI of the model of one of the best training jobs.

        Args:
            top_k: 0 is the best, 49 the last that there is.
            s3_bucket, prefix: Where the training jobs leave their output.
        """
        name = self.properties.TrainingJobSummaries[top_k].TrainingJobName
        return Join("/", ["s3:/", s3_bucket, *([prefix] if prefix else []), name, "output/model.tar.gz"])
