"""The contract of `Executor`, as tests.

Subclass `ExecutorContract` in a test module and override its fixture `executor`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from sagewright.engine.abc import Executor
from sagewright.engine.planning.document import ExecutionPlan, HostDocument

LOG_GROUP = "/group"


def plan(execution_id: str = "tr-1", hosts: int = 1, command: Sequence[str] = ("sleep", "60")) -> ExecutionPlan:
    """Return a plan of hosts that run a command; their log streams are `<execution id>/<host>`."""
    documents = [
        HostDocument(
            host=f"algo-{number}",
            command=list(command),
            environment={},
            files={},
            folders=["model"],
            log_group=LOG_GROUP,
            log_stream=f"{execution_id}/algo-{number}",
            grace_s=1.0,
        )
        for number in range(1, hosts + 1)
    ]
    return ExecutionPlan(execution_id, "python3", documents)


def eventually(probe: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.01)


class ExecutorContract:
    """Tests that every `Executor` passes."""

    @pytest.fixture
    def executor(self) -> Iterator[Executor]:
        """Yield an executor that runs nothing yet."""
        raise NotImplementedError

    def test_capabilities_are_those_of_a_machine(self, executor: Executor) -> None:
        found = executor.capabilities()
        assert found.cpus >= 1
        assert found.memory_bytes > 0
        assert set(found.isolation) <= {"mount", "pid", "network", "overlay", "read-only"}

    def test_what_is_unknown_has_no_hosts_and_is_no_error(self, executor: Executor) -> None:
        assert list(executor.observe("tr-none")) == []
        assert not executor.lives("tr-none", 1)
        executor.stop("tr-none", 1.0)
        executor.release("tr-none")

    def test_every_host_is_started_and_seen_in_order(self, executor: Executor) -> None:
        executor.start(plan(hosts=11))
        names = [f"algo-{number}" for number in range(1, 12)]
        eventually(lambda: [host.host for host in executor.observe("tr-1") if host.alive] == names)
        assert executor.lives("tr-1", 11)
        executor.release("tr-1")

    def test_starting_again_starts_none_twice(self, executor: Executor) -> None:
        executor.start(plan(hosts=2))
        executor.start(plan(hosts=2))
        eventually(lambda: len(executor.observe("tr-1")) == 2)
        executor.start(plan(hosts=2))
        assert len(executor.observe("tr-1")) == 2
        executor.release("tr-1")

    def test_executions_are_apart(self, executor: Executor) -> None:
        executor.start(plan("tr-1"))
        executor.start(plan("tr-2"))
        eventually(lambda: bool(executor.observe("tr-1")) and bool(executor.observe("tr-2")))
        executor.release("tr-1")
        assert list(executor.observe("tr-1")) == []
        assert [host.alive for host in executor.observe("tr-2")] == [True]
        executor.release("tr-2")
