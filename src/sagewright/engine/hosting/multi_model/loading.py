"""Loading a model into a server, and unloading others that are in its way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sagewright import settings
from sagewright.engine.abc import ObjectStore
from sagewright.engine.executors.process.memory import excess_bytes
from sagewright.engine.hosting import faults
from sagewright.engine.hosting.http import TimedOut
from sagewright.engine.hosting.meters import MICROSECONDS
from sagewright.engine.hosting.multi_model.places import Model, Place, unlocking
from sagewright.engine.hosting.multi_model.server import NO_ROOM, ModelServer
from sagewright.vocabulary.errors import ApiError

LOAD_S = 360.0  # a load may go on for so long, whatever became of its caller

Note = Callable[[str, float, str], None]


@dataclass(frozen=True)
class Loader:
    """Loads models into one server.

    Attributes:
        note: Takes the values of metrics: name, value, unit.
        memory_bytes: What the server and its models may hold; None: as much as there is.
    """

    objects: ObjectStore
    place: Place
    server: ModelServer
    note: Note
    memory_bytes: int | None = None

    def load(self, model: Model, wait_s: float) -> None:
        """Have a model loaded, by this process or by another one that has begun to.

        Raises:
            ApiError: `ModelNotReadyException`: it is not loaded after `wait_s` seconds; the loading goes on.
                `ValidationError`: there is no such model.
            AnswerFault: The server cannot load it.
            Undelivered, Broken: The server is gone.
        """
        began = time.monotonic()
        lock = self.place.lock(model.name, began + wait_s)
        if lock is None:
            raise _not_ready(model)
        failures: list[BaseException] = []
        thread = threading.Thread(target=self._load_and_unlock, args=(model, lock, failures), daemon=True)
        thread.start()
        thread.join(max(0.0, began + wait_s - time.monotonic()))
        if thread.is_alive():
            raise _not_ready(model)
        self.note("ModelLoadingWaitTime", (time.monotonic() - began) * 1e6, MICROSECONDS)
        if failures:
            raise failures[0]

    def unload(self, name: str) -> bool:
        """Unload a model and remove its files; False: somebody is loading or unloading it."""
        lock = self.place.lock(name, 0.0)
        if lock is None:
            return False
        with unlocking(lock), self._timed("ModelUnloadingTime"):
            self.server.unload(name)
            self.place.clear(name)
        return True

    def _load_and_unlock(self, model: Model, lock: int, failures: list[BaseException]) -> None:
        with unlocking(lock):
            try:
                self._load(model)
            except TimedOut:
                failures.append(_not_ready(model))
            except Exception as error:  # noqa: BLE001 - the caller's thread raises it
                failures.append(error)

    def _load(self, model: Model) -> None:
        if self.server.has(model.name):  # somebody was faster
            return
        with self._timed("ModelDownloadingTime"):
            self.place.lay(self.objects, model)
        self._make_room(model)
        deadline = time.monotonic() + LOAD_S
        with self._timed("ModelLoadingTime"):
            while not self.server.load(model, deadline):
                if not self._unload_one(model):
                    raise faults.AnswerFault(self.server.container, NO_ROOM, "There is no room for the model.")
        while self._is_over_memory() and self._unload_one(model):
            pass
        self.note("LoadedModelCount", len(self.server.loaded()), "None")

    def _make_room(self, model: Model) -> None:
        """Keep to the number of models that may be loaded at once."""
        most = settings.LOADED_MODELS.read()
        while most and len(self.server.loaded()) >= most and self._unload_one(model):
            pass

    def _is_over_memory(self) -> bool:
        pid = self.place.pid() if self.memory_bytes else None
        return pid is not None and excess_bytes(pid, self.memory_bytes or 0) is not None

    def _unload_one(self, but: Model) -> bool:
        """Unload the model that has not been used for longest; False: there is none."""
        others = [name for name in self.server.loaded() if name != but.name]
        return any(self.unload(name) for name in sorted(others, key=self.place.used_at))

    def _timed(self, name: str) -> _Timed:
        return _Timed(self.note, name)


class _Timed:
    """Notes how long a block takes."""

    def __init__(self, note: Note, name: str) -> None:
        self._note, self._name = note, name

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._note(self._name, (time.monotonic() - self._began) * 1e6, MICROSECONDS)


def _not_ready(model: Model) -> ApiError:
    return ApiError(
        "ModelNotReadyException", f"The model {model.target} is not ready: it is still being loaded. Try again.", 429
    )
