"""The steps that make endpoints (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.base_step import CacheConfig, ConfigurableRetryStep, StepTypeEnum
from sagewright.workflow.session_call_step import SessionCallStep

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

__all__ = ["CacheConfig", "EndpointConfigStep", "EndpointStep"]


@suggests
class EndpointConfigStep(SessionCallStep, ConfigurableRetryStep):
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

    call, shape_name = "create_endpoint_config", "DescribeEndpointConfigOutput"

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
        self._take(step_args)
        self.cache_config = cache_config


@suggests
class EndpointStep(SessionCallStep):
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

    call, shape_name = "create_endpoint", "DescribeEndpointOutput"

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
        self._take(step_args)
        self.cache_config = cache_config


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
