"""How an endpoint's traffic goes from its old instances to new ones (`contract.md` 2.5). Pure.

A deployment goes in steps: all at once, a canary and then the rest, or by a certain number of instances each time. In
blue/green all new instances are there before the first step, and all old ones until the end; a rolling deployment
starts new ones and stops old ones with each step. While both take traffic, a variant's instances are some of each, so
that each takes the share that its number is of all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Instances = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Policy:
    """A `DeploymentConfig`, read.

    Attributes:
        size: What a step brings over (`{"Type", "Value"}`); None: there is one step, and it brings all.
        repeats: Whether all steps are of that size, or the second brings the rest.
        rolling: New instances are started, and old ones stopped, step by step.
        wait_s: Between steps, and after the last.
        keep_s: That the old instances are kept after that.
        limit_s: That the whole may take; None: however long.
        alarms: Names of those that take it back when they go off.
    """

    size: Mapping[str, Any] | None = None
    repeats: bool = False
    rolling: bool = False
    wait_s: float = 0.0
    keep_s: float = 0.0
    limit_s: float | None = None
    alarms: Sequence[str] = ()

    def shifted(self, count: int, step: int) -> int:
        """Return how many of a variant's new instances take traffic when `step` steps have been made."""
        if step <= 0:
            return 0
        if self.size is None or (step > 1 and not self.repeats):
            return count
        value = int(self.size["Value"])
        one = math.ceil(count * value / 100) if self.size["Type"] == "CAPACITY_PERCENT" else value
        return min(count, one * step)

    def is_last(self, counts: Mapping[str, int], step: int) -> bool:
        """Tell whether `step` steps have brought all over."""
        return step > 0 and all(self.shifted(count, step) >= count for count in counts.values())

    def wanted(self, count: int, step: int) -> int:
        """Return how many new instances a variant shall have when `step` steps have been made: enough for the next."""
        return self.shifted(count, step + 1) if self.rolling else count

    def kept(self, old: int, new: int, step: int) -> int:
        """Return how many of a variant's old instances take traffic then."""
        return math.ceil(old * (1 - self.shifted(new, step) / new)) if new else 0


def policy_of(config: Mapping[str, Any] | None) -> Policy:
    """Return what a `DeploymentConfig` means; None: everything at once."""
    config = config or {}
    alarms = [alarm.get("AlarmName", "") for alarm in config.get("AutoRollbackConfiguration", {}).get("Alarms", ())]
    if rolling := config.get("RollingUpdatePolicy"):
        return Policy(
            rolling["MaximumBatchSize"],
            repeats=True,
            rolling=True,
            wait_s=rolling["WaitIntervalInSeconds"],
            limit_s=rolling.get("MaximumExecutionTimeoutInSeconds"),
            alarms=alarms,
        )
    policy = config.get("BlueGreenUpdatePolicy") or {}
    routing = policy.get("TrafficRoutingConfiguration") or {}
    kind = routing.get("Type", "ALL_AT_ONCE")
    sizes = {"CANARY": routing.get("CanarySize"), "LINEAR": routing.get("LinearStepSize")}
    return Policy(
        sizes.get(kind),
        repeats=kind == "LINEAR",
        wait_s=routing.get("WaitIntervalInSeconds", 0),
        keep_s=policy.get("TerminationWaitInSeconds", 0),
        limit_s=policy.get("MaximumExecutionTimeoutInSeconds"),
        alarms=alarms,
    )


def mixed(policy: Policy, old: Instances, new: Instances, counts: Mapping[str, int], step: int) -> dict[str, list[Any]]:
    """Return the instances that take traffic between the first step and the last, by variant.

    Args:
        counts: How many new instances each variant shall have in the end.
    """
    return {
        name: [
            *list(given)[: policy.kept(len(given), counts[name], step) if not policy.rolling else None],
            *list(new[name])[: policy.shifted(counts[name], step)],
        ]
        for name, given in old.items()
    }
