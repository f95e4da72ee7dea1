"""What steps have in common that check data and models against a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagewright.deferring import step_in_building
from sagewright.workflow.base_step import CacheConfig, Step, StepTypeEnum
from sagewright.workflow.job_requests import request_of
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import trim_request_dict

Document = dict[str, Any]


class CheckStep(Step):
    """A step that checks data or a model against a baseline."""

    _PROPERTIES: Sequence[str] = ()

    def __init__(
        self,
        name: str,
        step_type: StepTypeEnum,
        check_job_config: Any,
        skip_check: Any,
        fail_on_violation: Any,
        register_new_baseline: Any,
        model_package_group_name: Any,
        supplied_baseline_constraints: Any,
        display_name: str | None,
        description: str | None,
        cache_config: CacheConfig | None,
        depends_on: Sequence[Any] | None,
    ) -> None:
        super().__init__(name, display_name, description, step_type, depends_on)
        self.check_job_config, self.cache_config = check_job_config, cache_config
        self.skip_check, self.fail_on_violation = skip_check, fail_on_violation
        self.register_new_baseline, self.model_package_group_name = register_new_baseline, model_package_group_name
        self.supplied_baseline_constraints = supplied_baseline_constraints
        self._properties = Properties(name, step=self)
        for member in self._PROPERTIES:
            self._properties.__dict__[member] = Properties(name, member, step=self)

    @property
    def properties(self) -> Any:
        """The baselines that the step calculates, and those that it compares with."""
        return self._properties

    def _check_members(self, check_type: str) -> Document:
        """Return what stands beside the request in the definition."""
        return {
            "CheckType": check_type,
            "ModelPackageGroupName": self.model_package_group_name,
            "SkipCheck": self.skip_check,
            "FailOnViolation": self.fail_on_violation,
            "RegisterNewBaseline": self.register_new_baseline,
            "SuppliedBaselineConstraints": self.supplied_baseline_constraints,
        }


def processing_arguments(processor: Any, inputs: Sequence[Any], output: Any) -> Document:
    """Return the request of the job in which a processor checks."""
    from sagewright.processing import ProcessingJob

    def start() -> None:
        found, results = processor._normalize_args(inputs=inputs, outputs=[output])
        ProcessingJob.start_new(processor, found, results, {})

    return trim_request_dict(request_of(processor, start), "ProcessingJobName", step_in_building())
