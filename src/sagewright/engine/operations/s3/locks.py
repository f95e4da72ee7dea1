"""Locks on versions of objects: retention until a date, in two modes, and legal holds.

A locked version can't be removed for good, nor its lock be weakened (Amazon S3 User Guide, "Locking objects"):
`COMPLIANCE` for nobody until its date, `GOVERNANCE` but for who says so with `BypassGovernanceRetention`, and a legal
hold until it is lifted. A delete marker may be laid over it at any time. A lock is kept in headers of its object.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from sagewright.engine.abc import Bucket, Guard, ObjectInfo
from sagewright.engine.operations.s3.errors import invalid_argument, invalid_request, refuse
from sagewright.engine.parts import Params, Result
from sagewright.vocabulary.errors import ApiError

SETTING = "object-lock"  # of a bucket
MODE, UNTIL, HOLD = "ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"
MODES = ("GOVERNANCE", "COMPLIANCE")
_DAYS = {"Days": 1, "Years": 365}


def lock_headers(bucket: Bucket, params: Params, now: float) -> dict[str, str]:
    """Return the lock that a new object gets: the one its writer asks for, else its bucket's default.

    Args:
        now: Unix seconds.
    """
    refuse((name, params.get(name)) for name in params if name.startswith("ObjectLockEventHold"))
    mode, until, hold = params.get(MODE), params.get(UNTIL), params.get(HOLD)
    if mode or until or hold:
        check_locking(bucket)
    if bool(mode) != bool(until):
        raise invalid_argument(
            "x-amz-object-lock-mode",
            mode,
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
        )
    if mode not in (None, *MODES):
        raise invalid_argument("x-amz-object-lock-mode", mode, "Unknown wormMode directive.")
    if hold not in (None, "ON", "OFF"):
        raise invalid_argument("x-amz-object-lock-legal-hold", hold, "Legal Hold must be either of 'ON' or 'OFF'")
    if until and until.timestamp() <= now:
        raise past(until)
    lock = {MODE: mode, UNTIL: as_text(until)} if mode and until else _default(bucket, now)
    return {**lock, HOLD: hold} if hold else lock


def lock_guard(now: float, bypass: bool, also: Guard | None = None) -> Guard:
    """Return what guards the removal of a version: its lock, and `also`."""

    def guard(present: ObjectInfo | None) -> None:
        if also is not None:
            also(present)
        if present is not None and (present.headers.get(HOLD) == "ON" or is_retained(present, now, bypass)):
            raise protected()

    return guard


def locks(bucket: Bucket) -> bool:
    """Tell whether a bucket's objects can be locked."""
    return bool(bucket.configuration.get(SETTING))


def told(headers: Mapping[str, str]) -> Result:
    """Return what a read answers of an object's lock."""
    answer: Result = {name: headers[name] for name in (MODE, HOLD) if name in headers}
    return {**answer, UNTIL: as_time(headers[UNTIL])} if UNTIL in headers else answer


def protected() -> ApiError:
    return ApiError("AccessDenied", "Access Denied because object protected by object lock.", 403)


def as_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def is_retained(info: ObjectInfo, now: float, bypass: bool) -> bool:
    mode = info.headers.get(MODE)
    if mode is None or (mode == "GOVERNANCE" and bypass):
        return False
    return as_time(info.headers[UNTIL]).timestamp() > now


def is_stronger(info: ObjectInfo, mode: str | None, until: datetime | None) -> bool:
    """Tell whether a new retention takes nothing from the one there is."""
    if mode != info.headers[MODE] or until is None:
        return False
    return until.timestamp() >= as_time(info.headers[UNTIL]).timestamp()


def _default(bucket: Bucket, now: float) -> dict[str, str]:
    rule = ((bucket.configuration.get(SETTING) or {}).get("Rule") or {}).get("DefaultRetention")
    if not rule:
        return {}
    days = sum(rule.get(unit, 0) * count for unit, count in _DAYS.items())
    until = datetime.fromtimestamp(now, timezone.utc) + timedelta(days=days)
    return {MODE: rule["Mode"], UNTIL: as_text(until)}


def check_locking(bucket: Bucket) -> None:
    if not locks(bucket):
        raise invalid_request("Bucket is missing Object Lock Configuration")


def past(until: datetime) -> ApiError:
    return invalid_argument("RetainUntilDate", until.isoformat(), "The retain until date must be in the future!")


def as_text(until: datetime) -> str:
    return until.astimezone(timezone.utc).isoformat()
