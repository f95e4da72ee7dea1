"""Clearing away executions whose records no longer name them: a steward may have died before it could."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from sagewright.engine.abc import ObjectStore, Query, Record, StateStore


@runtime_checkable
class Sweepable(Protocol):
    """A store in which a killed writer may leave bytes behind."""

    def sweep(self) -> int: ...


class Keeper(Protocol):
    """An executor that can tell what it keeps."""

    def executions(self) -> Sequence[str]: ...

    def release(self, execution_id: str) -> None: ...


def sweep_objects(objects: ObjectStore) -> None:
    """Remove the bytes that killed writers have left, where the store can have such."""
    if isinstance(objects, Sweepable):
        objects.sweep()


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
