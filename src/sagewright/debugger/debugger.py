"""Rules, collections of tensors, and where they go (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import nearest_of
from sagewright.debugger import rules
from sagewright.debugger.collections import CollectionConfig, DebuggerHookConfig, TensorBoardOutputConfig
from sagewright.debugger.rules import (
    DEBUGGER_FLAG,
    DetailedProfilerProcessingJobConfig,
    ProfilerRule,
    Rule,
    RuleBase,
    detailed_framework_name,
    framework_name,
    get_default_profiler_processing_job,
    get_rule_container_image_uri,
)

__all__ = [
    "DEBUGGER_FLAG",
    "CollectionConfig",
    "DebuggerHookConfig",
    "DetailedProfilerProcessingJobConfig",
    "ProfilerRule",
    "Rule",
    "RuleBase",
    "TensorBoardOutputConfig",
    "detailed_framework_name",
    "framework_name",
    "get_default_profiler_processing_job",
    "get_rule_container_image_uri",
]


def __getattr__(name: str) -> Any:
    """Hand out Amazon's rules, which are a package of their own."""
    return rules.rule_configs() if name == "rule_configs" else _nearest(name)


_nearest = nearest_of(__name__, [*__all__, "rule_configs"])
