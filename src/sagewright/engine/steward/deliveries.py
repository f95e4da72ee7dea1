"""The steward's loop for messages that leave the engine: to HTTP endpoints and to functions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from sagewright.engine.gateway.hybrid import pending
from sagewright.engine.gateway.hybrid.pending import Delivery, DeliveryFailed
from sagewright.engine.parts import Parts

AT_ONCE = 8

log = logging.getLogger(__name__)


class DeliveryReconciler:
    """Makes the deliveries that are due, several at once; one that is killed is made once more by the next steward.

    Args:
        deliver: Makes a delivery and returns what to note of it; raises `DeliveryFailed`.
    """

    kind = "delivery"

    def __init__(self, parts: Parts, deliver: Callable[[Path, Delivery], str]) -> None:
        self._parts, self._deliver = parts, deliver
        self._running: dict[int, Thread] = {}

    def tick(self) -> bool:
        """Start what is due; return whether deliveries are under way or wait."""
        home = self._parts.home
        self._running = {id: thread for id, thread in self._running.items() if thread.is_alive()}
        if home is None or not pending.count(home):
            return bool(self._running)
        for delivery in pending.due(home, self._parts.clock.now()):
            if len(self._running) >= AT_ONCE:
                break
            if delivery.id not in self._running:
                # A steward that leaves waits for none of them: what was not made is made by the next one.
                self._running[delivery.id] = Thread(target=self._make, args=(home, delivery), daemon=True)
                self._running[delivery.id].start()
        return True

    def settle(self, timeout_s: float) -> None:
        """Wait for the deliveries under way."""
        for thread in self._running.values():
            thread.join(timeout_s)

    def _make(self, home: Path, delivery: Delivery) -> None:
        try:
            pending.succeeded(home, delivery, self._deliver(home, delivery))
        except DeliveryFailed as error:
            log.warning("delivery %d: %s", delivery.id, error)
            pending.failed(home, delivery, error, self._parts.clock.now())
        except Exception as error:
            log.exception("delivery %d", delivery.id)
            pending.failed(home, delivery, DeliveryFailed(str(error)), self._parts.clock.now())
        self._parts.ring()
