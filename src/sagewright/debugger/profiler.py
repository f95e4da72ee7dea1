"""Detailed profiling (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.debugger import profiler_constants as defaults
from sagewright.vocabulary.variables import as_text


@suggests
class Profiler:
    """Detailed profiling of a job.

    Args:
        cpu_profiling_duration: Seconds.
        file_rotation_interval: Seconds after which a new file is begun.

    Example:
        >>> from sagewright.debugger import Profiler, ProfilerConfig
        >>> config = ProfilerConfig(profile_params=Profiler(cpu_profiling_duration=600))
    """

    def __init__(
        self,
        cpu_profiling_duration: Any = str(defaults.CPU_PROFILING_DURATION),
        file_rotation_interval: Any = str(defaults.FILE_ROTATION_INTERVAL_DEFAULT),
    ) -> None:
        self.profiling_parameters = {
            "CPUProfilingDuration": as_text(cpu_profiling_duration),
            "SMPFileRotationSecs": as_text(file_rotation_interval),
        }
        # What works up the profile when the job is over.
        self.instanceType = defaults.DETAIL_PROF_PROCESSING_DEFAULT_INSTANCE_TYPE
        self.volumeSizeInGB = defaults.DETAIL_PROF_PROCESSING_DEFAULT_VOLUME_SIZE

    def __repr__(self) -> str:
        return f"Profiler({self.profiling_parameters})"
