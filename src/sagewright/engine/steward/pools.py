"""The warm pools of training jobs: which job gets one, and when they end (`lifecycle/warm_pool`)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sagewright.engine.abc import HostState, Query, Record, StateStore, VersionConflict
from sagewright.engine.lifecycle import warm_pool
from sagewright.engine.parts import Parts
from sagewright.engine.planning.limits import max_runtime_s
from sagewright.engine.warm import keeping

KIND = "training-job"
WARM = "warm"  # the queue of jobs that have ended and whose pool waits
LOOK_S = 1.0

Body = dict[str, Any]

log = logging.getLogger(__name__)


class Pools:
    """Hands pools on from one training job to the next."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._next_look = 0.0

    def begin(self, scope: str, name: str, body: Body) -> Body:
        """Return the body of a job that starts now, with the pool of a matching job if one waits."""
        now = self._parts.clock.now()
        for record in self._waiting(scope):
            if not warm_pool.is_available(record.body, now):
                continue
            if not warm_pool.matches(record.body["request"], body["request"]):
                continue
            if self._put(record, warm_pool.reuse(record.body, name, now)):
                begun = warm_pool.begin(body, now, record.body)
                self._prolong(begun.get("interpreter"), now + max_runtime_s(body["request"]))
                return begun
        return warm_pool.begin(body, now, None)

    def end(self, body: Body, verdict: str, hosts: Sequence[HostState]) -> tuple[Body, str | None]:
        """Return the body of a job that has come to its end, and the queue that its record waits in then."""
        interpreter = next((host.outcome.get("interpreter") for host in hosts if host.outcome), None)
        kept = "warm_pool" in body and verdict != "died"
        if (given := body.get("interpreter")) and not (kept and given == interpreter):
            self._dismiss(given)
        if kept:
            return warm_pool.retain(body, interpreter, self._parts.clock.now()), WARM
        self._dismiss(interpreter)
        return (warm_pool.terminate(body, self._parts.clock.now()) if "warm_pool" in body else body), None

    def end_expired(self) -> None:
        """End the pools whose time is over; that needs no hurry."""
        now = self._parts.clock.now()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        for record in self._waiting(None):
            if not warm_pool.is_available(record.body, now) and self._put(
                record, warm_pool.terminate(record.body, now)
            ):
                self._dismiss(record.body["warm_pool"]["interpreter"])

    def _waiting(self, scope: str | None) -> Iterator[Record]:
        yield from _records(self._parts.state, WARM, scope)

    def _put(self, record: Record, body: Mapping[str, Any]) -> bool:
        try:
            self._parts.state.put(replace(record, body=body, queue=None), expected_version=record.version)
        except VersionConflict:
            return False
        return True

    def _prolong(self, interpreter: str | None, until: float) -> None:
        if interpreter and self._parts.home is not None:
            keeping.prolong(self._parts.home, interpreter, until)

    def _dismiss(self, interpreter: str | None) -> None:
        if interpreter and self._parts.home is not None:
            keeping.dismiss(self._parts.home, interpreter)


def sweep_pools(home: Path, state: StateStore) -> None:
    """Dismiss the interpreters that no record knows of: a steward or a host may have died before he could."""
    wanted: set[str] = set()
    for queue in (WARM, "active"):
        for record in _records(state, queue, None):
            pool = record.body.get("warm_pool") or {}
            wanted |= {str(record.body.get(name)) for name in ("interpreter", "execution_id")}
            wanted.add(str(pool.get("interpreter")))
    keeping.sweep(home, wanted)


def _records(state: StateStore, queue: str, scope: str | None) -> Iterator[Record]:
    token: str | None = None
    while True:
        page = state.list(Query(KIND, scope=scope, queue=queue, limit=1000, after=token))
        yield from page.records
        token = page.next_token
        if token is None:
            return
