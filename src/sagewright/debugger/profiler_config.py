"""What the profiler records of a job's hosts (v2's own path)."""

from __future__ import annotations

import logging
from typing import Any

from sagewright.arguments import suggests
from sagewright.debugger.framework_profile import FrameworkProfile
from sagewright.debugger.profiler import Profiler

logger = logging.getLogger("sagemaker")


@suggests
class ProfilerConfig:
    """What the profiler records.

    Args:
        s3_output_path: None: the estimator's output path.
        system_monitor_interval_millis: Milliseconds between two looks at the host: 100, 200, 500, 1000, 5000 or 60000.
        framework_profile_params: Profiling of the framework's work; not together with:
        profile_params: Detailed profiling.

    Raises:
        AssertionError: A profile is none.
        ValueError: Both are given.

    Example:
        >>> from sagewright.debugger import ProfilerConfig
        >>> config = ProfilerConfig(system_monitor_interval_millis=1000)
    """

    def __init__(
        self,
        s3_output_path: str | None = None,
        system_monitor_interval_millis: int | None = None,
        framework_profile_params: FrameworkProfile | None = None,
        profile_params: Profiler | None = None,
        disable_profiler: bool = False,
    ) -> None:
        assert framework_profile_params is None or isinstance(framework_profile_params, FrameworkProfile), (
            "framework_profile_params must be of type FrameworkProfile if specified."
        )
        assert profile_params is None or isinstance(profile_params, Profiler), (
            "profile_params must be of type Profiler if specified."
        )
        if profile_params and framework_profile_params:
            raise ValueError("Profiler will not work when Framework Profiler is ON")
        self.s3_output_path = s3_output_path
        self.system_monitor_interval_millis = system_monitor_interval_millis
        self.framework_profile_params = framework_profile_params
        self.profile_params, self.disable_profiler = profile_params, disable_profiler
        if framework_profile_params is not None:
            logger.warning(
                "Framework profiling will be deprecated from tensorflow 2.12 and pytorch 2.0 in sagemaker>=2.\n"
                "See: https://sagemaker.readthedocs.io/en/stable/v2.html for details."
            )

    def __repr__(self) -> str:
        return f"ProfilerConfig({self._to_request_dict()})"

    def _to_request_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.s3_output_path is not None and self.disable_profiler is False:
            found["S3OutputPath"] = self.s3_output_path
        found["DisableProfiler"] = self.disable_profiler
        if self.system_monitor_interval_millis is not None:
            found["ProfilingIntervalInMilliseconds"] = self.system_monitor_interval_millis
        profile = self.profile_params or self.framework_profile_params
        if profile is not None:
            found["ProfilingParameters"] = dict(profile.profiling_parameters)
        return found
