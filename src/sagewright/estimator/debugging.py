"""What an estimator asks of SageMaker's debugger, profiler and TensorBoard (`contract.md` 9.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sagewright.debugger.profiler_config import ProfilerConfig
from sagewright.requests.training import supports_debugger

if TYPE_CHECKING:
    from sagewright.estimator.base import EstimatorBase

Document = dict[str, Any]

_TRAINIUM = re.compile(r"ml[._]trn")


def debugging_of(estimator: EstimatorBase, output_path: str) -> Document:
    """Return the members of a `TrainingSpec` that concern debugging.

    Raises:
        ValueError: The region has no debugger, and one is asked for.
        RuntimeError: The profiler is asked for and switched off.
    """
    tensorboard = estimator.tensorboard_output_config
    return {
        "debug_hook": _hook(estimator, output_path),
        "profiler": _profiler(estimator, output_path),
        "tensorboard_output": tensorboard._to_request_dict() if tensorboard else None,
    }


def artifacts_path(config: Any, output_path: str | None, job_name: str, folder: str) -> str:
    """Return where a job leaves what a configuration asks for: below its own S3 path, or the job's output path."""
    return f"{(getattr(config, 's3_output_path', None) or output_path or '').rstrip('/')}/{job_name}/{folder}"


def profiler_update(
    system_monitor_interval_millis: int | None, s3_output_path: str | None, disable_framework_metrics: bool
) -> tuple[ProfilerConfig, Document]:
    """Return the profiler that an update asks for, and its document.

    Raises:
        ValueError: It asks for nothing.
    """
    if not (system_monitor_interval_millis or s3_output_path or disable_framework_metrics):
        raise ValueError("Please provide profiler config or profiler rule to be updated.")
    config = ProfilerConfig(s3_output_path, system_monitor_interval_millis)
    off: Document = {"ProfilingParameters": {}} if disable_framework_metrics else {}
    return config, {**config._to_request_dict(), **off}


def default_profiler(description: Document, output_path: str | None) -> ProfilerConfig:
    """Return the profiler of a running job, with all defaults.

    Raises:
        ValueError: The job has it already.
    """
    if description.get("ProfilingStatus") == "Enabled":
        raise ValueError(
            "Debugger monitoring is already enabled. To update the profiler_config parameter and the Debugger "
            "profiling rules, please use the update_profiler function."
        )
    return ProfilerConfig(description.get("ProfilerConfig", {}).get("S3OutputPath") or output_path)


def check_region(region: str) -> None:
    """Raise where there is no profiler in a region.

    Raises:
        ValueError: There is none.
    """
    if not supports_debugger(region):
        raise ValueError("Current region does not support profiler / debugger!")


def profiler_is_off(region: str, instance_type: str | None) -> bool:
    """Tell whether there is no profiler in a region, or none for a type of instance as it works by itself there."""
    return not supports_debugger(region) or bool(instance_type and _TRAINIUM.match(instance_type))


def _hook(estimator: EstimatorBase, output_path: str) -> Document | None:
    config = estimator._hook_config()
    if not supports_debugger(estimator.sagemaker_session.boto_region_name):
        if config:
            raise ValueError("Current region does not support debugger but debugger hook config is set!")
        return None
    if config is False:
        return None
    document: Document = {} if config in (None, True) else config._to_request_dict()
    document["S3OutputPath"] = document.get("S3OutputPath") or output_path
    document.setdefault("CollectionConfigurations", [])
    return document


def _profiler(estimator: EstimatorBase, output_path: str) -> Document:
    config = estimator.profiler_config
    if estimator.disable_profiler and config is not None and not config.disable_profiler:
        raise RuntimeError("profiler_config.disable_profiler cannot be False when disable_profiler is True.")
    if config is None:
        off = {"DisableProfiler": True}
        return off if estimator.disable_profiler else {"S3OutputPath": output_path, "DisableProfiler": False}
    document: Document = config._to_request_dict()
    if not config.disable_profiler:
        document["S3OutputPath"] = document.get("S3OutputPath") or output_path
    return document
