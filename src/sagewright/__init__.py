"""Sagewright: the Estimator interface for machine learning, with an engine of its own."""

__version__ = "0.1.0"
