"""Pipelines of Spark ML, served (v2's own path)."""

from __future__ import annotations

from sagewright.sparkml.model import SparkMLModel, SparkMLPredictor

__all__ = ["SparkMLModel", "SparkMLPredictor"]
