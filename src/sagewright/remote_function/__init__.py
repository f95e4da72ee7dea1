"""Functions that run as jobs (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.remote_function.checkpoint_location import CheckpointLocation
from sagewright.remote_function.client import RemoteExecutor, remote
from sagewright.remote_function.custom_file_filter import CustomFileFilter
from sagewright.remote_function.spark_config import SparkConfig

__all__ = ["CheckpointLocation", "CustomFileFilter", "RemoteExecutor", "SparkConfig", "remote"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
