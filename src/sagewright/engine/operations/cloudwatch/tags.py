"""Tags of alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.cloudwatch.alarm_records import KIND as ALARM
from sagewright.engine.operations.cloudwatch.dashboards import KIND as DASHBOARD
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

MOST_TAGS = 50


def list_tags_for_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return the tags of an alarm or a dashboard."""
    tags: Mapping[str, str] = _find(parts, caller, params["ResourceARN"]).body.get("tags", {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def tag_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Add tags, over those of the same keys."""
    return _change(parts, caller, params["ResourceARN"], {tag["Key"]: tag["Value"] for tag in params["Tags"]})


def untag_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take tags away."""
    return _change(parts, caller, params["ResourceARN"], dict.fromkeys(params["TagKeys"]))


def _change(parts: Parts, caller: Caller, arn: str, changes: Mapping[str, str | None]) -> Result:
    while True:
        record = _find(parts, caller, arn)
        tags = {key: value for key, value in {**record.body.get("tags", {}), **changes}.items() if value is not None}
        if len(tags) > MOST_TAGS:
            raise ApiError("InvalidParameterValue", f"A resource can have {MOST_TAGS} tags.")
        try:
            parts.state.put(replace(record, body={**record.body, "tags": tags}), expected_version=record.version)
        except VersionConflict:
            continue
        return {}


def _find(parts: Parts, caller: Caller, arn: str) -> Record:
    resource = arn.split(":", 5)[-1]
    kind, _, name = resource.partition("/" if resource.startswith("dashboard/") else ":")
    scope = caller.account if kind == DASHBOARD else caller.scope
    record = parts.state.get(kind, scope, name) if kind in (ALARM, DASHBOARD) else None
    if record is None:
        raise ApiError("ResourceNotFoundException", "Unknown", 404)
    return record
