"""The steward's loop for endpoints: servers are brought up, replaced when they die, exchanged, and taken down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sagewright.engine.abc import Executor, Record, VersionConflict
from sagewright.engine.executors.environment import job_environment
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.parts import Parts
from sagewright.engine.planning.serving import GRACE_S, group_of, plan_instance
from sagewright.engine.steward import updates
from sagewright.engine.steward.fleets import Fleet, FleetKeeper, Seen, count_of
from sagewright.engine.steward.leases import ACTIVE, Leases
from sagewright.engine.steward.sweep import named_in

ENDPOINT, COMPONENT = "endpoint", "inference-component"

Body = dict[str, Any]
WantedCount = Callable[[Record, Mapping[str, Any]], int]  # an endpoint's record, one of its variants -> instances

log = logging.getLogger(__name__)


def all_of(_record: Record, variant: Mapping[str, Any]) -> int:
    """Return how many instances a variant has whatever the demand."""
    return count_of(variant)


class EndpointReconciler:
    """Carries every endpoint, or every inference component, on as far as is possible now.

    An endpoint is `active` from its creation until its servers are gone. Each instance of a variant is an execution
    of its own, written into the record before it is started, and taken out of it before it is stopped.

    Args:
        wanted_count: Says how many instances a serverless variant shall have now; it is asked in every round.
        kind: Of the records: `endpoint`, or `inference-component`, whose bodies are alike.
    """

    def __init__(
        self,
        parts: Parts,
        executor: Executor,
        owner: str,
        wanted_count: WantedCount = all_of,
        kind: str = ENDPOINT,
    ) -> None:
        self.kind = kind
        self._parts, self._executor, self._wanted_count = parts, executor, wanted_count
        self._keeper = FleetKeeper(parts, executor)
        self._leases = Leases(parts, kind, owner)

    def tick(self) -> bool:
        """Do what can be done; return whether there are endpoints to look after."""
        self._leases.adopt()
        for scope, name in list(self._leases.held):
            try:
                self._carry_on(scope, name)
            except VersionConflict:
                log.info("%s changed meanwhile; the next round decides again", name)
            except Exception:  # the border of the loop: one endpoint must not stop the others
                log.exception("%s %s", self.kind, name)
        return bool(self._leases.held)

    def _carry_on(self, scope: str, name: str) -> None:
        record = self._parts.state.get(self.kind, scope, name)
        if record is None or record.queue != ACTIVE:
            self._leases.let_go(scope, name)
        elif record.body["endpoint_status"] == "Deleting":
            self._take_down(record)
        else:
            self._keep_up(record)

    # Taking down ------------------------------------------------------------------------------------------------

    def _take_down(self, record: Record) -> None:
        executions = list(named_in(record))
        if not record.body.get("stop_ordered"):
            for execution in executions:
                self._executor.stop(execution, GRACE_S)
            self._put(record, {**record.body, "stop_ordered": True})
            return
        if any(host.alive for execution in executions for host in self._executor.observe(execution)):
            return
        for execution in executions:
            self._executor.release(execution)
        self._parts.state.delete(self.kind, record.scope, record.name, expected_version=record.version)
        self._leases.let_go(record.scope, record.name)

    # Keeping up -------------------------------------------------------------------------------------------------

    def _keep_up(self, record: Record) -> None:
        seen = Seen()
        body = self._looked_at(record, seen)
        if record.body["endpoint_status"] == "Creating" and seen.failure:
            self._fail(record, seen.failure)
            return
        # Those that retire only now may still be asked by who has read the record before: the next round stops them.
        retiring = [*self._keeper.retired(body.pop("retiring", ())), *self._keeper.retiring(seen.surplus)]
        body |= {"retiring": retiring} if retiring else {}
        if body != record.body:
            record = self._put(record, body)
            for execution in seen.dead:
                self._executor.release(execution)
        self._start_all(record)

    def _looked_at(self, record: Record, seen: Seen) -> Body:
        """Return the body as it shall be after a look at the instances."""
        body, status = dict(record.body), record.body["endpoint_status"]
        wanted, group = partial(self._wanted, record), group_of(record.name, body)
        if "update" in body:
            return updates.carry_on(self._keeper, updates.Endpoint(record.scope, group), body, wanted, seen)
        counts = {variant["name"]: wanted(variant) for variant in body["variants"]}
        fleet = self._keeper.look(group, Fleet.of(body), counts, seen, strict=status == "Creating")
        body |= fleet.members()
        if status == "Creating" and all(instance.get("addresses") for instance in fleet.all()):
            body = lifecycle.move(body, "InService")
        return body

    def _wanted(self, record: Record, variant: Mapping[str, Any]) -> int:
        return self._wanted_count(record, variant) if variant.get("serverless") else all_of(record, variant)

    def _start_all(self, record: Record) -> None:
        update = record.body.get("update", {})
        fleets = [Fleet.of(update[name]) for name in ("old", "new") if name in update] or [Fleet.of(record.body)]
        for fleet in fleets:
            for variant in fleet.variants:
                for instance in fleet.instances.get(variant["name"], ()):
                    if not instance.get("addresses") and not self._executor.observe(instance["execution_id"]):
                        self._start(record, variant, instance["execution_id"])

    def _start(self, record: Record, variant: Mapping[str, Any], execution_id: str) -> None:
        environment = job_environment(self._parts.home, record.body)
        self._executor.start(plan_instance(record.name, record.body, variant, execution_id, environment))

    def _fail(self, record: Record, reason: str) -> None:
        executions = list(named_in(record))
        body = {
            **lifecycle.move(record.body, "Failed"),
            "failure_reason": reason,
            "instances": {name: [] for name in record.body["instances"]},
        }
        self._put(record, body, queue=None)
        self._leases.let_go(record.scope, record.name)
        for execution in executions:
            self._executor.release(execution)

    # ------------------------------------------------------------------------------------------------------------

    def _put(self, record: Record, body: Mapping[str, Any], queue: str | None = ACTIVE) -> Record:
        changed = replace(record, body=body, status=body["endpoint_status"], queue=queue)
        return self._parts.state.put(changed, expected_version=record.version)
