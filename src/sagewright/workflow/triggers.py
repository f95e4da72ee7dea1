"""What starts pipelines by itself (v2's own path)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sagewright.arguments import nearest_of, suggests
from sagewright.workflow.entities import Valued
from sagewright.workflow.parameters import Parameter

_ONE_TYPE = "Please specify a single type in [at, rate, or cron] to successfully create the EventBridge Schedule."


@suggests
class Trigger(Valued):
    """What starts a pipeline by itself.

    Args:
        name: None: the pipeline's.
    """

    def __init__(self, name: str | None = None, enabled: bool | None = True) -> None:
        self.name, self.enabled = name, enabled

    def resolve_trigger_name(self, pipeline_name: str) -> str:
        """Return its name, which is the pipeline's where it has none."""
        self.name = pipeline_name if self.name is None else self.name
        return self.name

    def resolve_trigger_state(self) -> str:
        """Return whether it is on, by the service's word."""
        return "ENABLED" if self.enabled else "DISABLED"


@suggests
class PipelineSchedule(Trigger):
    """Starts a pipeline at times. One of `at`, `rate` and `cron` is given.

    Args:
        name: None: the pipeline's.
        start_date: From when on; None: now.
        at: A time, in UTC where it has no zone.
        rate: A number and a unit: `(10, "minutes")`.
        cron: Minutes, hours, day of the month, month, day of the week, year: `0 12 * * ? *`.

    Example:
        >>> from sagewright.workflow.triggers import PipelineSchedule
        >>> PipelineSchedule(rate=(10, "minutes")).resolve_schedule_expression()
        'rate(10 minutes)'
    """

    def __init__(
        self,
        name: str | None = None,
        enabled: bool | None = True,
        start_date: datetime | None = None,
        at: datetime | None = None,
        rate: tuple[Any, str] | None = None,
        cron: str | None = None,
    ) -> None:
        super().__init__(name, enabled)
        self.start_date, self.at, self.rate, self.cron = start_date, at, rate, cron

    def resolve_schedule_expression(self) -> str:
        """Return the times as EventBridge writes them.

        Raises:
            TypeError: More than one kind is given, or a value of another type.
            ValueError: None is given.
        """
        if sum(given is not None for given in (self.at, self.rate, self.cron)) > 1:
            raise TypeError(f"Too many types specified for PipelineSchedule. {_ONE_TYPE}")
        if self.at:
            self._check("at", datetime)
            time = self.at.astimezone(timezone.utc) if self.at.tzinfo else self.at
            return f"at({time.strftime('%Y-%m-%dT%H:%M:%S')})"
        if self.rate:
            self._check("rate", tuple)
            return f"rate({self.rate[0]} {self.rate[1]})"
        if self.cron:
            self._check("cron", str)
            return f"cron({self.cron})"
        raise ValueError(f"No schedule type specified. {_ONE_TYPE}")

    def _check(self, name: str, kind: type) -> None:
        if not isinstance(getattr(self, name), kind):
            raise TypeError(f"Incorrect type specified for {name}= schedule.\nhint: it takes a {kind.__name__}.")


def validate_default_parameters_for_schedules(parameters: Sequence[Parameter] | None) -> None:
    """Check that all parameters have defaults: nobody gives values to a run that starts by itself.

    Raises:
        ValueError: Some have none.
    """
    missing = [p.name for p in parameters or () if isinstance(p, Parameter) and p.default_value is None]
    if missing:
        raise ValueError(
            "When using pipeline triggers, please specify default values for all Pipeline Parameters. Currently, they "
            "are not overridable at runtime as inputs to a scheduled pipeline execution. The current parameters don't "
            f"have defaults {missing}."
        )


if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, ["PipelineSchedule", "Trigger", "validate_default_parameters_for_schedules"])
