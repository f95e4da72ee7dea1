"""What a multi-model server is asked beside predictions: its `/models` API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sagewright.engine.hosting import faults
from sagewright.engine.hosting.connections import Answer, ask
from sagewright.engine.hosting.http import Broken, TimedOut, TooLarge
from sagewright.engine.hosting.multi_model.places import Model

CALL_S = 60.0
NO_ROOM = 507
LOADED_BEFORE = 409


@dataclass(frozen=True)
class ModelServer:
    """One server.

    Attributes:
        address: `host:port`.
        container: What errors call it.
    """

    address: str
    container: str

    def has(self, name: str) -> bool:
        """Tell whether a model is loaded."""
        return self._call("GET", f"/models/{name}").status == 200

    def loaded(self) -> list[str]:
        """Return the names of the models that are loaded."""
        return list(self._names())

    def load(self, model: Model, deadline: float) -> bool:
        """Load a model; False: there is no room for it.

        Raises:
            AnswerFault: The server cannot load it.
            TimedOut: It has not by `deadline`, in seconds of the monotonic clock.
        """
        body = json.dumps({"model_name": model.name, "url": model.url}).encode()
        answer = ask(self.address, "/models", {"Content-Type": "application/json"}, body, deadline)
        if answer.status == NO_ROOM:
            return False
        if answer.status >= 300 and answer.status != LOADED_BEFORE:
            raise faults.AnswerFault(self.container, answer.status, answer.body.decode(errors="replace"))
        return True

    def unload(self, name: str) -> None:
        """Unload a model; one that is not loaded is no error."""
        self._call("DELETE", f"/models/{name}")

    def _names(self) -> Iterator[str]:
        token = ""
        while True:
            answer = self._call("GET", f"/models?next_page_token={token}" if token else "/models")
            try:
                page = json.loads(answer.body)
                yield from (str(model["modelName"]) for model in page["models"])
                token = str(page.get("nextPageToken") or "")
            except (ValueError, KeyError, TypeError):
                raise faults.AnswerFault(
                    self.container, answer.status, "GET /models: the answer is no list of models."
                ) from None
            if not token:
                return

    def _call(self, method: str, path: str) -> Answer:
        try:
            return ask(self.address, path, {}, b"", time.monotonic() + CALL_S, method=method)
        except TimedOut:
            raise faults.timed_out(self.container) from None
        except TooLarge as error:
            raise Broken(f"{method} {path}: {error}", time.time(), answered=True) from None
