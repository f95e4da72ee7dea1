"""Detailed profiling (v2's own path)."""

from __future__ import annotations


class Profiler:
    """Detailed profiling of a job.

    Args:
        cpu_profiling_duration: Seconds.
        file_rotation_interval: Seconds after which a new file is begun.
    """

    def __init__(self, cpu_profiling_duration: str = "3600", file_rotation_interval: str = "600") -> None:
        self.profiling_parameters = {
            "CPUProfilingDuration": str(cpu_profiling_duration),
            "SMPFileRotationSecs": str(file_rotation_interval),
        }
