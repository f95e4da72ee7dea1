"""Objects: their locks, and whether a bucket's objects can be locked; `locks.py` says what a lock is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import ObjectInfo
from sagewright.engine.operations.s3.buckets import find_bucket
from sagewright.engine.operations.s3.conditions import named_version
from sagewright.engine.operations.s3.configuration import check_words, malformed, missing, set_
from sagewright.engine.operations.s3.errors import s3_errors
from sagewright.engine.operations.s3.locks import (
    HOLD,
    MODE,
    MODES,
    SETTING,
    UNTIL,
    as_text,
    as_time,
    check_locking,
    is_retained,
    is_stronger,
    past,
    protected,
)
from sagewright.engine.operations.s3.objects import find_object
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_MOST = {"Days": 36_500, "Years": 100}


def get_object_lock_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a bucket's lock configuration."""
    value = find_bucket(parts, params).configuration.get(SETTING)
    if not value:
        raise missing(SETTING, params["Bucket"])
    return {"ObjectLockConfiguration": value}


def put_object_lock_configuration(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let a bucket's objects be locked, and say how they are by default. It can't be undone."""
    bucket, configuration = find_bucket(parts, params), params.get("ObjectLockConfiguration") or {}
    check_words(configuration.get("ObjectLockEnabled"), ("Enabled",))
    if "Rule" in configuration:
        _check_default((configuration["Rule"] or {}).get("DefaultRetention") or {})
    if bucket.configuration.get("versioning") != "Enabled":
        raise _bucket_state("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    return set_(parts, params, SETTING, configuration)


def get_object_retention(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return until when an object is retained, and how."""
    check_locking(find_bucket(parts, params))
    info = find_object(parts, params)[1]
    if MODE not in info.headers:
        raise _no_lock()
    return {"Retention": {"Mode": info.headers[MODE], "RetainUntilDate": as_time(info.headers[UNTIL])}}


def put_object_retention(parts: Parts, caller: Caller, params: Params) -> Result:
    """Retain an object, or retain it longer; less, or otherwise, where its lock lets it."""
    check_locking(find_bucket(parts, params))
    retention = params.get("Retention") or {}
    mode, until = retention.get("Mode"), retention.get("RetainUntilDate")
    if (mode is None) != (until is None):
        raise malformed()
    info = find_object(parts, params)[1]
    if mode is not None and until is not None:
        check_words(mode, MODES)
        if until.timestamp() <= parts.clock.now():
            raise past(until)
    bypass = bool(params.get("BypassGovernanceRetention"))
    if is_retained(info, parts.clock.now(), bypass) and not is_stronger(info, mode, until):
        raise protected()
    return _amend(parts, params, info, {MODE: mode or "", UNTIL: as_text(until) if until else ""})


def get_object_legal_hold(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell whether an object is held."""
    check_locking(find_bucket(parts, params))
    info = find_object(parts, params)[1]
    if HOLD not in info.headers:
        raise _no_lock()
    return {"LegalHold": {"Status": info.headers[HOLD]}}


def put_object_legal_hold(parts: Parts, caller: Caller, params: Params) -> Result:
    """Hold an object, or let it go."""
    check_locking(find_bucket(parts, params))
    status = str((params.get("LegalHold") or {}).get("Status"))
    check_words(status, ("ON", "OFF"))
    return _amend(parts, params, find_object(parts, params)[1], {HOLD: status})


def _amend(parts: Parts, params: Params, info: ObjectInfo, headers: dict[str, str]) -> Result:
    version_id = named_version(params)
    with s3_errors(info.bucket, info.key, version_id=version_id):
        parts.objects.amend(info.bucket, info.key, headers, version_id=version_id)
    return {}


def _check_default(rule: Mapping[str, Any]) -> None:
    check_words(rule.get("Mode"), MODES)
    units = [unit for unit in _MOST if unit in rule]
    if len(units) != 1:
        raise malformed()
    if not 1 <= rule[units[0]] <= _MOST[units[0]]:
        raise ApiError("InvalidRetentionPeriod", "Default retention period must be a positive integer value")


def _bucket_state(message: str) -> ApiError:
    return ApiError("InvalidBucketState", message, 409)


def _no_lock() -> ApiError:
    return ApiError(
        "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", 404
    )
