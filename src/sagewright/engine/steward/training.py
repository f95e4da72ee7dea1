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
from sagewright.engine.planning import training as planning
from sagewright.engine.steward.capacity import Ledger, demand_of
from sagewright.engine.steward.leases import ACTIVE, Key, Leases

KIND = "training-job"
QUEUED = "queued"
SHOWN_AS_PENDING = 20  # of those that wait; to rewrite ten thousand waiting records would help nobody

Body = dict[str, Any]

log = logging.getLogger(__name__)


class TrainingReconciler:
    """Carries every training job on as far as is possible now.

    A job is `queued` until there is room for it, then `active` with an execution for its current attempt.
    """

    kind = KIND

    def __init__(self, parts: Parts, executor: Executor, owner: str) -> None:
        self._parts, self._executor = parts, executor
        self._leases = Leases(parts, KIND, owner)
        capability = executor.capabilities()
        self._ledger = Ledger(capability.cpus, capability.memory_bytes)

    def tick(self) -> bool:
        """Do what can be done; return whether a job is under way or waits."""
        self._adopt()
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
            # A steward died between writing the attempt down and starting all of it.
            self._start(record.body)
            return
        if record.body["secondary"] == "Stopping" and not record.body.get("stop_ordered"):
            record = self._order_stop(record)
        self._apply(record, hosts)

    def _order_stop(self, record: Record) -> Record:
        self._executor.stop(record.body["execution_id"], planning.GRACE_S)
        return self._put(record, {**record.body, "stop_ordered": True})

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
        if verdict == "failed" and any(host.alive for host in hosts):
            self._executor.stop(body["execution_id"], planning.GRACE_S)
            return
        if verdict == "died" and attempts_left(body):
            self._put(record, self._next_attempt(body, hosts))
        else:
            self._put(record, finished(body, verdict, hosts, self._parts.clock.now()), queue=None)
            self._let_go(record.scope, record.name)
        self._executor.release(body["execution_id"])

    def _next_attempt(self, body: Body, hosts: Sequence[HostState]) -> Body:
        now = self._parts.clock.now()
        began = [time for host in hosts for phase, time in host.phases if phase == "Training"]
        used_s = body.get("used_s", 0.0) + (now - min(began) if began else 0.0)
        if body["secondary"] != "Starting":
            body = lifecycle.move(body, "Starting", now)
        return {**body, "attempt": body["attempt"] + 1, "used_s": used_s, "execution_id": self._new_execution()}

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
        body = {**body, "execution_id": self._new_execution()}
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


# What hosts say, as facts of the job. Pure -------------------------------------------------------------------------


def advance(body: Body, hosts: Sequence[HostState]) -> Body:
    """Return the body after the phases that every host has entered, at the times when the last one did."""
    for phase in ("Downloading", "Training", "Uploading"):
        times = [time for host in hosts for entered, time in host.phases if entered == phase]
        if len(times) < len(hosts):
            break
        if phase == "Training":
            body.setdefault("training_started_at", max(times))
        if phase in lifecycle.MOVES[body["secondary"]]:
            body = lifecycle.move(body, phase, max(times))
    return body


def judge(hosts: Sequence[HostState]) -> str | None:
    """Return `done`, `stopped`, `max-runtime`, `failed` or `died`; None: the hosts are at work."""
    if any(host.outcome and host.outcome["reason"] for host in hosts):
        return "failed"
    if any(host.outcome is None and not host.alive for host in hosts):
        return "died"
    if any(host.outcome is None for host in hosts):
        return None
    return next((host.outcome["stopped"] for host in hosts if host.outcome and host.outcome["stopped"]), "done")


def attempts_left(body: Mapping[str, Any]) -> bool:
    """Tell whether the job wants another attempt after its host died; a job that is stopping wants none."""
    allowed: int = body["request"].get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
    return bool(body["attempt"] <= allowed and body["secondary"] != "Stopping")


def finished(body: Body, verdict: str, hosts: Sequence[HostState], now: float) -> Body:
    """Return the body of a job that has come to its end."""
    outcomes = [host.outcome for host in hosts if host.outcome]
    body = {**body, "training_ended_at": now, "final_metrics": final_metrics(outcomes)}
    for outcome in outcomes:
        if "model" in outcome["artifacts"]:
            body["model_artifacts"] = outcome["artifacts"]["model"]
    if verdict in ("failed", "died"):
        return {**lifecycle.move(body, "Failed", now), "failure_reason": _reason(outcomes)}
    if verdict == "max-runtime":
        return lifecycle.move(lifecycle.move(body, "Stopping", now), "MaxRuntimeExceeded", now)
    if body["secondary"] == "Stopping":
        return lifecycle.move(body, "Stopped", now)
    return lifecycle.move(body, "Completed", now)


def final_metrics(outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `FinalMetricDataList`: the last value of each metric over all hosts."""
    last: dict[str, tuple[float, float]] = {}
    for outcome in outcomes:
        for name, (value, time) in outcome["metrics"].items():
            if name not in last or time >= last[name][1]:
                last[name] = (value, time)
    return [
        {"MetricName": name, "Value": value, "Timestamp": int(time)} for name, (value, time) in sorted(last.items())
    ][:40]


def _reason(outcomes: Sequence[Mapping[str, Any]]) -> str:
    failed = [outcome for outcome in outcomes if outcome["reason"]]
    if failed:
        first: str = min(failed, key=lambda outcome: outcome["ended_at"] or 0.0)["reason"]
        return first
    return "InternalServerError: We encountered an internal error. Please try again. The job's host process was killed."
