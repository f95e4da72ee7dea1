"""What all steps of a pipeline have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import suggests
from sagewright.workflow.entities import Entity, Valued

if TYPE_CHECKING:
    from sagewright.workflow.retry import RetryPolicy

Document = dict[str, Any]


class StepTypeEnum(Enum):
    """What a step does, by the service's word."""

    CONDITION = "Condition"
    CREATE_MODEL = "Model"
    PROCESSING = "Processing"
    REGISTER_MODEL = "RegisterModel"
    TRAINING = "Training"
    TRANSFORM = "Transform"
    CALLBACK = "Callback"
    TUNING = "Tuning"
    LAMBDA = "Lambda"
    QUALITY_CHECK = "QualityCheck"
    CLARIFY_CHECK = "ClarifyCheck"
    EMR = "EMR"
    FAIL = "Fail"
    AUTOML = "AutoML"
    ENDPOINT_CONFIG = "EndpointConfig"
    ENDPOINT = "Endpoint"
    INFERENCE_COMPONENT = "InferenceComponent"
    LINEAGE = "Lineage"


class Step(Entity):
    """A step of a pipeline.

    Args:
        name: Its name, of which there is one in a pipeline.
        display_name: What people see.
        depends_on: Steps, collections of steps, or names of them that have to end before; what a step takes of another
            one's properties need not be named here.
    """

    def __init__(
        self,
        name: str,
        display_name: str | None = None,
        description: str | None = None,
        step_type: StepTypeEnum | None = None,
        depends_on: Sequence[Any] | None = None,
    ) -> None:
        self.name, self.display_name, self.description, self.step_type = name, display_name, description, step_type
        self._depends_on: Any = depends_on
        self.cache_config: CacheConfig | None = None

    @property
    def depends_on(self) -> Any:
        """The steps that have to end before."""
        return self._depends_on

    @depends_on.setter
    def depends_on(self, depends_on: Sequence[Any] | None) -> None:
        self._depends_on = depends_on

    def add_depends_on(self, step_names: Sequence[Any] | None) -> None:
        """Add steps that have to end before."""
        if step_names:
            self._depends_on = [*(self._depends_on or ()), *step_names]

    @property
    @abstractmethod
    def arguments(self) -> Any:
        """The request of the step's job."""

    @property
    def step_only_arguments(self) -> Any:
        """The arguments of this step alone, without those of steps inside it."""
        return self.arguments

    @property
    @abstractmethod
    def properties(self) -> Any:
        """What the step will have made."""

    @property
    def ref(self) -> dict[str, str]:
        """What names the step in a document."""
        return {"Name": self.name}

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        assert self.step_type is not None
        request: Document = {"Name": self.name, "Type": self.step_type.value, "Arguments": self.arguments}
        for member, value in (
            ("DependsOn", list(self.depends_on or ())),
            ("DisplayName", self.display_name),
            ("Description", self.description),
        ):
            if value:
                request[member] = value
        return {**request, **self.cache_config.config} if self.cache_config else request

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


@suggests
class CacheConfig(Valued):
    """Whether a step takes what an earlier run of it has made.

    Args:
        expire_after: How old that may be, as an ISO 8601 duration: `P30D`, `T12H`, `P4DT12H`.

    Raises:
        TypeError: The duration is no text.
    """

    def __init__(self, enable_caching: bool = False, expire_after: str | None = None) -> None:
        if expire_after is not None and not isinstance(expire_after, str):
            raise TypeError(
                f"'expire_after' must be <class 'str'> (got {expire_after!r} that is a {type(expire_after)!r}).\n"
                "hint: a duration like `P30D`."
            )
        self.enable_caching, self.expire_after = enable_caching, expire_after

    @property
    def config(self) -> Document:
        """The member of a step's document."""
        expiry = {} if self.expire_after is None else {"ExpireAfter": self.expire_after}
        return {"CacheConfig": {"Enabled": self.enable_caching, **expiry}}


class ConfigurableRetryStep(Step):
    """A step that can be tried again.

    Args:
        retry_policies: When, and how often (`sagewright.workflow.retry`).
    """

    def __init__(
        self,
        name: str,
        step_type: StepTypeEnum,
        display_name: str | None = None,
        description: str | None = None,
        depends_on: Sequence[Any] | None = None,
        retry_policies: Sequence[RetryPolicy] | None = None,
    ) -> None:
        super().__init__(name, display_name, description, step_type, depends_on)
        self.retry_policies: Any = retry_policies or []

    def add_retry_policy(self, retry_policy: RetryPolicy | None) -> None:
        """Add a policy."""
        if retry_policy:
            self.retry_policies = [*self.retry_policies, retry_policy]

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        request = super().to_request()
        if self.retry_policies:
            request["RetryPolicies"] = [policy.to_request() for policy in self.retry_policies]
        return request
