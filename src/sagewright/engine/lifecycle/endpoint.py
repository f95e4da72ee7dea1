"""The life of an endpoint (`contract.md` 2.5).

    Creating -> InService -> Deleting -> gone
          |     |  ^    ^
          |     v  |    |
          |   Updating -> RollingBack
          \\-> Failed -> Deleting

A served model that crashes is replaced without the endpoint leaving InService. An update that does not come up, or not
in its time, leaves the endpoint InService as it was before, with the reason; where new instances have already taken
requests, it is RollingBack until the old ones are all there again. An endpoint that is being created or updated cannot
be deleted; one that has failed can only be deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOVES: Mapping[str, frozenset[str]] = {
    "Creating": frozenset({"InService", "Failed"}),
    "InService": frozenset({"Updating", "Deleting"}),
    "Updating": frozenset({"InService", "RollingBack"}),
    "RollingBack": frozenset({"InService"}),
    "Failed": frozenset({"Deleting"}),
    "Deleting": frozenset(),
}
ANSWERS = frozenset({"InService", "Updating", "RollingBack"})  # in these it takes requests


class IllegalMove(ValueError):
    """The table has no such move."""


def begin() -> dict[str, Any]:
    """Return the members of a new endpoint's body that this machine keeps."""
    return {"endpoint_status": "Creating"}


def move(body: Mapping[str, Any], to: str) -> dict[str, Any]:
    """Return the body of an endpoint that has moved to the status `to`.

    Raises:
        IllegalMove: The table does not allow it.
    """
    was = body["endpoint_status"]
    if to not in MOVES[was]:
        raise IllegalMove(f"an endpoint cannot go from {was} to {to}")
    return {**body, "endpoint_status": to}


def deploy(
    body: Mapping[str, Any], new: Mapping[str, Any], deployment: Mapping[str, Any] | None, now: float
) -> dict[str, Any]:
    """Return the body of an endpoint that is to have other variants.

    Args:
        new: The `variants`, and what the members `config` and `request` have of their own then.
        deployment: The `DeploymentConfig`.
        now: Unix seconds.

    Raises:
        IllegalMove: The endpoint is not in service.
    """
    update = {
        "deployment": deployment,
        "old": {"variants": body["variants"], "instances": body["instances"]},
        "new": {**new, "instances": {variant["name"]: [] for variant in new["variants"]}},
        "step": 0,
        "started_at": now,
        "stepped_at": now,
    }
    return {**move(body, "Updating"), "deployment": deployment, "update": update}


def resize(body: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]], now: float) -> dict[str, Any]:
    """Return the body of an endpoint that is to have other weights or instance counts.

    Args:
        changes: Name of a variant -> its new `weight` or `count`, or both.
        now: Unix seconds.

    Raises:
        IllegalMove: The endpoint is not in service.
    """
    return {
        **move(body, "Updating"),
        "variants": [{**variant, **changes.get(variant["name"], {})} for variant in body["variants"]],
        "update": {"before": {variant["name"]: variant["count"] for variant in body["variants"]}, "started_at": now},
    }
