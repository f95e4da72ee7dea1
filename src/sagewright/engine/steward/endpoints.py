"""The steward's loop for endpoints: servers are brought up, replaced when they die, and taken down."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sagewright.engine.abc import Executor, HostState, NoSuchLog, Record, VersionConflict
from sagewright.engine.executors.environment import job_environment
from sagewright.engine.hosting import gates
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.parts import Parts
from sagewright.engine.planning.serving import GRACE_S, log_group, log_stream, plan_instance
from sagewright.engine.steward.leases import ACTIVE, Leases

KIND = "endpoint"
STARTS_WHILE_CREATING = 2  # a server that loses its port to another process is started once more
LONGEST_PAUSE_S = 60.0  # between the starts of a server that does not come up
REASON_CHARACTERS = 1024
TOLD_LINES = 5  # of a server's log, in the failure reason

Body = dict[str, Any]
WantedCount = Callable[[Record, Mapping[str, Any]], int]  # an endpoint's record, one of its variants -> instances


def all_of(_record: Record, variant: Mapping[str, Any]) -> int:
    """Return how many instances a variant has whatever the demand."""
    return int(variant["count"])


log = logging.getLogger(__name__)


class EndpointReconciler:
    """Carries every endpoint on as far as is possible now.

    An endpoint is `active` from its creation until its servers are gone. Each instance of a variant is an execution
    of its own, written into the record before it is started.

    Args:
        wanted_count: Says how many instances a serverless variant shall have now; it is asked in every round.
    """

    kind = KIND

    def __init__(self, parts: Parts, executor: Executor, owner: str, wanted_count: WantedCount = all_of) -> None:
        self._parts, self._executor, self._wanted_count = parts, executor, wanted_count
        self._leases = Leases(parts, KIND, owner)

    def tick(self) -> bool:
        """Do what can be done; return whether there are endpoints to look after."""
        self._leases.adopt()
        for scope, name in list(self._leases.held):
            try:
                self._carry_on(scope, name)
            except VersionConflict:
                log.info("%s changed meanwhile; the next round decides again", name)
            except Exception:  # the border of the loop: one endpoint must not stop the others
                log.exception("endpoint %s", name)
        return bool(self._leases.held)

    def _carry_on(self, scope: str, name: str) -> None:
        record = self._parts.state.get(KIND, scope, name)
        if record is None or record.queue != ACTIVE:
            self._leases.let_go(scope, name)
        elif record.body["endpoint_status"] == "Deleting":
            self._take_down(record)
        else:
            self._keep_up(record)

    # Taking down ------------------------------------------------------------------------------------------------

    def _take_down(self, record: Record) -> None:
        executions = [instance["execution_id"] for instance in _instances(record.body)]
        if not record.body.get("stop_ordered"):
            self._each(executions, partial(self._executor.stop, grace_s=GRACE_S))
            self._put(record, {**record.body, "stop_ordered": True})
            return
        if any(host.alive for execution in executions for host in self._executor.observe(execution)):
            return
        self._each(executions, self._executor.release)
        self._parts.state.delete(KIND, record.scope, record.name, expected_version=record.version)
        self._leases.let_go(record.scope, record.name)

    # Keeping up -------------------------------------------------------------------------------------------------

    def _keep_up(self, record: Record) -> None:
        record = self._fill(record)
        dead: list[str] = []
        instances = {
            variant["name"]: [
                self._look_at(record, variant, i, dead) for i in record.body["instances"][variant["name"]]
            ]
            for variant in record.body["variants"]
        }
        failed = next((i for i in _instances({"instances": instances}) if i["starts"] > STARTS_WHILE_CREATING), None)
        body = {**record.body, "instances": instances}
        if record.body["endpoint_status"] == "Creating":
            if failed is not None:
                self._fail(record, body, failed)
                return
            if all(instance.get("addresses") for instance in _instances(body)):
                body = lifecycle.move(body, "InService")
        if body != record.body:
            record = self._put(record, body)
            self._each(dead, self._executor.release)
        self._start_all(record)

    def _fill(self, record: Record) -> Record:
        """Give every variant as many instances as it shall have."""
        instances = {name: list(given) for name, given in record.body["instances"].items()}
        for variant in record.body["variants"]:
            given = instances[variant["name"]]
            while len(given) < self._wanted(record, variant):
                given.append({"execution_id": self._new_execution(), "starts": 1, "addresses": None})
        if instances == record.body["instances"]:
            return record
        return self._put(record, {**record.body, "instances": instances})

    def _wanted(self, record: Record, variant: Mapping[str, Any]) -> int:
        return self._wanted_count(record, variant) if variant.get("serverless") else all_of(record, variant)

    def _look_at(
        self, record: Record, variant: Mapping[str, Any], instance: Mapping[str, Any], dead: list[str]
    ) -> dict[str, Any]:
        """Return what an instance is now; one whose server is gone gets a new execution, the old one goes to `dead`."""
        hosts = self._executor.observe(instance["execution_id"])
        if not hosts:  # not started yet
            return dict(instance)
        if all(host.alive for host in hosts):
            addresses = [host.address for host in hosts]
            if all(addresses):
                gates.make(self._parts.home, instance["execution_id"])
            return {**instance, "addresses": addresses if all(addresses) else None}
        is_creating = record.body["endpoint_status"] == "Creating"
        came_up = all(host.address for host in hosts) and not is_creating
        if not is_creating and not came_up and self._pausing(instance):
            return {**instance, "addresses": None}
        dead.append(instance["execution_id"])
        return {
            "execution_id": self._new_execution(),
            "starts": 1 if came_up else instance["starts"] + 1,
            "started_at": self._parts.clock.now(),
            "addresses": None,
            "reason": _reason(hosts) or instance.get("reason"),
            "log_stream": log_stream(variant["name"], instance["execution_id"]),
        }

    def _pausing(self, instance: Mapping[str, Any]) -> bool:
        """Tell whether it is too early to start a server again that does not come up; each time it waits longer."""
        pause_s = min(LONGEST_PAUSE_S, 0.5 * 2.0 ** (instance["starts"] - 1)) if instance["starts"] > 1 else 0.0
        return bool(self._parts.clock.now() - instance.get("started_at", 0.0) < pause_s)

    def _start_all(self, record: Record) -> None:
        environment = job_environment(self._parts.home, record.body)
        for variant in record.body["variants"]:
            for instance in record.body["instances"][variant["name"]]:
                if not self._executor.observe(instance["execution_id"]):
                    self._executor.start(
                        plan_instance(record.name, record.body, variant, instance["execution_id"], environment)
                    )

    def _fail(self, record: Record, body: Body, failed: Mapping[str, Any]) -> None:
        variant = next(name for name, given in body["instances"].items() if failed in given)
        reason = (
            f"The primary container for production variant {variant} did not pass the ping health check. Please check "
            f"CloudWatch logs for this endpoint.{self._told(record.name, failed)}"
        )
        executions = [instance["execution_id"] for instance in _instances(record.body)]
        body = {
            **lifecycle.move(body, "Failed"),
            "failure_reason": reason[:REASON_CHARACTERS],
            "instances": {name: [] for name in body["instances"]},
        }
        self._put(record, body, queue=None)
        self._leases.let_go(record.scope, record.name)
        self._each(executions, self._executor.release)

    def _told(self, endpoint: str, failed: Mapping[str, Any]) -> str:
        """Return what the failed server said last, as a hint."""
        lines: list[str] = [failed["reason"]] if failed.get("reason") else []
        with contextlib.suppress(NoSuchLog):
            events, _ = self._parts.logs.read(log_group(endpoint), failed["log_stream"])
            lines += [event.message for event in events[-TOLD_LINES:]]
        return "\nhint: " + "\n".join(lines) if lines else ""

    # ------------------------------------------------------------------------------------------------------------

    @staticmethod
    def _each(executions: Sequence[str], act: Callable[[str], None]) -> None:
        for execution_id in executions:
            act(execution_id)

    def _new_execution(self) -> str:
        return f"ep-{self._parts.ids.new()}"

    def _put(self, record: Record, body: Mapping[str, Any], queue: str | None = ACTIVE) -> Record:
        changed = replace(record, body=body, status=body["endpoint_status"], queue=queue)
        return self._parts.state.put(changed, expected_version=record.version)


def _instances(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for given in body["instances"].values():
        yield from given


def _reason(hosts: Sequence[HostState]) -> str | None:
    return next((host.outcome["reason"] for host in hosts if host.outcome and host.outcome["reason"]), None)
