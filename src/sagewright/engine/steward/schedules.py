"""The steward's look at scheduled actions: they change the bounds of scalable targets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.autoscaling.records import SCHEDULED, TARGET
from sagewright.engine.operations.autoscaling.scheduled_actions import due_next
from sagewright.engine.parts import Parts
from sagewright.engine.steward.scaling_activities import Activities

log = logging.getLogger(__name__)

_BOUNDS = {"MinCapacity": "min capacity", "MaxCapacity": "max capacity"}


def run_due(parts: Parts, activities: Activities) -> None:
    """Run the scheduled actions that are due; what was missed while no steward worked is run once."""
    now = parts.clock.now()
    for record in parts.state.list(Query(SCHEDULED, limit=1000)).records:
        if record.body["next_at"] is None or record.body["next_at"] > now:
            continue
        target = parts.state.get(TARGET, record.scope, record.name.rpartition("|")[0])
        try:
            if target is not None and not target.body["request"]["SuspendedState"]["ScheduledScalingSuspended"]:
                _run(parts, activities, target, record.body["request"])
            body = {**record.body, "next_at": due_next(record.body["request"], now)}
            parts.state.put(replace(record, body=body), expected_version=record.version)
        except VersionConflict:
            log.info("%s changed meanwhile; the next round decides again", record.name)


def _run(parts: Parts, activities: Activities, target: Record, request: Mapping[str, Any]) -> None:
    given = request["ScalableTargetAction"]
    body = {**target.body, "request": {**target.body["request"], **given}, "to_enforce": list(given)}
    parts.state.put(replace(target, body=body), expected_version=target.version)
    told = " and ".join(f"{words} to {given[name]}" for name, words in _BOUNDS.items() if name in given)
    cause = f"scheduled action name {request['ScheduledActionName']} was triggered"
    activities.note(target, f"Setting {told}", cause, f"Successfully set {told}")
