"""What this machine can run at the same time. Pure.

An instance type stands for CPUs and memory. A job that asks for more than the machine has gets the whole machine, so
that every job can run some day. Served models take no part: they mostly wait, and a deployed endpoint must not keep
training jobs out for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sagewright.engine.abc import Capability
from sagewright.engine.planning.hosts import groups_of
from sagewright.vocabulary.instance_types import instance


@dataclass(frozen=True)
class Demand:
    """What a job occupies while it runs."""

    cpus: int
    memory_bytes: int


@dataclass
class Ledger:
    """The machine's CPUs and memory, and who occupies them."""

    cpus: int
    memory_bytes: int
    _taken: dict[str, Demand] = field(default_factory=dict)

    def fits(self, demand: Demand) -> bool:
        demand = self._cut(demand)
        return demand.cpus <= self.cpus - sum(taken.cpus for taken in self._taken.values()) and (
            demand.memory_bytes <= self.memory_bytes - sum(taken.memory_bytes for taken in self._taken.values())
        )

    def take(self, who: str, demand: Demand) -> None:
        """Occupy; whoever occupies already keeps what he has."""
        self._taken.setdefault(who, self._cut(demand))

    def give_back(self, who: str) -> None:
        self._taken.pop(who, None)

    def _cut(self, demand: Demand) -> Demand:
        return Demand(min(demand.cpus, self.cpus), min(demand.memory_bytes, self.memory_bytes))


def ledger_of(capability: Capability) -> Ledger:
    """Return the ledger of an executor's machine, of which nothing is taken."""
    return Ledger(capability.cpus, capability.memory_bytes)


def demand_of(resource_config: Mapping[str, Any]) -> Demand:
    """Return what all hosts of a `ResourceConfig` occupy together."""
    wanted = [(instance(group.instance_type), len(group.hosts)) for group in groups_of(resource_config)]
    return Demand(sum(kind.vcpus * n for kind, n in wanted), sum(kind.memory_bytes * n for kind, n in wanted))
