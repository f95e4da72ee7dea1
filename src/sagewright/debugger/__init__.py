"""SageMaker's debugger, profiler and TensorBoard output, as far as a request asks for them (v2's own path)."""

from __future__ import annotations

from sagewright.debugger.debugger import CollectionConfig, DebuggerHookConfig, TensorBoardOutputConfig
from sagewright.debugger.profiler import Profiler
from sagewright.debugger.profiler_config import ProfilerConfig

__all__ = ["CollectionConfig", "DebuggerHookConfig", "Profiler", "ProfilerConfig", "TensorBoardOutputConfig"]
