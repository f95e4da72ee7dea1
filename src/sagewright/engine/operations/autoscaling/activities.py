"""What has been scaled, and why (`contract.md` 2.13)."""

from __future__ import annotations

from sagewright.engine.abc import Record
from sagewright.engine.operations.autoscaling.records import ACTIVITY, list_page
from sagewright.engine.parts import Caller, Params, Parts, Result


def describe_scaling_activities(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of scaling activities, the newest first; those that scaled nothing only if asked for."""
    all_of_them = params.get("IncludeNotScaledActivities", False)
    return list_page(
        parts,
        caller,
        params,
        ACTIVITY,
        "ScalingActivities",
        _described,
        newest_first=True,
        wanted=lambda body: all_of_them or not body["request"].get("NotScaledReasons"),
    )


def _described(record: Record) -> Result:
    return dict(record.body["request"])
