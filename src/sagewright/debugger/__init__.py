"""SageMaker's debugger, profiler and TensorBoard output, as far as a request asks for them (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import nearest_of
from sagewright.debugger import rules as _rules
from sagewright.debugger.collections import CollectionConfig, DebuggerHookConfig, TensorBoardOutputConfig
from sagewright.debugger.framework_profile import FrameworkProfile
from sagewright.debugger.metrics_config import (
    DataloaderProfilingConfig,
    DetailedProfilingConfig,
    HorovodProfilingConfig,
    PythonProfilingConfig,
    SMDataParallelProfilingConfig,
)
from sagewright.debugger.profiler import Profiler
from sagewright.debugger.profiler_config import ProfilerConfig
from sagewright.debugger.rules import (
    DEBUGGER_FLAG,
    ProfilerRule,
    Rule,
    RuleBase,
    framework_name,
    get_default_profiler_processing_job,
    get_rule_container_image_uri,
)
from sagewright.debugger.utils import PythonProfiler, cProfileTimer

__all__ = [
    "DEBUGGER_FLAG",
    "CollectionConfig",
    "DataloaderProfilingConfig",
    "DebuggerHookConfig",
    "DetailedProfilingConfig",
    "FrameworkProfile",
    "HorovodProfilingConfig",
    "Profiler",
    "ProfilerConfig",
    "ProfilerRule",
    "PythonProfiler",
    "PythonProfilingConfig",
    "Rule",
    "RuleBase",
    "SMDataParallelProfilingConfig",
    "TensorBoardOutputConfig",
    "cProfileTimer",
    "framework_name",
    "get_default_profiler_processing_job",
    "get_rule_container_image_uri",
]


def __getattr__(name: str) -> Any:
    """Hand out Amazon's rules, which are a package of their own."""
    return _rules.rule_configs() if name == "rule_configs" else _nearest(name)


_nearest = nearest_of(__name__, [*__all__, "rule_configs"])
