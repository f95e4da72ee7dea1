"""The steps that make endpoints (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, Step, StepTypeEnum
from sagewright.workflow.properties import Properties
from sagewright.workflow.utilities import validate_step_args_input

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

__all__ = ["CacheConfig", "EndpointConfigStep", "EndpointStep"]


@suggests
class EndpointConfigStep(ConfigurableRetryStep):
    """Makes an endpoint's configuration.

    Args:
        name: Of the step.
        step_args: What `create_endpoint_config()` of a `PipelineSession` returns.
        depends_on: Steps that have to end before.
        cache_config: Whether the step takes what an earlier run of it has made.
        retry_policies: When it is tried again.

    Raises:
        ValueError: The arguments are of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
        cache_config: CacheConfig | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, StepTypeEnum.ENDPOINT_CONFIG, display_name, description, depends_on, retry_policies)
        validate_step_args_input(
            step_args,
            {"create_endpoint_config"},
            "The step_args of EndpointConfigStep must be obtained from pipeline_session.create_endpoint_config().",
        )
        self.step_args, self.cache_config = step_args, cache_config
        self._properties = Properties(name, shape_name="DescribeEndpointConfigOutput", step=self)

    @property
    def arguments(self) -> Any:
        """The request that makes the configuration."""
        return self.step_args.args

    @property
    def properties(self) -> Any:
        """What the configuration's description will hold."""
        return self._properties

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return super().to_request()


@suggests
class EndpointStep(Step):
    """Makes an endpoint, or gives the one of its name another configuration.

    Args:
        name: Of the step.
        step_args: What `create_endpoint()` of a `PipelineSession` returns.
        depends_on: Steps that have to end before.
        cache_config: Whether the step takes what an earlier run of it has made.

    Raises:
        ValueError: The arguments are of another call.
        TypeError: The arguments are none.
    """

    def __init__(
        self,
        name: str,
        step_args: Any,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
        cache_config: CacheConfig | None = None,
    ) -> None:
        super().__init__(name, display_name, description, StepTypeEnum.ENDPOINT, depends_on)
        validate_step_args_input(
            step_args,
            {"create_endpoint"},
            "The step_args of EndpointStep must be obtained from pipeline_session.create_endpoint().",
        )
        self.step_args, self.cache_config = step_args, cache_config
        self._properties = Properties(name, shape_name="DescribeEndpointOutput", step=self)

    @property
    def arguments(self) -> Any:
        """The request that makes the endpoint."""
        return self.step_args.args

    @property
    def properties(self) -> Any:
        """What the endpoint's description will hold."""
        return self._properties

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return super().to_request()


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
