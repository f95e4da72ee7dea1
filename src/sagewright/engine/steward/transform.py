"""The steward's loop for transform jobs: load -> act -> apply, the apply guarded by the record's version."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sagewright.engine.abc import Executor, HostState, Query, Record, VersionConflict
from sagewright.engine.executors.environment import job_environment
from sagewright.engine.lifecycle import transform as lifecycle
from sagewright.engine.parts import Parts
from sagewright.engine.planning.transform import GRACE_S, plan_transform
from sagewright.engine.steward.capacity import Demand, Ledger, demand_of
from sagewright.engine.steward.leases import ACTIVE, Key, Leases

KIND = "transform-job"
QUEUED = "queued"
KILLED = (
    "InternalServerError: We encountered an internal error. Please try again. "
    "A process of the job's instance was killed."
)

Body = dict[str, Any]

log = logging.getLogger(__name__)


class TransformReconciler:
    """Carries every transform job on as far as is possible now.

    A job is `queued` until there is room for it, then `active` with an execution for each of its instances. An instance
    is done when its client has left an outcome; then its servers are ended, and when all processes are gone the job is.
    """

    kind = KIND

    def __init__(self, parts: Parts, executor: Executor, owner: str, ledger: Ledger) -> None:
        self._parts, self._executor, self._ledger = parts, executor, ledger
        self._leases = Leases(parts, KIND, owner)

    def tick(self) -> bool:
        """Do what can be done; return whether a job is under way or waits."""
        self._occupy(*self._leases.adopt())
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
            log.exception("transform job %s", name)

    def _occupy(self, claimed: Sequence[Record], lost: Sequence[Key]) -> None:
        """Take the room that claimed jobs occupy, and give back that of lost ones."""
        for record in claimed:
            self._ledger.take(_who(record.scope, record.name), _demand(record))
        for scope, name in lost:
            self._ledger.give_back(_who(scope, name))

    # Jobs under way ---------------------------------------------------------------------------------------------

    def _carry_on(self, scope: str, name: str) -> None:
        record = self._parts.state.get(KIND, scope, name)
        if record is None or record.queue != ACTIVE:
            self._let_go(scope, name)
            return
        seen = {item["execution_id"]: self._executor.observe(item["execution_id"]) for item in record.body["instances"]}
        if not all(seen.values()):
            # A steward died between writing the job down and starting it.
            self._start(record.body)
            return
        verdicts = [verdict_of(hosts) for hosts in seen.values()]
        if not _is_ending(record.body, verdicts):
            return
        if not any(host.alive for hosts in seen.values() for host in hosts):
            self._finish(record, verdicts)
        elif not record.body.get("verdicts"):
            for execution_id in seen:
                self._executor.stop(execution_id, GRACE_S)
            # Once for all: hosts that end because they were told to are no failures.
            self._put(record, {**record.body, "verdicts": [list(verdict) for verdict in verdicts]})

    def _finish(self, record: Record, verdicts: Sequence[Verdict]) -> None:
        told = [(word, reason) for word, reason in record.body.get("verdicts") or verdicts]
        self._put(record, finished(record.body, told, self._parts.clock.now()), queue=None)
        self._let_go(record.scope, record.name)
        for item in record.body["instances"]:
            self._executor.release(item["execution_id"])

    def _let_go(self, scope: str, name: str) -> None:
        self._leases.let_go(scope, name)
        self._ledger.give_back(_who(scope, name))

    # Jobs that wait ---------------------------------------------------------------------------------------------

    def _start_waiting(self) -> bool:
        """Start the jobs that there is room for, first come first served; return whether any waits on."""
        while True:
            page = self._parts.state.list(Query(KIND, queue=QUEUED, limit=1))
            if not page.records:
                return False
            head = page.records[0]
            if head.body["status"] != "Stopping" and not self._ledger.fits(_demand(head)):
                return True
            self._guarded(head.name, partial(self._begin, head))

    def _begin(self, record: Record) -> None:
        now = self._parts.clock.now()
        if record.body["status"] == "Stopping":  # stopped before it ever ran
            self._put(record, lifecycle.move(record.body, "Stopped", now), queue=None)
            return
        count = record.body["request"]["TransformResources"]["InstanceCount"]
        instances = [{"execution_id": f"tf-{self._parts.ids.new()}"} for _ in range(count)]
        body = {**record.body, "started_at": now, "instances": instances}
        # The record first: should we die now, the next steward finds instances that were never started.
        self._put(record, body)
        self._occupy(*self._leases.claim())
        if (record.scope, record.name) in self._leases.held:  # else another steward was faster
            self._start(body)

    def _start(self, body: Mapping[str, Any]) -> None:
        environment = job_environment(self._parts.home, body)
        for number in range(len(body["instances"])):
            self._executor.start(plan_transform(body, number, environment))

    def _put(self, record: Record, body: Mapping[str, Any], queue: str | None = ACTIVE) -> Record:
        changed = replace(record, body=body, status=body["status"], queue=queue)
        return self._parts.state.put(changed, expected_version=record.version)


Verdict = tuple[str, str]  # of an instance: `working`, `done`, `failed`, `died` or `stopped`, and why


def verdict_of(hosts: Sequence[HostState]) -> Verdict:
    """Return what has become of an instance."""
    *servers, client = hosts
    if client.outcome is not None:
        reason = client.outcome["reason"]
        return ("failed", reason) if reason else ("stopped" if client.outcome["stopped"] else "done", "")
    if not client.alive:
        return "died", KILLED
    gone = next((host for host in servers if not host.alive and host.outcome is None), None)
    return ("died", KILLED) if gone else ("working", "")


def finished(body: Mapping[str, Any], verdicts: Sequence[Verdict], now: float) -> Body:
    """Return the body of a job whose processes have ended."""
    body = {name: value for name, value in body.items() if name != "verdicts"}
    if body["status"] == "Stopping":
        return lifecycle.move(body, "Stopped", now)
    words = dict(verdicts)
    for word in ("failed", "died"):
        if word in words:
            reason = next(reason for verdict, reason in verdicts if verdict == word)
            return {**lifecycle.move(body, "Failed", now), "failure_reason": reason}
    return lifecycle.move(body, "Completed", now)


def _is_ending(body: Mapping[str, Any], verdicts: Sequence[Verdict]) -> bool:
    """Tell whether the job is told to end, has an instance that died, or has none at work."""
    words = {word for word, _ in verdicts}
    return body["status"] == "Stopping" or bool(body.get("verdicts")) or "died" in words or "working" not in words


def _who(scope: str, name: str) -> str:
    return f"{KIND}/{scope}/{name}"


def _demand(record: Record) -> Demand:
    return demand_of(record.body["request"]["TransformResources"])
