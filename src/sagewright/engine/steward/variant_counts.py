"""How many instances a variant has and shall have."""

from __future__ import annotations

from dataclasses import replace

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.parts import Parts


def ready_count(record: Record, variant: str) -> int:
    """Return how many instances of a variant can be called."""
    return sum(1 for instance in record.body["instances"].get(variant, ()) if instance.get("addresses"))


def set_count(parts: Parts, record: Record, variant: str, count: int) -> bool:
    """Let a variant have so many instances; False: somebody else is changing, or has just changed the endpoint."""
    if record.body["endpoint_status"] != "InService":
        return False
    body = lifecycle.resize(record.body, {variant: {"count": count}}, parts.clock.now())
    try:
        parts.state.put(replace(record, body=body, status="Updating", queue="active"), expected_version=record.version)
    except VersionConflict:
        return False
    return True
