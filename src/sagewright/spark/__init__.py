"""Processing with Apache Spark (v2's own path)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sagewright.arguments import nearest_of
from sagewright.spark.processing import PySparkProcessor, SparkJarProcessor

__all__ = ["PySparkProcessor", "SparkJarProcessor"]

if not TYPE_CHECKING:
    __getattr__ = nearest_of(__name__, __all__)
