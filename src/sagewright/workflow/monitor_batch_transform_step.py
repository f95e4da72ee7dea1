"""Steps that transform and check what goes in or comes out (v2's own path)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.check_job_config import CheckJobConfig
from sagewright.workflow.check_step import CheckStep
from sagewright.workflow.clarify_check_step import ClarifyCheckConfig, ClarifyCheckStep, ModelExplainabilityCheckConfig
from sagewright.workflow.quality_check_step import DataQualityCheckConfig, QualityCheckConfig, QualityCheckStep
from sagewright.workflow.step_collection import StepCollection
from sagewright.workflow.transform_step import TransformStep
from sagewright.workflow.utilities import validate_step_args_input

logger = logging.getLogger("sagemaker")


@suggests
class MonitorBatchTransformStep(StepCollection):
    """Runs a transform job, and checks what goes in or comes out.

    Args:
        name: Of the steps: `<name>-transform`, `<name>-monitoring`.
        transform_step_args: What `transformer.transform()` returns where it has a `PipelineSession`.
        monitor_configuration: What is checked.
        check_job_configuration: What the check runs on.
        monitor_before_transform: Check first; of data, or of explanations.
        fail_on_violation: Fail where the check does.
        supplied_baseline_statistics, supplied_baseline_constraints: S3 URIs of the baseline.

    Raises:
        ValueError: The configuration is of another kind, or cannot be checked first.
    """

    def __init__(
        self,
        name: str,
        transform_step_args: Any,
        monitor_configuration: QualityCheckConfig | ClarifyCheckConfig,
        check_job_configuration: CheckJobConfig,
        monitor_before_transform: bool = False,
        fail_on_violation: Any = True,
        supplied_baseline_statistics: Any = None,
        supplied_baseline_constraints: Any = None,
        display_name: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(name)
        validate_step_args_input(
            transform_step_args,
            {"transform"},
            "The transform_step_args of MonitorBatchTransformStepmust be obtained from transformer.transform()",
        )
        shown = None if display_name is None else f"{display_name}-transform"
        transform = TransformStep(f"{name}-transform", transform_step_args, display_name=shown, description=description)
        shared: dict[str, Any] = {
            "name": f"{name}-monitoring",
            "display_name": f"{display_name}-monitoring" if display_name else None,
            "description": description,
            "check_job_config": check_job_configuration,
            "skip_check": False,
            "supplied_baseline_constraints": supplied_baseline_constraints,
            "fail_on_violation": fail_on_violation,
        }
        check = _check_step(monitor_configuration, supplied_baseline_statistics, shared)
        can_be_first = isinstance(monitor_configuration, (DataQualityCheckConfig, ModelExplainabilityCheckConfig))
        if monitor_before_transform and not can_be_first:
            raise ValueError(
                "monitor_before_transform only take effect when the monitor_configuration is one of "
                "[DataQualityCheckConfig, ModelExplainabilityCheckConfig]"
            )
        if monitor_before_transform:
            transform.add_depends_on([check])
        else:
            check.add_depends_on([transform])
        self.steps = [transform, check]


def _check_step(config: Any, statistics: Any, shared: dict[str, Any]) -> CheckStep:
    if isinstance(config, QualityCheckConfig):
        return QualityCheckStep(quality_check_config=config, supplied_baseline_statistics=statistics, **shared)
    if not isinstance(config, ClarifyCheckConfig):
        raise ValueError(
            f"Unrecognized monitoring configuration: {config}Should be an instance of either QualityCheckConfig or "
            "ClarifyCheckConfig"
        )
    if statistics:
        logger.warning("supplied_baseline_statistics will be ignored if monitor_configuration is a ClarifyCheckConfig")
    return ClarifyCheckStep(clarify_check_config=config, **shared)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["MonitorBatchTransformStep"])
