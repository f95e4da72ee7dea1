"""What of a framework's work is profiled, and when (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import shows, suggests
from sagewright.debugger import profiler_constants as defaults
from sagewright.debugger.utils import (
    ErrorMessages,
    PythonProfiler,
    convert_json_config_to_string,
    cProfileTimer,
    is_valid_regex,
    is_valid_unix_time,
)

Document = dict[str, Any]


@shows
class StepRange:
    """Steps of training.

    Args:
        start_step: None: the first.
        num_steps: None: one, where the first is named.
    """

    def __init__(self, start_step: int | None, num_steps: int | None) -> None:
        if start_step is None:
            start_step = defaults.START_STEP_DEFAULT
        elif num_steps is None:
            num_steps = defaults.PROFILING_NUM_STEPS_DEFAULT
        self.start_step, self.num_steps = start_step, num_steps

    def to_json(self) -> Document:
        """Return the range as the profiler reads it."""
        return {"StartStep": self.start_step, "NumSteps": self.num_steps}


@shows
class TimeRange:
    """A span of time.

    Args:
        start_unix_time: Seconds since 1970.
        duration: Seconds.
    """

    def __init__(self, start_unix_time: int | None, duration: float | None) -> None:
        self.start_unix_time, self.duration = start_unix_time, duration

    def to_json(self) -> Document:
        """Return the span as the profiler reads it."""
        members = {"StartTimeInSecSinceEpoch": self.start_unix_time, "Duration": self.duration}
        return {name: value for name, value in members.items() if value is not None}


class MetricsConfigBase:
    """What all these have in common.

    Args:
        start_step, num_steps: Steps of training; or:
        start_unix_time, duration: Seconds since 1970, and seconds.
        profile_default_steps: Take the steps that are usual; so it is where nothing is given.

    Raises:
        AssertionError: A value is none, or steps and times are given.
    """

    def __init__(
        self,
        name: str,
        start_step: int | None,
        num_steps: int | None,
        start_unix_time: int | None,
        duration: float | None,
    ) -> None:
        self.name = name
        for is_right, message in (
            (start_step is None or (isinstance(start_step, int) and start_step >= 0), ErrorMessages.INVALID_START_STEP),
            (num_steps is None or (isinstance(num_steps, int) and num_steps > 0), ErrorMessages.INVALID_NUM_STEPS),
            (
                start_unix_time is None or (isinstance(start_unix_time, int) and is_valid_unix_time(start_unix_time)),
                ErrorMessages.INVALID_START_UNIX_TIME,
            ),
            (
                duration is None or (isinstance(duration, (float, int)) and duration > 0),
                ErrorMessages.INVALID_DURATION,
            ),
        ):
            assert is_right, message.value
        has_steps = start_step is not None or num_steps is not None
        has_times = start_unix_time is not None or duration is not None
        assert not (has_steps and has_times), ErrorMessages.FOUND_BOTH_STEP_AND_TIME_FIELDS.value
        self.range: StepRange | TimeRange = (
            StepRange(start_step, num_steps) if has_steps else TimeRange(start_unix_time, duration)
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._to_json()})"

    def _to_json(self) -> Document:
        return self.range.to_json()

    def to_json_string(self) -> str:
        """Return all of it as the profiler reads it."""
        return convert_json_config_to_string(self._to_json())


class _UsualSteps(MetricsConfigBase):
    """The same with steps that are usual."""

    _NAME: str
    _START_STEP: int
    _NUM_STEPS = defaults.PROFILING_NUM_STEPS_DEFAULT

    def __init__(
        self,
        start_step: int | None = None,
        num_steps: int | None = None,
        start_unix_time: int | None = None,
        duration: float | None = None,
        profile_default_steps: bool = False,
    ) -> None:
        assert isinstance(profile_default_steps, bool), ErrorMessages.INVALID_PROFILE_DEFAULT_STEPS.value
        if profile_default_steps or start_step is num_steps is start_unix_time is duration is None:
            start_step, num_steps = self._START_STEP, self._NUM_STEPS
        super().__init__(self._NAME, start_step, num_steps, start_unix_time, duration)


@suggests
class DetailedProfilingConfig(_UsualSteps):
    """The framework's operators, step by step."""

    _NAME = defaults.DETAILED_PROFILING_CONFIG_NAME
    _START_STEP = defaults.DETAILED_PROFILING_START_STEP_DEFAULT


@suggests
class DataloaderProfilingConfig(_UsualSteps):
    """What loads the data.

    Args:
        metrics_regex: Of the names of what is recorded.
    """

    _NAME = defaults.DATALOADER_PROFILING_CONFIG_NAME
    _START_STEP = defaults.DATALOADER_PROFILING_START_STEP_DEFAULT

    def __init__(
        self,
        start_step: int | None = None,
        num_steps: int | None = None,
        start_unix_time: int | None = None,
        duration: float | None = None,
        profile_default_steps: bool = False,
        metrics_regex: str = ".*",
    ) -> None:
        super().__init__(start_step, num_steps, start_unix_time, duration, profile_default_steps)
        assert is_valid_regex(metrics_regex), ErrorMessages.INVALID_METRICS_REGEX.value
        self.metrics_regex = metrics_regex

    def _to_json(self) -> Document:
        return {**super()._to_json(), "MetricsRegex": self.metrics_regex}


@suggests
class PythonProfilingConfig(_UsualSteps):
    """Python's code.

    Args:
        cprofile_timer: Which time cProfile measures; that which is usual with `profile_default_steps`.
    """

    _NAME = defaults.PYTHON_PROFILING_CONFIG_NAME
    _START_STEP = defaults.PYTHON_PROFILING_START_STEP_DEFAULT
    _NUM_STEPS = defaults.PYTHON_PROFILING_NUM_STEPS_DEFAULT

    def __init__(
        self,
        start_step: int | None = None,
        num_steps: int | None = None,
        start_unix_time: int | None = None,
        duration: float | None = None,
        profile_default_steps: bool = False,
        python_profiler: PythonProfiler = PythonProfiler.CPROFILE,
        cprofile_timer: cProfileTimer = cProfileTimer.TOTAL_TIME,
    ) -> None:
        super().__init__(start_step, num_steps, start_unix_time, duration, profile_default_steps)
        if profile_default_steps:
            cprofile_timer = cProfileTimer.DEFAULT
        assert isinstance(python_profiler, PythonProfiler), ErrorMessages.INVALID_PYTHON_PROFILER.value
        assert isinstance(cprofile_timer, cProfileTimer), ErrorMessages.INVALID_CPROFILE_TIMER.value
        self.python_profiler = python_profiler
        self.cprofile_timer = None if python_profiler is PythonProfiler.PYINSTRUMENT else cprofile_timer

    def _to_json(self) -> Document:
        timer = {} if self.cprofile_timer is None else {"cProfileTimer": self.cprofile_timer.value}
        return {**super()._to_json(), "ProfilerName": self.python_profiler.value, **timer}


@suggests
class HorovodProfilingConfig(_UsualSteps):
    """Horovod's messages."""

    _NAME = defaults.HOROVOD_PROFILING_CONFIG_NAME
    _START_STEP = defaults.HOROVOD_PROFILING_START_STEP_DEFAULT


@suggests
class SMDataParallelProfilingConfig(_UsualSteps):
    """The messages of SageMaker's own data parallelism."""

    _NAME = defaults.SMDATAPARALLEL_PROFILING_CONFIG_NAME
    _START_STEP = defaults.SMDATAPARALLEL_PROFILING_START_STEP_DEFAULT
