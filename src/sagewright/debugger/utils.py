"""What Python's code is profiled with, and what is wrong with a profile that is asked for (v2's own path)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any


class PythonProfiler(Enum):
    """What profiles Python's code."""

    CPROFILE = "cprofile"
    PYINSTRUMENT = "pyinstrument"


class cProfileTimer(Enum):
    """Which time cProfile measures."""

    TOTAL_TIME = "total_time"
    CPU_TIME = "cpu_time"
    OFF_CPU_TIME = "off_cpu_time"
    DEFAULT = "default"


class ErrorMessages(Enum):
    """What assertions say."""

    INVALID_LOCAL_PATH = "local_path must be a string!"
    INVALID_FILE_MAX_SIZE = "file_max_size must be an integer greater than 0!"
    INVALID_FILE_CLOSE_INTERVAL = "file_close_interval must be a float/integer greater than 0!"
    INVALID_FILE_OPEN_FAIL_THRESHOLD = "file_open_fail threshold must be an integer greater than 0!"
    INVALID_PROFILE_DEFAULT_STEPS = "profile_default_steps must be a boolean!"
    INVALID_START_STEP = "start_step must be integer greater or equal to 0!"
    INVALID_NUM_STEPS = "num_steps must be integer greater than 0!"
    INVALID_START_UNIX_TIME = "start_unix_time must be valid integer unix time!"
    INVALID_DURATION = "duration must be float greater than 0!"
    FOUND_BOTH_STEP_AND_TIME_FIELDS = "Both step and time fields cannot be specified in the metrics config!"
    INVALID_METRICS_REGEX = "metrics_regex is invalid!"
    INVALID_PYTHON_PROFILER = "python_profiler must be of type PythonProfiler!"
    INVALID_CPROFILE_TIMER = "cprofile_timer must be of type cProfileTimer"


def convert_json_config_to_string(config: Mapping[Any, Any]) -> str:
    """Return a flat document in the notation that the profiler reads: JSON with a comma after every member."""
    return "{" + "".join(f"{_quoted(name)}: {_quoted(value)}, " for name, value in config.items()) + "}"


def is_valid_unix_time(unix_time: float) -> bool:
    """Tell whether a number of seconds is a moment."""
    try:
        datetime.fromtimestamp(unix_time)
    except (OverflowError, ValueError):
        return False
    return True


def is_valid_regex(regex: Any) -> bool:
    """Tell whether something is a regular expression."""
    try:
        re.compile(regex)
    except (re.error, TypeError):
        return False
    return True


def _quoted(value: Any) -> Any:
    return f'"{value}"' if isinstance(value, str) else value
