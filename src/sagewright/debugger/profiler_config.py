"""What the profiler records of a job's hosts (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import not_built
from sagewright.debugger.profiler import Profiler


class ProfilerConfig:
    """What the profiler records.

    Args:
        s3_output_path: None: the estimator's output path.
        system_monitor_interval_millis: Milliseconds between two looks at the host: 100, 200, 500, 1000, 5000 or 60000.
        profile_params: Detailed profiling.

    Example:
        >>> from sagewright.debugger import ProfilerConfig
        >>> config = ProfilerConfig(system_monitor_interval_millis=1000)
    """

    def __init__(
        self,
        s3_output_path: str | None = None,
        system_monitor_interval_millis: int | None = None,
        framework_profile_params: Any = None,
        profile_params: Profiler | None = None,
        disable_profiler: bool = False,
    ) -> None:
        assert profile_params is None or isinstance(profile_params, Profiler), (
            "profile_params must be of type Profiler if specified."
        )
        not_built("ProfilerConfig", {"framework_profile_params": framework_profile_params})
        self.s3_output_path = s3_output_path
        self.system_monitor_interval_millis = system_monitor_interval_millis
        self.framework_profile_params = None
        self.profile_params, self.disable_profiler = profile_params, disable_profiler

    def _to_request_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.s3_output_path is not None and self.disable_profiler is False:
            found["S3OutputPath"] = self.s3_output_path
        found["DisableProfiler"] = self.disable_profiler
        if self.system_monitor_interval_millis is not None:
            found["ProfilingIntervalInMilliseconds"] = self.system_monitor_interval_millis
        if self.profile_params is not None:
            found["ProfilingParameters"] = dict(self.profile_params.profiling_parameters)
        return found
