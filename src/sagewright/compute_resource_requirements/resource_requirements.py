"""What an inference component needs of its instance (v2's own path)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.arguments import suggests


@suggests
class ResourceRequirements:
    """What one copy of a component needs, and how many copies there are.

    Args:
        requests: `num_cpus`, `num_accelerators`, `memory` (MiB, at least) and `copies`.
        limits: `memory` (MiB, at most).

    Example:
        >>> from sagewright.compute_resource_requirements import ResourceRequirements
        >>> ResourceRequirements({"num_cpus": 1, "memory": 512, "copies": 2}).copy_count
        2
    """

    def __init__(self, requests: Mapping[str, int] | None = None, limits: Mapping[str, int] | None = None) -> None:
        self.requests, self.limits = requests, limits
        requests = requests or {}
        self.num_accelerators, self.num_cpus = requests.get("num_accelerators"), requests.get("num_cpus")
        self.min_memory, self.max_memory = requests.get("memory"), (limits or {}).get("memory")
        self.copy_count = requests.get("copies", 1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResourceRequirements):
            return NotImplemented
        return self.requests == other.requests and self.limits == other.limits

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def __str__(self) -> str:
        given = {name: value for name, value in vars(self).items() if value is not None}
        return f"{type(self).__name__}: {given}"

    def get_compute_resource_requirements(self) -> dict[str, Any]:
        """Return `ComputeResourceRequirements`."""
        wanted = (
            ("MaxMemoryRequiredInMb", self.max_memory),
            ("NumberOfCpuCoresRequired", self.num_cpus),
            ("NumberOfAcceleratorDevicesRequired", self.num_accelerators),
        )
        return {"MinMemoryRequiredInMb": self.min_memory, **{name: value for name, value in wanted if value}}
