"""When a step is tried again (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.entities import DefaultEnumMeta, Entity, Valued

Document = dict[str, Any]

DEFAULT_BACKOFF_RATE = 2.0
DEFAULT_INTERVAL_SECONDS = 1
MAX_ATTEMPTS_CAP = 20
MAX_EXPIRE_AFTER_MIN = 14400


class StepExceptionTypeEnum(Enum, metaclass=DefaultEnumMeta):
    """What can go wrong with any step."""

    SERVICE_FAULT = "Step.SERVICE_FAULT"
    THROTTLING = "Step.THROTTLING"


class SageMakerJobExceptionTypeEnum(Enum, metaclass=DefaultEnumMeta):
    """What can go wrong with a step's job."""

    INTERNAL_ERROR = "SageMaker.JOB_INTERNAL_ERROR"
    CAPACITY_ERROR = "SageMaker.CAPACITY_ERROR"
    RESOURCE_LIMIT = "SageMaker.RESOURCE_LIMIT"


@suggests
class RetryPolicy(Valued, Entity):
    """How often a step is tried again, and after what time.

    Args:
        backoff_rate: What the time between two attempts is multiplied with.
        interval_seconds: The time before the second attempt.
        max_attempts: 1 to 20; None: as the service has it.
        expire_after_mins: Minutes after which no further attempt begins, 0 to 14400; instead of `max_attempts`.

    Raises:
        AssertionError: A number is out of its bounds.
    """

    def __init__(
        self,
        backoff_rate: float = DEFAULT_BACKOFF_RATE,
        interval_seconds: int = DEFAULT_INTERVAL_SECONDS,
        max_attempts: int | None = None,
        expire_after_mins: int | None = None,
    ) -> None:
        self.validate_backoff_rate(None, backoff_rate)
        self.validate_interval_seconds(None, interval_seconds)
        self.validate_max_attempts(None, max_attempts)
        self.validate_expire_after_mins(None, expire_after_mins)
        self.backoff_rate, self.interval_seconds = backoff_rate, interval_seconds
        self.max_attempts, self.expire_after_mins = max_attempts, expire_after_mins

    def validate_backoff_rate(self, _: Any, value: float | None) -> None:
        """Check a rate; an `AssertionError` says what is wrong."""
        _check((value or 0) >= 0, "backoff_rate should be non-negative")

    def validate_interval_seconds(self, _: Any, value: int | None) -> None:
        """Check the time before the second attempt; an `AssertionError` says what is wrong."""
        _check((value or 0) >= 0, "interval_seconds rate should be non-negative")

    def validate_max_attempts(self, _: Any, value: int | None) -> None:
        """Check a number of attempts; an `AssertionError` says what is wrong."""
        _check(
            not value or 1 <= value <= MAX_ATTEMPTS_CAP,
            f"max_attempts must in range of (0, {MAX_ATTEMPTS_CAP}] attempts",
        )

    def validate_expire_after_mins(self, _: Any, value: int | None) -> None:
        """Check a time in minutes; an `AssertionError` says what is wrong."""
        _check(
            not value or 0 <= value <= MAX_EXPIRE_AFTER_MIN,
            f"expire_after_mins must in range of (0, {MAX_EXPIRE_AFTER_MIN}] minutes",
        )

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition.

        Raises:
            ValueError: There are both a number of attempts and a time.
        """
        if self.max_attempts is not None and self.expire_after_mins is not None:
            raise ValueError("Only one of [max_attempts] and [expire_after_mins] can be given.")
        request: Document = {"BackoffRate": self.backoff_rate, "IntervalSeconds": self.interval_seconds}
        if self.max_attempts:
            request["MaxAttempts"] = self.max_attempts
        if self.expire_after_mins:
            request["ExpireAfterMin"] = self.expire_after_mins
        return request

    def __hash__(self) -> int:  # type: ignore[override]  # what it is made of stays
        return hash((type(self).__name__, self.backoff_rate, self.interval_seconds))


@suggests
class StepRetryPolicy(RetryPolicy):
    """When any step is tried again; see `RetryPolicy`.

    Raises:
        ValueError: An exception is none of `StepExceptionTypeEnum`.
    """

    def __init__(
        self,
        exception_types: Sequence[StepExceptionTypeEnum],
        backoff_rate: float = 2.0,
        interval_seconds: int = 1,
        max_attempts: int | None = None,
        expire_after_mins: int | None = None,
    ) -> None:
        super().__init__(backoff_rate, interval_seconds, max_attempts, expire_after_mins)
        for kind in exception_types:
            if not isinstance(kind, StepExceptionTypeEnum):
                raise ValueError(f"{kind} is not of StepExceptionTypeEnum.")
        self.exception_types = exception_types

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {**super().to_request(), "ExceptionType": [kind.value for kind in self.exception_types]}


@suggests
class SageMakerJobStepRetryPolicy(RetryPolicy):
    """When a step's job is tried again; see `RetryPolicy`.

    Args:
        exception_types: What the service answered when the job was created.
        failure_reason_types: Why the job has failed.

    Raises:
        ValueError: There is neither, or one that is none of `SageMakerJobExceptionTypeEnum`.
    """

    def __init__(
        self,
        exception_types: Sequence[SageMakerJobExceptionTypeEnum] | None = None,
        failure_reason_types: Sequence[SageMakerJobExceptionTypeEnum] | None = None,
        backoff_rate: float = 2.0,
        interval_seconds: int = 1,
        max_attempts: int | None = None,
        expire_after_mins: int | None = None,
    ) -> None:
        super().__init__(backoff_rate, interval_seconds, max_attempts, expire_after_mins)
        if not exception_types and not failure_reason_types:
            raise ValueError("At least one of the [exception_types, failure_reason_types] needs to be given.")
        self.exception_type_list = [*(exception_types or ()), *(failure_reason_types or ())]
        for kind in self.exception_type_list:
            if not isinstance(kind, SageMakerJobExceptionTypeEnum):
                raise ValueError(f"{kind} is not of SageMakerJobExceptionTypeEnum.")

    def to_request(self) -> Any:
        """Return what stands for it in a pipeline's definition."""
        return {**super().to_request(), "ExceptionType": [kind.value for kind in self.exception_type_list]}


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


if not TYPE_CHECKING:
    __getattr__ = nearest_of(
        __name__,
        [
            "RetryPolicy",
            "SageMakerJobExceptionTypeEnum",
            "SageMakerJobStepRetryPolicy",
            "StepExceptionTypeEnum",
            "StepRetryPolicy",
        ],
    )
