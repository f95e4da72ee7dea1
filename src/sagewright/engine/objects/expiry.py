"""When lifecycle rules let objects, versions and uploads go; pure.

Amazon S3 User Guide, "Lifecycle configuration elements" and "Expiring objects". A day is over at midnight UTC: what is
made on the first at noon and kept for a day goes when the third begins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sagewright.engine.abc import ObjectInfo, Upload

DAY_S = 86_400
Rule = Mapping[str, Any]


def active(lifecycle: Mapping[str, Any] | None) -> Sequence[Rule]:
    """Return the rules of a bucket's lifecycle that are in force."""
    return [rule for rule in (lifecycle or {}).get("Rules", ()) if rule["Status"] == "Enabled"]


def expiry_of(rules: Iterable[Rule], info: ObjectInfo) -> tuple[float, str] | None:
    """Return when an object goes, in unix seconds, and by which rule; None: it stays."""
    found = []
    for rule in rules:
        expiration = rule.get("Expiration") or {}
        if not ("Days" in expiration or "Date" in expiration) or not _covers(rule, info):
            continue
        at = expiration["Date"] if "Date" in expiration else days_after(info.modified_at, expiration["Days"])
        found.append((float(at), str(rule["ID"])))
    return min(found, default=None)


def version_goes(rules: Iterable[Rule], info: ObjectInfo, since: float, newer: int, now: float) -> bool:
    """Tell whether a version that is not the newest goes.

    Args:
        since: When the version that took its place was made.
        newer: How many versions of the key are older than the newest and newer than this one.
    """
    return any(
        _covers(rule, info)
        and newer >= expiration.get("NewerNoncurrentVersions", 0)
        and days_after(since, expiration["NoncurrentDays"]) <= now
        for rule in rules
        if (expiration := rule.get("NoncurrentVersionExpiration"))
    )


def marker_goes(rules: Iterable[Rule], marker: ObjectInfo, now: float) -> bool:
    """Tell whether a delete marker goes under which no version is left."""
    for rule in rules:
        expiration = rule.get("Expiration") or {}
        if not _covers(rule, marker):
            continue
        if expiration.get("ExpiredObjectDeleteMarker"):
            return True
        if "Days" in expiration and days_after(marker.modified_at, expiration["Days"]) <= now:
            return True
    return False


def upload_goes(rules: Iterable[Rule], upload: Upload, now: float) -> bool:
    """Tell whether an upload that was never completed goes."""
    return any(
        upload.key.startswith(_conditions(rule).get("Prefix", ""))
        and days_after(upload.started_at, rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]) <= now
        for rule in rules
        if rule.get("AbortIncompleteMultipartUpload")
    )


def days_after(unix_s: float, days: int) -> float:
    """Return the midnight at which a number of days is over."""
    return math.ceil(unix_s / DAY_S + days) * float(DAY_S)


def _covers(rule: Rule, info: ObjectInfo) -> bool:
    wanted = _conditions(rule)
    tags = [*wanted.get("Tags", ()), *([wanted["Tag"]] if "Tag" in wanted else ())]
    return (
        info.key.startswith(wanted.get("Prefix", ""))
        and info.size > wanted.get("ObjectSizeGreaterThan", -1)
        and info.size < wanted.get("ObjectSizeLessThan", math.inf)
        and all(info.tags.get(tag["Key"]) == tag["Value"] for tag in tags)
    )


def _conditions(rule: Rule) -> Mapping[str, Any]:
    if "Filter" not in rule:  # the form of older clients
        return {"Prefix": rule.get("Prefix", "")}
    chosen: Mapping[str, Any] = rule["Filter"] or {}
    joined: Mapping[str, Any] = chosen.get("And") or chosen
    return joined
