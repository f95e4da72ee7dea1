"""The steward's loops for what leaves the engine's own services: events of jobs and endpoints, and deliveries."""

from __future__ import annotations

from pathlib import Path

from sagewright.engine.gateway.hybrid import pending
from sagewright.engine.gateway.hybrid.delivering import deliver
from sagewright.engine.parts import Parts
from sagewright.engine.steward.deliveries import DeliveryReconciler
from sagewright.engine.steward.state_events import StateEventReconciler


def outgoing(parts: Parts) -> tuple[StateEventReconciler, DeliveryReconciler]:
    """Return the loops, in the order in which they run: events are delivered after they are made."""
    return StateEventReconciler(parts), DeliveryReconciler(parts, deliver)


def to_send(home: Path) -> bool:
    """Tell whether deliveries wait, for their time or for another attempt."""
    return pending.count(home) > 0
