"""What an inference component needs of its instance (v2's own path)."""

from __future__ import annotations

from sagewright.compute_resource_requirements.resource_requirements import ResourceRequirements

__all__ = ["ResourceRequirements"]
