"""The workers of one model: the first from the start, further ones when requests wait, new ones for those that die."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from sagewright.engine.model_server.channel import Gone
from sagewright.engine.model_server.processes import Launch, LoadFailed, Worker
from sagewright.engine.model_server.wire import Request, Response, error_response
from sagewright.engine.script_mode.journal import Journal

GROW_AFTER_S = 0.02  # that a request waits, before another worker is started
SHRINK_AFTER_S = 120.0  # that a further worker is idle
FAILED_LOADS = 3  # in a row, of a model that could be loaded before, until the server gives up
PAUSE_S = 0.5  # between them
WAIT_S = 60.0  # that a request waits for a worker at most: its client waits no longer
CLOSING_S = 2.0  # for idle workers to end


class Pool:
    """Answers requests of one model.

    Args:
        most: How many workers there may be.
        give_up: Called when workers have died and no new one comes up.
    """

    def __init__(self, launch: Launch, most: int, journal: Journal, give_up: Callable[[str], None]) -> None:
        self._launch, self._most, self._journal, self._give_up = launch, most, journal, give_up
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._alive: list[Worker] = []
        self._starting = 0
        self._failed = 0
        self._closed = False
        self.facts: dict[str, Any] = {}

    def start(self) -> None:
        """Start the first worker; return when it has loaded the model.

        Raises:
            LoadFailed: It cannot.
        """
        failure: list[LoadFailed] = []
        with self._changed:
            self._start_one(failure)
            self._changed.wait_for(lambda: self._alive or failure or self._closed)
        if failure:
            raise failure[0]

    def answer(self, request: Request) -> Response:
        """Answer a request by the next free worker."""
        for _ in range(2):  # an idle worker may have died, which its channel tells
            worker = self._take()
            if worker is None:
                return error_response(503, "No worker has become free in time to answer the request.")
            try:
                response, is_busy = worker.answer(request)
            except Gone:
                worker.ended.wait(1.0)
                continue
            except BaseException:
                worker.kill()
                raise
            if is_busy:
                return response._replace(body=self._freeing(worker, response.body))  # type: ignore[arg-type]
            self._free(worker)
            return response
        return error_response(502, "The worker's process has ended before it took the request.")

    def close(self) -> None:
        """End the workers: at once those that are idle, the others with their answer."""
        with self._changed:
            self._closed = True
            for worker in self._idle:
                worker.retire()
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        deadline = time.monotonic() + CLOSING_S
        for worker in idle:
            if not worker.ended.wait(max(0.0, deadline - time.monotonic())):
                worker.kill()

    def kill(self) -> None:
        """End all workers now."""
        with self._changed:
            self._closed = True
            for worker in self._alive:
                worker.kill()

    def resident_bytes(self) -> int:
        """Return how much memory the workers hold."""
        with self._changed:
            return sum(worker.resident_bytes() for worker in self._alive)

    def _take(self) -> Worker | None:
        deadline = time.monotonic() + WAIT_S
        with self._changed:
            if not self._idle:
                self._changed.wait(GROW_AFTER_S)
                self._grow()
            while not self._idle and not self._closed:
                left_s = deadline - time.monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    break
            return self._idle.pop() if self._idle else None

    def _free(self, worker: Worker) -> None:
        limit_bytes = self._launch.memory_bytes
        if limit_bytes and (held_bytes := worker.resident_bytes()) > limit_bytes:
            self._journal.error(
                f"Worker {worker.pid} holds {held_bytes} bytes, the instance has {limit_bytes}: it ends."
            )
            worker.kill()
            return
        now = time.monotonic()
        with self._changed:
            worker.idle_since = now
            if worker not in self._alive:
                return
            if self._closed:
                worker.retire()
                return
            self._idle.append(worker)
            self._changed.notify()
            if len(self._idle) > 1 and now - self._idle[0].idle_since > SHRINK_AFTER_S:
                self._idle.pop(0).retire()

    def _freeing(self, worker: Worker, pieces: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from pieces
        finally:
            pieces.close()  # type: ignore[attr-defined]
            self._free(worker)

    def _grow(self) -> None:
        if not self._idle and not self._closed and not self._starting and len(self._alive) < self._most:
            self._start_one([])

    def _start_one(self, failure: list[LoadFailed]) -> None:
        self._starting += 1
        threading.Thread(target=self._keep, args=(failure,), daemon=True).start()

    def _keep(self, failure: list[LoadFailed]) -> None:
        """Start a worker, and see to it that it is replaced when it ends."""
        worker = Worker(self._launch)
        try:
            facts = worker.await_ready()
        except LoadFailed as error:
            if not worker.ended.is_set():
                worker.reap()
            self._has_failed(error, failure)
            return
        with self._changed:
            self._starting, self._failed, self.facts = self._starting - 1, 0, facts
            self._alive.append(worker)
            if self._closed:
                worker.retire()
            else:
                self._idle.append(worker)
            self._changed.notify_all()
        worker.reap()
        self._has_ended(worker)

    def _has_failed(self, error: LoadFailed, failure: list[LoadFailed]) -> None:
        with self._changed:
            self._starting -= 1
            failure.append(error)
            was_loaded, self._failed = bool(self.facts), self._failed + 1
            has_none = not self._alive and not self._closed
            self._changed.notify_all()
        if not was_loaded or not has_none:
            return
        if self._failed >= FAILED_LOADS:
            self._give_up(f"No worker comes up any more: {error}")
            return
        time.sleep(PAUSE_S)
        with self._changed:
            self._start_one([])

    def _has_ended(self, worker: Worker) -> None:
        with self._changed:
            self._alive.remove(worker)
            if worker in self._idle:
                self._idle.remove(worker)
            if self._closed or worker.retired:
                return
            if not self._alive and not self._starting:
                self._start_one([])
        self._journal.error(f"Worker {worker.pid} {worker.ending}; it is replaced.")
