"""The steward's loop for training jobs: load -> act -> apply, the apply guarded by the record's version."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sagewright.engine.abc import Executor, HostState, Query, Record, VersionConflict
from sagewright.engine.executors.environment import job_environment
from sagewright.engine.lifecycle import training as lifecycle
from sagewright.engine.parts import Parts
from sagewright.engine.planning import limits
from sagewright.engine.planning import training as planning
from sagewright.engine.steward.capacity import Ledger, demand_of, ledger_of
from sagewright.engine.steward.leases import ACTIVE, Key, Leases
from sagewright.engine.steward.pools import Pools
from sagewright.engine.steward.verdicts import STOPPED, advance, ended_attempt, finished, goes_on, judge, outwaited

KIND = "training-job"
QUEUED = "queued"
PREPARING = "Preparing the instances for training"
WAITS_PAUSE_S = 5.0  # between two looks for jobs that have waited for too long
SHOWN_AS_PENDING = 20  # of those that wait; to rewrite ten thousand waiting records would help nobody

Body = dict[str, Any]

log = logging.getLogger(__name__)


class TrainingReconciler:
    """Carries every training job on as far as is possible now.

    A job is `queued` until there is room for it, then `active` with an execution for its current attempt.
    """

    kind = KIND

    def __init__(self, parts: Parts, executor: Executor, owner: str, ledger: Ledger | None = None) -> None:
        self._parts, self._executor = parts, executor
        self._leases = Leases(parts, KIND, owner)
        self._ledger = ledger or ledger_of(executor.capabilities())
        self._next_look_at_waits = 0.0
        self._pools = Pools(parts)

    def tick(self) -> bool:
        """Do what can be done; return whether a job is under way or waits."""
        self._adopt()
        self._end_waits()
        self._pools.end_expired()
        for scope, name in list(self._leases.held):
            self._guarded(name, partial(self._carry_on, scope, name))
        waiting = self._start_waiting()
        return bool(self._leases.held) or waiting

    def _guarded(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except VersionConflict:
            log.info("%s changed meanwhile; the next round decides again", name)
        except Exception:  # the border of the loop: one job must not stop the others
            log.exception("training job %s", name)

    def _adopt(self) -> None:
        """Take the active jobs that nobody carries on."""
        self._occupy(*self._leases.adopt())

    def _occupy(self, claimed: Sequence[Record], lost: Sequence[Key]) -> None:
        """Take the room that claimed jobs occupy, and give back that of lost ones.

        A job whose program has ended, and that only stores what it left, occupies none.
        """
        for record in claimed:
            if record.body["secondary"] == "Uploading":
                continue
            self._ledger.take(f"{record.scope}/{record.name}", demand_of(record.body["request"]["ResourceConfig"]))
        for scope, name in lost:
            self._ledger.give_back(f"{scope}/{name}")

    # Jobs under way ---------------------------------------------------------------------------------------------

    def _carry_on(self, scope: str, name: str) -> None:
        record = self._parts.state.get(KIND, scope, name)
        if record is None or record.queue != ACTIVE:
            self._let_go(scope, name)
            return
        hosts = self._executor.observe(record.body["execution_id"])
        if len(hosts) < len(planning.host_names(record.body["request"])):
            # A steward died between writing the attempt down and starting it.
            self._start(record.body)
            return
        record = self._heed(record)
        self._apply(record, hosts)

    def _heed(self, record: Record) -> Record:
        """Pass on what the job was told, and what its limits say."""
        body, now = dict(record.body), self._parts.clock.now()
        if limits.interruption_is_due(body, now):
            # The hosts first: should we die now, their outcome says what happened.
            self._executor.stop(body["execution_id"], planning.GRACE_S, "interruption")
            body = {name: value for name, value in body.items() if name != "interrupt_asked"}
            return self._put(record, lifecycle.move(body, "Interrupted", now))
        wait_s = limits.max_wait_s(body["request"])
        if wait_s is not None and now - record.created_at >= wait_s and body["secondary"] != "Stopping":
            body = {**lifecycle.move(body, "Stopping", now), "stopped_by": "max-wait"}
        if body["secondary"] == "Stopping" and not body.get("stop_ordered"):
            self._executor.stop(body["execution_id"], planning.GRACE_S)
            return self._put(record, {**body, "stop_ordered": True})
        return record

    def _apply(self, record: Record, hosts: Sequence[HostState]) -> None:
        body = advance(dict(record.body), hosts)
        verdict = judge(hosts)
        if verdict is not None:
            self._finish(record, body, verdict, hosts)
        elif body["secondary"] != record.body["secondary"]:
            self._put(record, body)
            if body["secondary"] == "Uploading":
                self._ledger.give_back(f"{record.scope}/{record.name}")

    def _finish(self, record: Record, body: Body, verdict: str, hosts: Sequence[HostState]) -> None:
        if verdict in ("failed", "died") and any(host.alive for host in hosts):
            self._end_others(record, body, "order" if verdict == "failed" else "interruption")
            return
        if verdict == "died" and self._executor.salvage(body["execution_id"]):
            return
        now = self._parts.clock.now()
        body = ended_attempt(body, now)
        if goes_on(body, verdict):
            self._put(record, self._next_attempt(body, verdict, now))
            self._ledger.take(f"{record.scope}/{record.name}", demand_of(body["request"]["ResourceConfig"]))
        else:
            body, queue = self._pools.end(finished(body, verdict, hosts, now), verdict, hosts)
            self._put(record, body, queue=queue)
            self._let_go(record.scope, record.name)
        self._executor.release(record.body["execution_id"])

    def _end_others(self, record: Record, body: Body, why: str) -> None:
        """End the hosts that are left when one has failed."""
        if not body.get("stop_ordered"):
            self._executor.stop(body["execution_id"], planning.SIBLING_GRACE_S, why)
            self._put(record, {**body, "stop_ordered": True})

    def _next_attempt(self, body: Body, verdict: str, now: float) -> Body:
        if verdict == "interruption" and body["secondary"] != "Interrupted":
            body = lifecycle.move(body, "Interrupted", now)
        if body["secondary"] != "Starting":
            body = lifecycle.move(body, "Starting", now)
        counter = "interruptions" if verdict == "interruption" else "retries"
        counted = {counter: body.get(counter, 0) + 1, "attempt": body["attempt"] + 1, "stop_ordered": False}
        return {**body, **counted, "execution_id": self._new_execution()}

    def _let_go(self, scope: str, name: str) -> None:
        self._leases.let_go(scope, name)
        self._ledger.give_back(f"{scope}/{name}")

    # Jobs that wait ---------------------------------------------------------------------------------------------

    def _start_waiting(self) -> bool:
        """Start the jobs that there is room for, first come first served; return whether any waits on."""
        while True:
            page = self._parts.state.list(Query(KIND, queue=QUEUED, limit=SHOWN_AS_PENDING))
            if not page.records:
                return False
            head = page.records[0]
            if head.body["secondary"] != "Stopping" and not self._has_room(head):
                for record in page.records:
                    self._guarded(record.name, partial(self._show_pending, record))
                return True
            self._guarded(head.name, partial(self._begin, head))

    def _end_waits(self) -> None:
        """End the jobs that have waited for too long; that needs no hurry."""
        now = self._parts.clock.now()
        if now < self._next_look_at_waits:
            return
        self._next_look_at_waits = now + WAITS_PAUSE_S
        token: str | None = None
        while True:
            page = self._parts.state.list(Query(KIND, queue=QUEUED, limit=1000, after=token))
            for record in page.records:
                if why := outwaited(record, now):
                    self._guarded(record.name, partial(self._end_wait, record, why))
            token = page.next_token
            if token is None:
                return

    def _end_wait(self, record: Record, why: str) -> None:
        now = self._parts.clock.now()
        body = record.body if record.body["secondary"] == "Stopping" else lifecycle.move(record.body, "Stopping", now)
        body = lifecycle.move(body, STOPPED.get(why, "Stopped"), now)
        if why == "max-pending":
            body = lifecycle.say(body, "Training job was pending for longer than MaxPendingTimeInSeconds provided")
        self._put(record, body, queue=None)

    def _has_room(self, record: Record) -> bool:
        return self._ledger.fits(demand_of(record.body["request"]["ResourceConfig"]))

    def _show_pending(self, record: Record) -> None:
        if record.body["secondary"] == "Starting":
            self._put(record, lifecycle.move(record.body, "Pending", self._parts.clock.now()), queue=QUEUED)

    def _begin(self, record: Record) -> None:
        now = self._parts.clock.now()
        if record.body["secondary"] == "Stopping":  # stopped before it ever ran
            body = lifecycle.move(record.body, "Stopped", now)
            self._put(record, {**body, "training_ended_at": now}, queue=None)
            return
        body = dict(record.body)
        if body["secondary"] == "Pending":
            body = lifecycle.move(body, "Starting", now)
        body = self._pools.begin(record.scope, record.name, body)
        body = lifecycle.say({**body, "execution_id": self._new_execution()}, PREPARING)
        # The record first: should we die now, the next steward finds an attempt that was never started.
        self._put(record, body, queue=ACTIVE)
        self._occupy(*self._leases.claim())
        if (record.scope, record.name) in self._leases.held:  # else another steward was faster
            self._start(body)

    def _start(self, body: Mapping[str, Any]) -> None:
        environment = job_environment(self._parts.home, body)
        self._executor.start(planning.plan_attempt(body, environment, int(self._parts.clock.now())))

    def _new_execution(self) -> str:
        return f"tr-{self._parts.ids.new()}"

    def _put(self, record: Record, body: Mapping[str, Any], queue: str | None = ACTIVE) -> Record:
        changed = replace(record, body=body, status=lifecycle.primary(body), queue=queue)
        return self._parts.state.put(changed, expected_version=record.version)
