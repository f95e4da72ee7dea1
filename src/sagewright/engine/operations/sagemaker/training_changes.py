"""Changing training jobs that exist: update, delete, and (of this engine alone) interrupt (`contract.md` 1.16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import training as lifecycle
from sagewright.engine.lifecycle import warm_pool
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.tags import drop_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.warm import keeping
from sagewright.vocabulary.errors import ApiError, validation_error

KIND = "training-job"
WARM = "warm"  # the queue of jobs that have ended and whose pool waits


def update_training_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Change what may be changed: of a job under way, where its profiler sends what it finds; of one that has ended,
    how long its warm pool is kept (0 ends it).

    Raises:
        ApiError: The job has ended, or cannot be changed in that way.
    """
    refuse(_unbuilt(params))
    while True:
        record = _found(parts, caller, params["TrainingJobName"])
        if "ResourceConfig" in params:
            if _update_pool(parts, record, params["ResourceConfig"]["KeepAlivePeriodInSeconds"]):
                return {"TrainingJobArn": record.body["arn"]}
            continue
        if lifecycle.primary(record.body) != "InProgress":
            raise _rejected(f"it is in status {lifecycle.primary(record.body)}")
        request = dict(record.body["request"])
        for member in ("ProfilerConfig", "RemoteDebugConfig"):
            if member in params:
                request[member] = {**request.get(member, {}), **params[member]}
        if _put(parts, record, {**record.body, "request": request}):
            return {"TrainingJobArn": record.body["arn"]}


def delete_training_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a job that has ended; its name is free again. Its log and its artifacts stay.

    Raises:
        ApiError: `ResourceNotFound`; `ResourceInUse` for a job that has not ended.
    """
    while True:
        record = parts.state.get(KIND, caller.scope, params["TrainingJobName"])
        if record is None:
            raise ApiError("ResourceNotFound", "Requested resource not found.")
        if not lifecycle.is_over(record.body):
            status = lifecycle.primary(record.body)
            raise ApiError("ResourceInUse", f"The training job `{record.name}` is in status {status}; stop it first.")
        if warm_pool.is_available(record.body, parts.clock.now()):
            raise ApiError(
                "ResourceInUse",
                f"The warm pool of the training job `{record.name}` is in status Available; "
                "update its KeepAlivePeriodInSeconds to 0 first.",
            )
        try:
            parts.state.delete(KIND, record.scope, record.name, expected_version=record.version)
        except VersionConflict:
            continue
        drop_tags(parts, caller, record.body["arn"])
        return {}


def interrupt(parts: Parts, caller: Caller, name: str) -> None:
    """Have a spot job interrupted as if Amazon wanted its instances back: two minutes' notice, then another attempt.

    Raises:
        ApiError: `ValidationException` for a job that is not spot, or that does not run.
    """
    while True:
        record = _found(parts, caller, name)
        if not record.body["request"].get("EnableManagedSpotTraining"):
            raise validation_error(
                f"The training job `{name}` cannot be interrupted: it is no spot job.\n"
                "hint: create it with EnableManagedSpotTraining (use_spot_instances=True)."
            )
        if record.body["secondary"] not in ("Downloading", "Training"):
            raise validation_error(
                f"The training job `{name}` cannot be interrupted now: it is in status {record.body['secondary']}."
            )
        if _put(parts, record, {**record.body, "interrupt_asked": True}):
            parts.ring()
            return


def _update_pool(parts: Parts, record: Record, keep_alive_s: int) -> bool:
    now = parts.clock.now()
    if not warm_pool.is_available(record.body, now):
        raise _rejected("its ResourceConfig can be updated only while a warm pool of its own is Available")
    body = warm_pool.prolong(record.body, keep_alive_s, now)
    interpreter, is_over = body["warm_pool"]["interpreter"], body["warm_pool"]["until"] <= now
    if not _put(parts, record, warm_pool.terminate(body, now) if is_over else body, queue=None if is_over else WARM):
        return False
    if interpreter and parts.home is not None:
        if is_over:
            keeping.dismiss(parts.home, interpreter)
        else:
            keeping.prolong(parts.home, interpreter, body["warm_pool"]["until"])
    return True


def _unbuilt(params: Params) -> list[tuple[str, Any]]:
    return [
        ("ProfilerRuleConfigurations", params.get("ProfilerRuleConfigurations")),
        ("RemoteDebugConfig", (params.get("RemoteDebugConfig") or {}).get("EnableRemoteDebug")),
    ]


def _found(parts: Parts, caller: Caller, name: str) -> Record:
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        raise validation_error("Requested resource not found.")
    return record


def _put(parts: Parts, record: Record, body: Mapping[str, Any], **changes: Any) -> bool:
    try:
        parts.state.put(replace(record, body=body, **changes), expected_version=record.version)
    except VersionConflict:
        return False
    return True


def _rejected(why: str) -> ApiError:
    return validation_error(f"The training job cannot be updated: {why}.")
