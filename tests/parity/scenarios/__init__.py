"""The scenarios by topic. Each is played by genuine v2 when it is recorded, and by ours when it is tested."""

from __future__ import annotations

import importlib
import inspect

from tests.parity.world import Play

TOPICS = (
    "training",
    "amazon",
    "algorithm",
    "analytics",
    "inputs",
    "v1_names",
    "endpoints",
    "deploying",
    "assembling",
    "compiling",
    "recommending",
    "predicting",
    "watching",
    "transforming",
    "sessions",
    "session_calls",
    "attributes",
    "tuning",
    "automl",
    "feature_store",
    "experiments",
    "formats",
    "hyperparameters",
    "naming",
    "refusals",
    "code",
    "config_defaults",
    "debugging",
    "rules",
    "metrics_sources",
    "registering",
    "model_cards",
    "collections",
    "lineage",
    "frameworks",
    "framework_models",
    "images",
    "more_frameworks",
    "clarify",
    "monitored_transform",
    "monitoring",
    "processing",
    "processing_code",
    "spark",
    "uris",
    "searching",
    "utilities",
    "pipelines",
    "pipeline_steps",
    "serve",
    "notebook_jobs",
    "last_steps",
    "remote",
    "function_steps",
)


def _of(topic: str) -> dict[str, Play]:
    """Return the public functions that a topic's module defines, in its order."""
    module = importlib.import_module(f"{__name__}.{topic}")
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }


SCENARIOS: dict[str, dict[str, Play]] = {topic: _of(topic) for topic in TOPICS}
