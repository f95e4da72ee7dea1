"""All builders of requests, described."""

from __future__ import annotations

from tests.property.builders import (
    automl,
    compilation,
    feature_store,
    hosting,
    monitoring,
    notebook_jobs,
    packages,
    processing,
    recommendations,
    remote,
    training,
    transform,
    tuning,
)
from tests.property.builders.described import Builder

BUILDERS: dict[str, Builder] = {
    **automl.BUILDERS,
    **compilation.BUILDERS,
    **feature_store.BUILDERS,
    **hosting.BUILDERS,
    **monitoring.BUILDERS,
    **notebook_jobs.BUILDERS,
    **packages.BUILDERS,
    **processing.BUILDERS,
    **recommendations.BUILDERS,
    **remote.BUILDERS,
    **training.BUILDERS,
    **transform.BUILDERS,
    **tuning.BUILDERS,
}

# Public functions of these modules that make no document.
OTHERS = {
    "automl.given",
    "documents.given",
    "documents.described",
    "documents.update_args",
    "hosting.is_of_components",
    "notebook_jobs.job_prefix",
    "packages.fills_itself",
    "training.supports_debugger",
}
