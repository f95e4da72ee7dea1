"""All builders of requests, described."""

from __future__ import annotations

from tests.property.builders import (
    automl,
    feature_store,
    hosting,
    monitoring,
    notebook_jobs,
    packages,
    processing,
    training,
    transform,
    tuning,
)
from tests.property.builders.described import Builder

BUILDERS: dict[str, Builder] = {
    **automl.BUILDERS,
    **feature_store.BUILDERS,
    **hosting.BUILDERS,
    **monitoring.BUILDERS,
    **notebook_jobs.BUILDERS,
    **packages.BUILDERS,
    **processing.BUILDERS,
    **training.BUILDERS,
    **transform.BUILDERS,
    **tuning.BUILDERS,
}

# Public functions of these modules that make no document.
OTHERS = {
    "automl.given",
    "documents.given",
    "documents.described",
    "hosting.is_of_components",
    "notebook_jobs.job_prefix",
    "packages.fills_itself",
    "training.supports_debugger",
}
