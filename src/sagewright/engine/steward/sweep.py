"""Clearing away what nothing names any more: executions, and the bytes of objects that were never finished."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from sagewright.engine.abc import Clock, ObjectStore, Query, Record, StateStore

_SWEEP_EVERY_S = 3600.0
_SLICE_S = 0.05


@runtime_checkable
class Sweepable(Protocol):
    """A store in which a killed writer may leave bytes behind."""

    def sweeping(self) -> Iterator[bool]: ...


class Keeper(Protocol):
    """An executor that can tell what it keeps."""

    def executions(self) -> Sequence[str]: ...

    def release(self, execution_id: str) -> None: ...


class ObjectSweeper:
    """Removes, once an hour, the bytes that killed writers have left, where the store can have such.

    It works in slices, so that it holds nothing up, and is no reason for the steward to stay.
    """

    kind = "object sweep"

    def __init__(self, objects: ObjectStore, clock: Clock) -> None:
        self._objects, self._clock = objects, clock
        self._next_at = clock.now()
        self._under_way: Iterator[bool] | None = None

    def tick(self) -> bool:
        if self._under_way is None and self._clock.now() >= self._next_at and isinstance(self._objects, Sweepable):
            self._next_at = self._clock.now() + _SWEEP_EVERY_S
            self._under_way = self._objects.sweeping()
        deadline = time.monotonic() + _SLICE_S
        while self._under_way is not None and time.monotonic() < deadline:
            if next(self._under_way, None) is None:
                self._under_way = None
        return False


def sweep(state: StateStore, executor: Keeper) -> None:
    """Release every execution that no active record names."""
    wanted = {execution for record in _active(state) for execution in named_in(record)}
    for execution in executor.executions():
        if execution not in wanted:
            executor.release(execution)


def named_in(record: Record) -> Iterator[str]:
    """Yield every execution id that stands anywhere in a record's body."""
    stack: list[object] = [record.body]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("execution_id"), str):
                yield value["execution_id"]
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _active(state: StateStore) -> Iterator[Record]:
    for kind in ("training-job", "endpoint", "inference-component", "transform-job"):
        token: str | None = None
        while True:
            page = state.list(Query(kind, queue="active", limit=1000, after=token))
            yield from page.records
            token = page.next_token
            if token is None:
                break
