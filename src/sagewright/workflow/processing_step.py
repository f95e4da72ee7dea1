"""The step that runs a processing job."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.vocabulary.variables import is_variable
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.job_requests import kept_request, request_of, trimmed
from sagewright.workflow.properties import Properties, PropertyFile
from sagewright.workflow.utilities import validate_step_args_input

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy


@suggests
class ProcessingStep(ConfigurableRetryStep):
    """Runs a processing job.

    Args:
        name: Of the step.
        step_args: What `processor.run()` returns where the processor has a `PipelineSession`.
        processor, inputs, outputs, job_arguments, code, kms_key: Instead of `step_args`, outdated.
        property_files: JSON files among the outputs whose values the pipeline reads.
        cache_config: Whether the step takes what an earlier run of it has made.
        depends_on: Steps that have to end before.
        retry_policies: When it is tried again.

    Raises:
        ValueError: There are neither arguments nor a processor, or both, or arguments of another call, or code that
            only the run knows.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any = None,
        processor: Any = None,
        display_name: str | None = None,
        description: str | None = None,
        inputs: Sequence[Any] | None = None,
        outputs: Sequence[Any] | None = None,
        job_arguments: Sequence[Any] | None = None,
        code: str | None = None,
        property_files: Sequence[PropertyFile] | None = None,
        cache_config: CacheConfig | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
        kms_key: str | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.PROCESSING, display_name, description, depends_on, retry_policies)
        if (step_args is None) == (processor is None):
            raise ValueError("either step_args or processor need to be given, but not both.")
        if step_args:
            validate_step_args_input(
                step_args, {"process"}, "The step_args of ProcessingStep must be obtained from processor.run()."
            )
        self.step_args, self.processor, self.inputs, self.outputs = step_args, processor, inputs, outputs
        self.job_arguments, self.code, self.kms_key = job_arguments, code, kms_key
        self.property_files, self.cache_config = property_files or [], cache_config
        self.job_name: str | None = None
        self._properties = Properties(name, shape_name="DescribeProcessingJobResponse", step=self)
        if not step_args:
            self._check_outdated()

    @property
    def arguments(self) -> Any:
        """The request of the processing job."""
        request = kept_request(self.step_args) if self.step_args else request_of(self.processor, self._start)
        return trimmed(request, "ProcessingJobName")

    @property
    def properties(self) -> Any:
        """What the job's description will hold."""
        return self._properties

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        request = super().to_request()
        if self.property_files:
            request["PropertyFiles"] = [file.expr for file in self.property_files]
        return request

    def _check_outdated(self) -> None:
        self.processor.arguments = self.job_arguments
        if is_variable(self.code):
            raise ValueError(
                "code argument has to be a valid S3 URI or local file path rather than a pipeline variable"
            )
        warnings.warn(
            'We are deprecating the instantiation of ProcessingStep using "processor".'
            'Instead, simply using "step_args".',
            DeprecationWarning,
            stacklevel=4,
        )

    def _start(self) -> None:
        from sagewright.processing import ProcessingJob

        inputs, outputs = self.processor._normalize_args(
            job_name=self.job_name,
            arguments=self.job_arguments,
            inputs=self.inputs,
            outputs=self.outputs,
            code=self.code,
            kms_key=self.kms_key,
        )
        ProcessingJob.start_new(self.processor, inputs, outputs, {})
