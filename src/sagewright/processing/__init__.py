"""Processing jobs: scripts and containers over data, before and after training (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.processing.data import FeatureStoreOutput, ProcessingInput, ProcessingOutput, RunArgs
from sagewright.processing.framework import FrameworkProcessor
from sagewright.processing.job import ProcessingJob
from sagewright.processing.processor import Processor
from sagewright.processing.script import ScriptProcessor

__all__ = [
    "FeatureStoreOutput",
    "FrameworkProcessor",
    "ProcessingInput",
    "ProcessingJob",
    "ProcessingOutput",
    "Processor",
    "RunArgs",
    "ScriptProcessor",
]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
