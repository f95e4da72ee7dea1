"""Running executions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sagewright.engine.planning.document import ExecutionPlan


@dataclass(frozen=True)
class Capability:
    """What an executor can do here: the memory in bytes it may hand out, and which isolation is in force."""

    cpus: int
    memory_bytes: int
    gpus: int
    isolation: Sequence[str]  # of: "mount", "pid", "network"; of views to stored data: "overlay", "read-only"


@dataclass(frozen=True)
class HostState:
    """What can be seen of one host.

    Attributes:
        phases: `(phase, unix seconds)` as they happened: `Downloading`, `Training`, `Uploading`; `Stopping` where it
            has run out of time.
        alive: Its process runs.
        address: `host:port` of a server that has passed its health check.
        outcome: What the host left when it was done; None while it runs or when it died. Its members:
            `exit_code` (of the user's program; None where it never started), `reason` (why the host counts its work
            as failed, as `contract.md` 1.6 forms it; None: it succeeded), `stopped` (`order`, `interruption`,
            `max-runtime` or None), `artifacts` (`path` of each upload made -> its S3 URI), `metrics` (name ->
            `[value, unix seconds]`, the last of each), `started_at`, `ended_at` (unix seconds of the user's program;
            None where it never started), `port_lost` (a server never came up, and somebody else has its port).
    """

    host: str
    phases: Sequence[tuple[str, float]]
    alive: bool
    address: str | None = None
    outcome: Mapping[str, Any] | None = None


class Executor(Protocol):
    """Runs executions. Owned by one steward at a time, which may be killed and replaced at any moment.

    All of an execution's facts are on disk or with its processes, none in the executor, so that the next steward's
    executor goes on where the last one was killed.
    """

    def capabilities(self) -> Capability: ...

    def start(self, plan: ExecutionPlan) -> None:
        """Start every host of the plan, or none; calling it again for the same `execution_id` starts none twice."""
        ...

    def observe(self, execution_id: str) -> Sequence[HostState]:
        """Return the hosts in order of name, or none where they were not started or the execution is unknown.

        Hosts that are missing (whoever started them was killed before he could) shall be started with `start`.
        """
        ...

    def lives(self, execution_id: str, hosts: int) -> bool:
        """Tell whether all hosts of an execution of that many run, which costs less than to observe them."""
        ...

    def stop(self, execution_id: str, grace_s: float, why: str = "order") -> None:
        """Ask every host to end (SIGTERM to the user's process), and kill it `grace_s` seconds later. Does not wait.

        `why` is `order`, or `interruption`: then another attempt will follow, and no artifacts are stored.
        """
        ...

    def salvage(self, execution_id: str) -> bool:
        """Have stored what hosts that died left in their synced folders, once for each.

        Returns:
            Whether that is under way: ask again, and release nothing before.
        """
        ...

    def release(self, execution_id: str) -> None:
        """Kill what is left of the execution and remove its folders. An unknown execution is no error."""
        ...
