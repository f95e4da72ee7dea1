"""The record of what auto scaling has done (`contract.md` 2.13)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.autoscaling.records import ACTIVITY, scalable_of
from sagewright.engine.parts import Parts
from sagewright.engine.steward.variant_counts import ready_count

KEPT_S = 42 * 86400.0  # the service tells six weeks
UNDER_WAY = "active"
LOOK_S = 3600.0  # between looks for what is too old


class Activities:
    """Writes scaling activities down and follows those that are under way."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._next_sweep = 0.0

    def begin(self, target: Record, count: int, cause: str) -> None:
        """Write down that a variant is about to have `count` instances."""
        what = f"desired {scalable_of(target.body['request']['ResourceId']).what} count to {count}"
        self._write(
            target,
            {
                "Description": f"Setting {what}.",
                "Cause": cause,
                "StatusCode": "InProgress",
                "StatusMessage": f"Successfully set {what}. Waiting for change to be fulfilled by sagemaker.",
            },
            count=count,
            queue=UNDER_WAY,
        )

    def note(self, target: Record, description: str, cause: str, message: str) -> None:
        """Write down what was done at once."""
        now = self._parts.clock.now()
        request = {"Description": description, "Cause": cause, "StatusCode": "Successful", "StatusMessage": message}
        self._write(target, {**request, "EndTime": now})

    def note_unscaled(self, target: Record, is_out: bool, capacity: int, cause: str) -> None:
        """Write down that a policy asked for more or less than the bounds allow."""
        bound = "Max" if is_out else "Min"
        reason = {"Code": f"AlreadyAt{bound}Capacity", f"{bound}Capacity": capacity}
        self._write(
            target,
            {
                "Description": "Attempting to scale due to alarm triggered",
                "Cause": cause,
                "StatusCode": "Failed",
                "EndTime": self._parts.clock.now(),
                "NotScaledReasons": [reason],
            },
        )

    def finish(self) -> None:
        """End the activities whose instances have come or gone; forget those that are too old."""
        for record in self._parts.state.list(Query(ACTIVITY, queue=UNDER_WAY, limit=1000)).records:
            self._follow(record)
        now = self._parts.clock.now()
        if now >= self._next_sweep:
            self._next_sweep = now + LOOK_S
            for record in self._parts.state.list(Query(ACTIVITY, created_before=now - KEPT_S, limit=1000)).records:
                self._parts.state.delete(ACTIVITY, record.scope, record.name)

    def _follow(self, record: Record) -> None:
        count, scalable = record.body["count"], scalable_of(record.body["request"]["ResourceId"])
        scaled = self._parts.state.get(scalable.kind, record.scope, scalable.name)
        variant = scalable.among(scaled.body["variants"]) if scaled is not None else None
        what = f"desired {scalable.what} count"
        if scaled is None or variant is None:
            self._end(record, "Failed", f"Failed to set {what} to {count}. The {scalable.kind} is gone.")
        elif variant["count"] != count:
            self._end(record, "Overridden", f"The {what} was set to {variant['count']} meanwhile.")
        elif scaled.body["endpoint_status"] == "InService" and ready_count(scaled, variant["name"]) == count:
            done = f"Successfully set {what} to {count}. Change successfully fulfilled by sagemaker."
            self._end(record, "Successful", done)

    def _end(self, record: Record, status: str, message: str) -> None:
        ended = {"StatusCode": status, "StatusMessage": message, "EndTime": self._parts.clock.now()}
        body = {**record.body, "request": {**record.body["request"], **ended}}
        try:
            self._parts.state.put(replace(record, body=body, queue=None), expected_version=record.version)
        except VersionConflict:
            return

    def _write(
        self, target: Record, request: dict[str, Any], count: int | None = None, queue: str | None = None
    ) -> None:
        identity = str(uuid.UUID(self._parts.ids.new()))
        names = {name: target.body["request"][name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        body = {
            "request": {"ActivityId": identity, **names, "StartTime": self._parts.clock.now(), **request},
            "count": count,
        }
        record = Record(ACTIVITY, target.scope, f"{target.name}|{identity}", body, queue=queue)
        self._parts.state.put(record, expected_version=0)
