"""How many instances a variant has and shall have."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sagewright.engine.abc import Record, VersionConflict
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
    """Let a variant have so many instances; False: the endpoint was changed by somebody else meanwhile."""
    variants = [{**v, "count": count} if v["name"] == variant else v for v in endpoint.body["variants"]]
    try:
        parts.state.put(
            replace(endpoint, body={**endpoint.body, "variants": variants}, queue="active"),
            expected_version=endpoint.version,
        )
    except VersionConflict:
        return False
    return True
