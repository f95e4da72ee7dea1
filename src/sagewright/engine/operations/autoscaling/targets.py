"""Scalable targets: register, describe, deregister; their tags (`contract.md` 2.13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.operations.autoscaling.policies import forget_policy
from sagewright.engine.operations.autoscaling.records import (
    POLICY,
    SCHEDULED,
    TARGET,
    Scalable,
    check_resource,
    find_target,
    key,
    list_page,
)
from sagewright.engine.operations.sagemaker.finding import find_record
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import Arn, partition_of
from sagewright.vocabulary.errors import ApiError, validation_error

MOST_TAGS = 50

_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def register_scalable_target(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let a variant's instances be scaled between bounds, or change the bounds.

    The steward brings a variant that is outside of them within.

    Raises:
        ApiError: `ValidationException`; `ConcurrentUpdateException` where somebody else changes it at the same time.
    """
    scalable = check_resource(params)
    record = parts.state.get(TARGET, caller.scope, key(params))
    request = {**(record.body["request"] if record else {}), **{k: v for k, v in params.items() if k != "Tags"}}
    request["SuspendedState"] = {**_SUSPENDED, **request.get("SuspendedState", {})}
    request.setdefault("RoleARN", _service_role(caller))
    if record is not None and params.get("Tags"):
        raise validation_error("Tags can only be given to a scalable target that is registered for the first time.")
    found = _check(parts, caller, scalable, request)
    body = {
        "arn": record.body["arn"] if record else _arn(parts, caller),
        "request": request,
        "made_at": found.created_at,
        "to_enforce": _bounds_given(params),
        "tags": record.body["tags"] if record else dict(params.get("Tags", {})),
    }
    _put(parts, caller, key(params), body, record.version if record else 0)
    parts.ring()
    return {"ScalableTargetARN": body["arn"]}


def describe_scalable_targets(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of scalable targets."""
    wanted = params.get("ResourceIds")
    return list_page(
        parts,
        caller,
        params,
        TARGET,
        "ScalableTargets",
        _described,
        wanted=lambda body: not wanted or body["request"]["ResourceId"] in wanted,
    )


def deregister_scalable_target(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a scalable target with its policies and scheduled actions; the capacity stays as it is.

    Raises:
        ApiError: `ObjectNotFoundException`.
    """
    check_resource(params)
    forget_target(parts, find_target(parts, caller, params, "found"))
    return {}


def list_tags_for_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a scalable target's tags."""
    return {"Tags": dict(_by_arn(parts, caller, params["ResourceARN"]).body["tags"])}


def tag_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Add tags to a scalable target."""
    record = _by_arn(parts, caller, params["ResourceARN"])
    tags = {**record.body["tags"], **params["Tags"]}
    if len(tags) > MOST_TAGS:
        raise ApiError("TooManyTagsException", f"A scalable target can have at most {MOST_TAGS} tags.")
    _put(parts, caller, record.name, {**record.body, "tags": tags}, record.version)
    return {}


def untag_resource(parts: Parts, caller: Caller, params: Params) -> Result:
    """Remove tags of a scalable target."""
    record = _by_arn(parts, caller, params["ResourceARN"])
    tags = {name: value for name, value in record.body["tags"].items() if name not in params["TagKeys"]}
    _put(parts, caller, record.name, {**record.body, "tags": tags}, record.version)
    return {}


def forget_target(parts: Parts, record: Record) -> None:
    """Remove a scalable target and all that hangs on it."""
    prefix = f"{record.name}|"
    for policy in parts.state.list(Query(POLICY, record.scope, name_prefix=prefix, limit=1000)).records:
        forget_policy(parts, policy)
    for action in parts.state.list(Query(SCHEDULED, record.scope, name_prefix=prefix, limit=1000)).records:
        parts.state.delete(SCHEDULED, record.scope, action.name)
    parts.state.delete(TARGET, record.scope, record.name)


def _check(parts: Parts, caller: Caller, scalable: Scalable, request: Mapping[str, Any]) -> Record:
    """Return the record of what is scaled."""
    for member in ("MinCapacity", "MaxCapacity"):
        if member not in request:
            raise validation_error(f"{member} is required to register a scalable target.")
    if request["MaxCapacity"] < request["MinCapacity"]:
        raise validation_error("Maximum capacity cannot be less than minimum capacity")
    record = find_record(parts, caller, scalable.kind, scalable.name)
    found = scalable.among(record.body["variants"])
    if found is None:
        raise validation_error(f'Could not find variant "{scalable.variant}" of endpoint "{record.body["arn"]}".')
    if found.get("serverless"):
        raise validation_error(f"The variant `{scalable.variant}` is serverless: it has no instances to scale.")
    least = 0 if _may_have_none(record) else 1
    if request["MinCapacity"] < least:
        hint = "" if request["MinCapacity"] < 0 else "\nhint: only asynchronous endpoints and components scale to zero."
        raise validation_error(f"Minimum capacity must be greater than or equal to {least}.{hint}")
    return record


def _may_have_none(record: Record) -> bool:
    is_async = record.body.get("config", {}).get("AsyncInferenceConfig")
    return record.kind != "endpoint" or bool(is_async)


def _bounds_given(params: Params) -> list[str]:
    return [member for member in ("MinCapacity", "MaxCapacity") if member in params]


def _put(parts: Parts, caller: Caller, name: str, body: Mapping[str, Any], version: int) -> None:
    try:
        parts.state.put(Record(TARGET, caller.scope, name, body), expected_version=version)
    except VersionConflict:
        raise ApiError("ConcurrentUpdateException", "The scalable target is being changed by somebody else.") from None


def _described(record: Record) -> Result:
    return {
        **record.body["request"],
        "ScalableTargetARN": record.body["arn"],
        "CreationTime": record.created_at,
    }


def _by_arn(parts: Parts, caller: Caller, arn: str) -> Record:
    records = parts.state.list(Query(TARGET, caller.scope, limit=1000)).records
    found = next((record for record in records if record.body["arn"] == arn), None)
    if found is None:
        raise ApiError("ResourceNotFoundException", f"No scalable target found for the ARN {arn}", 400)
    return found


def _arn(parts: Parts, caller: Caller) -> str:
    partition = partition_of(caller.region)
    resource = f"scalable-target/{parts.ids.new()}"
    return str(Arn(partition, "application-autoscaling", caller.region, caller.account, resource))


def _service_role(caller: Caller) -> str:
    name = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    path = f"role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/{name}"
    return str(Arn(partition_of(caller.region), "iam", "", caller.account, path))
