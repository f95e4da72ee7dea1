"""Functions that run as jobs: what their callers and the engine both know of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INTERFACE_VERSION = "2.257.7"  # of `sagemaker`, whose interface this is; the job's may be another

RUNTIME_CHANNEL = "sagemaker_remote_function_bootstrap"  # holds the scripts that call the function
DRIVER = "job_driver.sh"


def is_remote_function(request: Mapping[str, Any]) -> bool:
    """Tell whether a `CreateTrainingJob` is of a function."""
    entry_point = request["AlgorithmSpecification"].get("ContainerEntrypoint") or []
    return any(word.endswith(f"/{RUNTIME_CHANNEL}/{DRIVER}") for word in entry_point)
