"""A fake executor, whose hosts do what the test says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sagewright.engine.abc import Capability, Clock, HostState
from sagewright.engine.planning.document import ExecutionPlan

GIB = 1 << 30


@dataclass
class FakeExecutor:
    """Keeps executions in memory; nothing runs.

    Attributes:
        plans: Every plan that was started and not released, by execution id.
        stopped: Execution ids that were told to stop -> the grace in seconds.
        reasons: The same ids -> why.
        released: Execution ids in the order of their release.
    """

    clock: Clock
    cpus: int = 4
    memory_bytes: int = 32 * GIB
    plans: dict[str, ExecutionPlan] = field(default_factory=dict)
    stopped: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    released: list[str] = field(default_factory=list)
    _hosts: dict[str, dict[str, HostState]] = field(default_factory=dict)

    def capabilities(self) -> Capability:
        return Capability(self.cpus, self.memory_bytes, 0, [])

    def start(self, plan: ExecutionPlan) -> None:
        self.plans.setdefault(plan.execution_id, plan)
        hosts = self._hosts.setdefault(plan.execution_id, {})
        for document in plan.hosts:
            hosts.setdefault(document.host, HostState(document.host, [], alive=True))

    def observe(self, execution_id: str) -> Sequence[HostState]:
        return list(self._hosts.get(execution_id, {}).values())

    def lives(self, execution_id: str, hosts: int) -> bool:
        states = self.observe(execution_id)
        return len(states) == hosts and all(state.alive for state in states)

    def stop(self, execution_id: str, grace_s: float, why: str = "order") -> None:
        self.stopped[execution_id] = grace_s
        self.reasons[execution_id] = why

    def salvage(self, execution_id: str) -> bool:
        return False

    def release(self, execution_id: str) -> None:
        self.released.append(execution_id)
        self.plans.pop(execution_id, None)
        self._hosts.pop(execution_id, None)

    def executions(self) -> Sequence[str]:
        return sorted(self.plans)

    # What the test lets happen -----------------------------------------------------------------------------------

    def enter(self, execution_id: str, *phases: str) -> None:
        """Let all hosts of an execution enter phases, now."""
        for host, state in self._hosts[execution_id].items():
            entered = [*state.phases, *((phase, self.clock.now()) for phase in phases)]
            self._hosts[execution_id][host] = replace(state, phases=entered)

    def serve(self, execution_id: str, address: str) -> None:
        """Let a served model pass its health check."""
        self._change(execution_id, address=address)

    def finish(self, execution_id: str, **outcome: Any) -> None:
        """Let all hosts end and leave an outcome; one that is good comes after all phases, a stop after `Training`."""
        now = self.clock.now()
        if not outcome.get("reason"):
            entered = {phase for state in self._hosts[execution_id].values() for phase, _ in state.phases}
            phases = ("Downloading", "Training") if outcome.get("stopped") else ("Downloading", "Training", "Uploading")
            self.enter(execution_id, *(phase for phase in phases if phase not in entered))
        whole = {
            "exit_code": 0,
            "reason": None,
            "stopped": None,
            "artifacts": {},
            "metrics": {},
            "started_at": now,
            "ended_at": now,
            **outcome,
        }
        self._change(execution_id, alive=False, outcome=whole)

    def finish_host(self, execution_id: str, host: str, **outcome: Any) -> None:
        """Let one host end and leave an outcome."""
        hosts = self._hosts[execution_id]
        others = {name: state for name, state in hosts.items() if name != host}
        self._hosts[execution_id] = {host: hosts[host]}
        self._change(execution_id, alive=False, outcome={"reason": None, "stopped": None, **outcome})
        self._hosts[execution_id] = {name: self._hosts[execution_id].get(name) or others[name] for name in hosts}

    def die(self, execution_id: str) -> None:
        """Kill all hosts: they leave nothing."""
        self._change(execution_id, alive=False)

    def _change(self, execution_id: str, **changes: Any) -> None:
        for host, state in self._hosts[execution_id].items():
            self._hosts[execution_id][host] = replace(state, **changes)
