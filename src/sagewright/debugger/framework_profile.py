"""How a framework's work is profiled (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import suggests
from sagewright.debugger import profiler_constants as defaults
from sagewright.debugger.metrics_config import (
    DataloaderProfilingConfig,
    DetailedProfilingConfig,
    HorovodProfilingConfig,
    PythonProfilingConfig,
    SMDataParallelProfilingConfig,
)
from sagewright.debugger.utils import ErrorMessages

ALL_METRIC_CONFIGS: list[type[Any]] = [
    DetailedProfilingConfig,
    DataloaderProfilingConfig,
    PythonProfilingConfig,
    HorovodProfilingConfig,
    SMDataParallelProfilingConfig,
]


@suggests
class FrameworkProfile:
    """How a framework's work is profiled, and which part of it.

    Args:
        local_path: Where the job writes it.
        file_max_size: Bytes after which a new file is begun.
        file_close_interval: Seconds after which one is.
        file_open_fail_threshold: How often a file may not be opened before all is given up.
        detailed_profiling_config, dataloader_profiling_config, python_profiling_config, horovod_profiling_config,
            smdataparallel_profiling_config: What is profiled. Where none is given, all is, in the steps or times:
        start_step, num_steps, start_unix_time, duration: As for these classes; where none is given, the usual steps.

    Raises:
        AssertionError: A value is none.

    Example:
        >>> from sagewright.debugger import DetailedProfilingConfig, FrameworkProfile
        >>> profile = FrameworkProfile(detailed_profiling_config=DetailedProfilingConfig(start_step=3, num_steps=2))
        >>> profile.profiling_parameters["DetailedProfilingConfig"]
        '{"StartStep": 3, "NumSteps": 2, }'
    """

    def __init__(
        self,
        local_path: str = defaults.BASE_FOLDER_DEFAULT,
        file_max_size: int = defaults.MAX_FILE_SIZE_DEFAULT,
        file_close_interval: float = defaults.CLOSE_FILE_INTERVAL_DEFAULT,
        file_open_fail_threshold: int = defaults.FILE_OPEN_FAIL_THRESHOLD_DEFAULT,
        detailed_profiling_config: DetailedProfilingConfig | None = None,
        dataloader_profiling_config: DataloaderProfilingConfig | None = None,
        python_profiling_config: PythonProfilingConfig | None = None,
        horovod_profiling_config: HorovodProfilingConfig | None = None,
        smdataparallel_profiling_config: SMDataParallelProfilingConfig | None = None,
        start_step: int | None = None,
        num_steps: int | None = None,
        start_unix_time: int | None = None,
        duration: float | None = None,
    ) -> None:
        self.profiling_parameters = _files(local_path, file_max_size, file_close_interval, file_open_fail_threshold)
        given = (
            detailed_profiling_config,
            dataloader_profiling_config,
            python_profiling_config,
            horovod_profiling_config,
            smdataparallel_profiling_config,
        )
        configs = [config for config in given if config is not None]
        span = {
            "start_step": start_step,
            "num_steps": num_steps,
            "start_unix_time": start_unix_time,
            "duration": duration,
        }
        if not configs:
            is_usual = all(value is None for value in span.values())
            arguments: dict[str, Any] = {"profile_default_steps": True} if is_usual else span
            configs = [kind(**arguments) for kind in ALL_METRIC_CONFIGS]
        self.profiling_parameters.update({config.name: config.to_json_string() for config in configs})

    def __repr__(self) -> str:
        return f"FrameworkProfile({self.profiling_parameters})"


def _files(local_path: Any, max_size: Any, close_interval: Any, open_fail_threshold: Any) -> dict[str, str]:
    for is_right, message in (
        (isinstance(local_path, str), ErrorMessages.INVALID_LOCAL_PATH),
        (isinstance(max_size, int) and max_size > 0, ErrorMessages.INVALID_FILE_MAX_SIZE),
        (
            isinstance(close_interval, (float, int)) and close_interval > 0,
            ErrorMessages.INVALID_FILE_CLOSE_INTERVAL,
        ),
        (
            isinstance(open_fail_threshold, int) and open_fail_threshold > 0,
            ErrorMessages.INVALID_FILE_OPEN_FAIL_THRESHOLD,
        ),
    ):
        assert is_right, message.value
    return {
        "LocalPath": local_path,
        "RotateMaxFileSizeInBytes": str(max_size),
        "RotateFileCloseIntervalInSeconds": str(close_interval),
        "FileOpenFailThreshold": str(open_fail_threshold),
    }
