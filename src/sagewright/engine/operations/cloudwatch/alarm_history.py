"""What has happened to alarms: their states, their actions, how they were changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.parts import Parts

KIND = "alarm-history"
MOST_ITEMS = 100  # of one alarm; the newest are kept
KEPT_S = 30 * 86_400.0
_MOST_DATA = 4095

Item = Mapping[str, str]


def configured(what: str, request: Mapping[str, Any]) -> Item:
    """Return the item of an alarm that was made, changed or removed: `Create`, `Update`, `Delete`."""
    verb = {"Create": "created", "Update": "updated", "Delete": "deleted"}[what]
    data = {"version": "1.0", "type": what, f"{verb}Alarm": dict(request)}
    return _item("ConfigurationUpdate", f'Alarm "{request["AlarmName"]}" {verb}', data)


def state_updated(before: Mapping[str, Any], after: Mapping[str, Any]) -> Item:
    """Return the item of an alarm that has come into another state, from its bodies."""
    data = {"version": "1.0", "oldState": _state(before), "newState": _state(after)}
    return _item("StateUpdate", f"Alarm updated from {before['state']} to {after['state']}", data)


def acted(action: str, state: str, *, is_done: bool) -> Item:
    """Return the item of an action."""
    words = "Successfully executed" if is_done else "Failed to execute"
    data = {"actionState": "Succeeded" if is_done else "Failed", "notificationResource": action, "stateValue": state}
    return _item("Action", f"{words} action {action}", data)


def note(parts: Parts, alarm: Record, item: Item) -> None:
    """Write an item down as of now, letting go of the oldest ones."""
    now = parts.clock.now()
    while True:
        record = parts.state.get(KIND, alarm.scope, alarm.name)
        before = record.body["items"] if record else []
        items = [each for each in before if each["at"] > now - KEPT_S][1 - MOST_ITEMS :]
        body = {"type": alarm.body.get("type", "MetricAlarm"), "items": [*items, {**item, "at": now}]}
        try:
            parts.state.put(
                Record(KIND, alarm.scope, alarm.name, body), expected_version=record.version if record else 0
            )
        except VersionConflict:
            continue
        return


def _item(kind: str, summary: str, data: Mapping[str, Any]) -> Item:
    text = json.dumps(data, default=str)
    if len(text) > _MOST_DATA:
        text = json.dumps({"version": "1.0", "truncated": True})
    return {"kind": kind, "summary": summary[:255], "data": text}


def _state(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"stateValue": body["state"], "stateReason": body["reason"], "stateReasonData": body.get("reason_data")}
