"""The engine's facade: one call per API operation."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from sagewright.engine import operations
from sagewright.engine.clock import FakeClock, RandomIds, SystemClock
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.homes import OBJECTS, STATE


class Engine:
    """Answers API calls on one home folder. Any number of processes may each open an engine on the same home."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @classmethod
    def open(cls, home: Path) -> Engine:
        """Open the engine on a home folder, making the folder (for the user's eyes alone) if it is missing."""
        from sagewright.engine.objects.files import FileObjectStore
        from sagewright.engine.state.sqlite import SqliteStateStore
        from sagewright.engine.steward.bell import Bell
        from sagewright.engine.streams.files import FileLogStore
        from sagewright.engine.streams.sqlite import SqliteMetricStore

        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        clock = SystemClock()
        return cls(
            Parts(
                home=home,
                state=SqliteStateStore(home / STATE, clock),
                objects=FileObjectStore(home / OBJECTS, clock),
                logs=FileLogStore(home / "logs", clock),
                metrics=SqliteMetricStore(home / "metrics.sqlite3"),
                clock=clock,
                ids=RandomIds(),
                ring=Bell(home).ring,
            )
        )

    @classmethod
    def in_memory(cls) -> Engine:
        """Return an engine that keeps nothing on disk and starts no process: operations only, for tests."""
        from sagewright.engine.objects.memory import MemoryObjectStore
        from sagewright.engine.state.memory import MemoryStateStore
        from sagewright.engine.streams.memory import MemoryLogStore
        from sagewright.engine.streams.memory_metrics import MemoryMetricStore

        clock = FakeClock()
        return cls(
            Parts(
                home=None,
                state=MemoryStateStore(clock),
                objects=MemoryObjectStore(clock),
                logs=MemoryLogStore(clock),
                metrics=MemoryMetricStore(),
                clock=clock,
                ids=RandomIds(),
                ring=lambda: None,
            )
        )

    def call(self, service: str, operation: str, params: Params, caller: Caller) -> Result:
        """Carry out one API operation and return its result once the state is durable.

        Args:
            service: botocore's service name, for example `sagemaker-runtime`.
            operation: The API's name, for example `CreateTrainingJob`.
            params: botocore's Python form of the input, checked against the service model.

        Raises:
            ApiError: AWS's error, and nothing else.
        """
        function = operations.find(service, operation)
        if function is None:
            raise not_built(service, operation)
        return function(self.parts, caller, params)

    def close(self) -> None:
        for part in (self.parts.state, self.parts.objects, self.parts.logs, self.parts.metrics):
            part.close()


_engines: dict[tuple[int, Path], Engine] = {}
_lock = threading.Lock()


def engine_of(home: Path) -> Engine:
    """Return this process's engine on a home, opening it at first use (and again after a fork)."""
    key = (os.getpid(), home)
    with _lock:
        if key not in _engines:
            _engines[key] = Engine.open(home)
        return _engines[key]


def forget(folder: Path) -> None:
    """Close this process's engines on homes at a folder or below it, which it is done with."""
    with _lock:
        done = [key for key in _engines if key[0] == os.getpid() and (folder == key[1] or folder in key[1].parents)]
        engines = [_engines.pop(key) for key in done]
    for engine in engines:
        engine.close()


def not_built(service: str, operation: str) -> ApiError:
    """Return the answer to an operation that the engine does not serve (yet)."""
    code, status = ("NotImplemented", 501) if service == "s3" else ("UnknownOperationException", 400)
    message = (
        f"`{service}:{operation}` is not built into the Sagewright engine yet.\n"
        f"hint: run it with the target `aws`, or without this call."
    )
    return ApiError(code, message, status)
