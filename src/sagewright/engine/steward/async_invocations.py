"""The steward's loop for asynchronous invocations: a queue per endpoint, worked by threads (`contract.md` 2.9).

An invocation is a record until it has come to its end: whatever is killed, the next steward begins it again. Its answer
is an object of its own name, which is written once; its notification may be sent a second time by a steward that
follows one that was killed.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.hosting import faults
from sagewright.engine.hosting.gates import Shut
from sagewright.engine.hosting.http import Broken, Undelivered
from sagewright.engine.hosting.routing import choose_variant
from sagewright.engine.operations.runtime.async_invocations import KIND
from sagewright.engine.parts import Parts
from sagewright.engine.steward import async_notices
from sagewright.engine.steward.alarms import Publish
from sagewright.engine.steward.async_backlog import Backlog, count_end, note_failure
from sagewright.engine.steward.async_work import Failed, answer, see_log, store_failure
from sagewright.engine.steward.leases import ACTIVE

MOST_AT_ONCE = 4  # invocations of an instance, where the configuration leaves that to the service
MOST_TRIES = 3  # of an invocation that breaks its server
PAUSE_S = 0.5  # before an invocation is brought to an instance again
SWEEP_S = 5.0  # between looks for what has expired or lost its endpoint

Key = tuple[str, str]  # scope and name
Endpoints = Mapping[Key, Record]

log = logging.getLogger(__name__)


class AsyncReconciler:
    """Works the queues of all asynchronous endpoints.

    Args:
        minute_s: Seconds that count as a minute of the metrics that auto scaling reads.
        publish: Sends a message to a topic of SNS.
    """

    kind = KIND

    def __init__(self, parts: Parts, minute_s: float, publish: Publish) -> None:
        self._parts, self._publish = parts, publish
        self._backlog = Backlog(parts, minute_s, publish)
        self._lock = threading.Lock()
        self._running: dict[Key, str] = {}  # -> execution
        self._not_before: dict[Key, float] = {}
        self._endings = ThreadPoolExecutor(4, thread_name_prefix="async-ending")
        self._next_sweep = 0.0

    def tick(self) -> bool:
        """Start what can be started; return whether something waits or is under way."""
        now, waiting = self._parts.clock.now(), self._parts.state.count(Query(KIND, queue=ACTIVE))
        if waiting or self._backlog.is_due():
            endpoints = {(record.scope, record.name): record for record in _endpoints(self._parts)}
            if waiting and now >= self._next_sweep:
                self._next_sweep = now + SWEEP_S
                self._sweep(endpoints, now)
            for endpoint in endpoints.values() if waiting else ():
                try:
                    self._dispatch(endpoint, now)
                except Exception:  # the border of the loop: one endpoint must not stop the others
                    log.exception("asynchronous endpoint %s", endpoint.name)
            self._backlog.report(endpoints.values())
        return bool(waiting or self._running)

    def wait(self) -> None:
        """Wait for all that is under way."""
        while self._running:
            threading.Event().wait(0.005)

    # Starting -----------------------------------------------------------------------------------------------------

    def _dispatch(self, endpoint: Record, now: float) -> None:
        """Bring invocations, oldest first, to the instances of an endpoint that have room."""
        config = endpoint.body["config"]["AsyncInferenceConfig"]
        most = config.get("ClientConfig", {}).get("MaxConcurrentInvocationsPerInstance", MOST_AT_ONCE)
        with self._lock:
            running, busy = set(self._running), Counter(self._running.values())
        ready = _ready(endpoint.body)
        room = sum(max(0, most - busy[execution]) for execution in ready)
        if not room:
            return
        mine = sum(1 for scope, name in running if _is_of(endpoint, scope, name))
        for record in self._waiting(endpoint, room + mine):
            key = (record.scope, record.name)
            if key in running or now < self._not_before.get(key, 0.0):
                continue
            variant = choose_variant(endpoint.body, None)
            instances = [i for i in endpoint.body["instances"][variant["name"]] if busy[i["execution_id"]] < most]
            free = [i for i in instances if i["execution_id"] in ready]
            if not free:
                continue
            instance = min(free, key=lambda i: busy[i["execution_id"]])
            busy[instance["execution_id"]] += 1
            self._start(key, instance["execution_id"], partial(self._work, record, config, variant, instance))

    def _waiting(self, endpoint: Record, limit: int) -> Iterator[Record]:
        query = Query(KIND, endpoint.scope, name_prefix=f"{endpoint.name}/", queue=ACTIVE, limit=limit)
        for record in self._parts.state.list(query).records:
            if record.body["endpoint_created_at"] == endpoint.created_at:
                yield record

    def _start(self, key: Key, execution: str, work: Callable[[], None]) -> None:
        with self._lock:
            self._running[key] = execution
        threading.Thread(target=self._guarded, args=(key, work), name=f"async-{key[1]}", daemon=True).start()

    def _guarded(self, key: Key, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # the border of the thread: the record stays, and is begun again
            log.exception("asynchronous invocation %s", key[1])
            self._not_before[key] = self._parts.clock.now() + PAUSE_S
        finally:
            with self._lock:
                self._running.pop(key, None)
            self._parts.ring()

    # Working ------------------------------------------------------------------------------------------------------

    def _work(
        self, record: Record, config: Mapping[str, Any], variant: Mapping[str, Any], instance: Mapping[str, Any]
    ) -> None:
        """See one invocation to its end, or leave it for another try."""
        began, key = self._parts.clock.now(), (record.scope, record.name)
        containers = [container["name"] for container in variant["containers"]]
        self._not_before.pop(key, None)
        if "outcome" in record.body:  # a steward was killed before it could tell
            self._tell(record, config)
            return
        try:
            outcome = {"status": "Completed", "content_type": answer(self._parts, record, instance, containers)}
        except Failed as failure:
            outcome = {"status": "Failed", "reason": str(failure)}
            note_failure(self._parts, record, variant["name"], instance["execution_id"], str(failure))
        except (Shut, Undelivered):
            self._not_before[key] = self._parts.clock.now() + PAUSE_S
            return
        except Broken:
            if record.body["tries"] + 1 < MOST_TRIES:
                self._put(record, {**record.body, "tries": record.body["tries"] + 1})
                self._not_before[key] = self._parts.clock.now() + PAUSE_S
                return
            gone = faults.gone(containers[0], record.body["endpoint"]).told(see_log(record))
            outcome = {"status": "Failed", "reason": gone}
        count_end(self._parts, record, variant["name"], began, failed=outcome["status"] == "Failed")
        self._end(record, config, outcome)

    def _end(self, record: Record, config: Mapping[str, Any], outcome: Mapping[str, Any]) -> None:
        if outcome["status"] == "Failed":
            try:
                store_failure(self._parts, record, outcome["reason"])
            except Failed as failure:
                log.warning("%s: %s", record.name, failure)
        if async_notices.topic_of(config, outcome["status"]) is None:
            self._parts.state.delete(KIND, record.scope, record.name)
            return
        told = self._put(record, {**record.body, "outcome": outcome})
        if told is not None:
            self._tell(told, config)

    def _tell(self, record: Record, config: Mapping[str, Any]) -> None:
        """Send the notification of an invocation that has come to its end, and forget it."""
        topic = async_notices.topic_of(config, record.body["outcome"]["status"])
        if topic is not None:
            message = async_notices.result(self._parts.objects, record, config, self._parts.clock.now())
            self._publish(topic, "", json.dumps(message))
        self._parts.state.delete(KIND, record.scope, record.name)

    def _put(self, record: Record, body: Mapping[str, Any]) -> Record | None:
        try:
            return self._parts.state.put(replace(record, body=body), expected_version=record.version)
        except VersionConflict:
            return None

    # Ending early -------------------------------------------------------------------------------------------------

    def _sweep(self, endpoints: Endpoints, now: float) -> None:
        """End what nobody will work on: its time in the queue is over, or its endpoint is gone."""
        with self._lock:
            running = set(self._running)
        for record in list(_all(self._parts, Query(KIND, queue=ACTIVE, limit=1000))):
            if (record.scope, record.name) in running:
                continue
            endpoint = endpoints.get((record.scope, record.body["endpoint"]))
            if endpoint is None or endpoint.created_at != record.body["endpoint_created_at"]:
                self._end_early(record, {"OutputConfig": {}}, "The endpoint was deleted before it took the request.")
            elif now >= record.body["expires_at"] and "outcome" not in record.body:
                config = endpoint.body["config"]["AsyncInferenceConfig"]
                age_s = record.body["expires_at"] - record.body["received_at"]
                self._end_early(record, config, f"The request expired: it waited for more than {age_s:g} seconds.")

    def _end_early(self, record: Record, config: Mapping[str, Any], reason: str) -> None:
        key = (record.scope, record.name)
        with self._lock:
            self._running[key] = ""
        outcome = {"status": "Failed", "reason": reason}
        self._endings.submit(self._guarded, key, partial(self._end, record, config, outcome))


def _endpoints(parts: Parts) -> Iterator[Record]:
    """Yield the asynchronous endpoints that are not being deleted."""
    for record in _all(parts, Query("endpoint", queue=ACTIVE, limit=1000)):
        is_async = record.body.get("config", {}).get("AsyncInferenceConfig")
        if is_async and record.body["endpoint_status"] != "Deleting":
            yield record


def _all(parts: Parts, query: Query) -> Iterator[Record]:
    token: str | None = None
    while True:
        page = parts.state.list(replace(query, after=token))
        yield from page.records
        token = page.next_token
        if token is None:
            return


def _ready(body: Mapping[str, Any]) -> set[str]:
    """Return the executions that take requests."""
    return {
        instance["execution_id"]
        for variant in body["variants"]
        if not variant.get("shadow")
        for instance in body["instances"].get(variant["name"], ())
        if instance.get("addresses")
    }


def _is_of(endpoint: Record, scope: str, name: str) -> bool:
    return scope == endpoint.scope and name.startswith(f"{endpoint.name}/")
