"""How many instances a variant has and shall have."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.parts import Parts


class Counts(NamedTuple):
    desired: int
    current: int  # that can be called


def counts(endpoint: Record, variant: str) -> Counts | None:
    """Return a variant's counts; None: the endpoint has no such variant."""
    found = next((v for v in endpoint.body["variants"] if v["name"] == variant), None)
    if found is None:
        return None
    instances = endpoint.body["instances"].get(variant, ())
    return Counts(found["count"], sum(1 for instance in instances if instance.get("addresses")))


def set_count(parts: Parts, endpoint: Record, variant: str, count: int) -> bool:
    """Let a variant have so many instances; False: somebody else is changing, or has just changed the endpoint."""
    if endpoint.body["endpoint_status"] != "InService":
        return False
    body = lifecycle.resize(endpoint.body, {variant: {"count": count}}, parts.clock.now())
    try:
        parts.state.put(
            replace(endpoint, body=body, status="Updating", queue="active"), expected_version=endpoint.version
        )
    except VersionConflict:
        return False
    return True
