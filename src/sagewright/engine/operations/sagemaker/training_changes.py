"""Changing training jobs that exist: update, delete, and (of this engine alone) interrupt (`contract.md` 1.16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import training as lifecycle
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.tags import drop_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError, validation_error

KIND = "training-job"


def update_training_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Change what may be changed of a job under way: where its profiler would send what it finds.

    Raises:
        ApiError: The job has ended, or cannot be changed in that way.
    """
    refuse(_unbuilt(params))
    while True:
        record = _found(parts, caller, params["TrainingJobName"])
        if "ResourceConfig" in params:
            raise _rejected("its ResourceConfig can be updated only while a warm pool of its own is Available")
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


def _put(parts: Parts, record: Record, body: Mapping[str, Any]) -> bool:
    try:
        parts.state.put(replace(record, body=body), expected_version=record.version)
    except VersionConflict:
        return False
    return True


def _rejected(why: str) -> ApiError:
    return validation_error(f"The training job cannot be updated: {why}.")
