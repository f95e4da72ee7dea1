"""The step that registers a model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.deferring import step_in_building
from sagewright.workflow.base_step import ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import trim_request_dict

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

_NOT_IN_PIPELINES = ("CertifyForMarketplace", "Description")


class RegisterModelStep(ConfigurableRetryStep):
    """Registers a model.

    Args:
        name: Of the step.
        request: Of `CreateModelPackage`, or what makes it when the step is built.
    """

    def __init__(
        self,
        name: str,
        request: Document | Callable[[], Document],
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.REGISTER_MODEL, display_name, description, depends_on, retry_policies)
        self.step_args = request
        self._properties = Properties(name, shape_name="DescribeModelPackageOutput", step=self)

    @property
    def arguments(self) -> Any:
        """The request that registers the model."""
        request = self.step_args() if callable(self.step_args) else self.step_args
        for member in _NOT_IN_PIPELINES:
            if member in request:
                logger.warning(
                    "Popping out '%s' from the pipeline definition since it will be overridden in pipeline execution "
                    "time.",
                    member,
                )
        kept = {name: value for name, value in request.items() if name not in _NOT_IN_PIPELINES}
        return trim_request_dict(kept, "ModelPackageName", step_in_building())

    @property
    def properties(self) -> Any:
        """What the model package's description will hold."""
        return self._properties
