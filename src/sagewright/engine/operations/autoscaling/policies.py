"""Scaling policies: put, describe, delete (`contract.md` 2.13).

A target tracking policy has two alarms, which are alarms like any other: one above its target, one that is well below
for long. A step scaling policy is run by alarms that the user makes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.autoscaling.records import (
    NAMESPACE,
    POLICY,
    Scalable,
    check_resource,
    dimension_of,
    find_target,
    key,
    list_page,
    not_found,
)
from sagewright.engine.operations.cloudwatch.alarm_records import KIND as ALARM
from sagewright.engine.operations.cloudwatch.alarms import put_alarm
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import Arn, parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError, validation_error

PREDEFINED = {
    "endpoint": ("SageMakerVariantInvocationsPerInstance", "InvocationsPerInstance"),
    "inference-component": ("SageMakerInferenceComponentInvocationsPerCopy", "InvocationsPerCopy"),
}
HIGH_PERIODS, LOW_PERIODS, PERIOD_S = 3, 15, 60
LOW_SHARE = 0.9  # of the target, below which there is too much capacity
MOST_STEPS = 20

_CONFIGURATIONS = {
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "StepScaling": "StepScalingPolicyConfiguration",
}


def put_scaling_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Make a scaling policy, or replace one.

    Raises:
        ApiError: `ObjectNotFoundException` where the target is not registered; `ValidationException`.
    """
    scalable = check_resource(params)
    find_target(parts, caller, params)
    name = key(params, params["PolicyName"])
    record = parts.state.get(POLICY, caller.scope, name)
    kind = params.get("PolicyType") or (record.body["request"]["PolicyType"] if record else None)
    config = _checked_configuration(kind, params, scalable)
    identity = record.body["id"] if record else str(uuid.UUID(parts.ids.new()))
    arn = record.body["arn"] if record else _arn(caller, params, identity)
    alarms = _put_alarms(parts, caller, scalable, params, config, arn, identity) if "TargetValue" in config else []
    body = {"id": identity, "arn": arn, "request": {**params, "PolicyType": kind}, "alarms": alarms, "last": {}}
    try:
        parts.state.put(Record(POLICY, caller.scope, name, body), expected_version=record.version if record else 0)
    except VersionConflict:
        raise ApiError("ConcurrentUpdateException", "The scaling policy is being changed by somebody else.") from None
    parts.ring()
    return {"PolicyARN": arn, "Alarms": alarms}


def describe_scaling_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of scaling policies."""
    return list_page(
        parts, caller, params, POLICY, "ScalingPolicies", _described, names=params.get("PolicyNames") or None
    )


def delete_scaling_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a policy, with the alarms that were made for it.

    Raises:
        ApiError: `ObjectNotFoundException`.
    """
    check_resource(params)
    record = parts.state.get(POLICY, caller.scope, key(params, params["PolicyName"]))
    if record is None:
        raise not_found("scaling policy found", params, f", policy name: {params['PolicyName']}")
    forget_policy(parts, record)
    return {}


def forget_policy(parts: Parts, record: Record) -> None:
    """Remove a policy and its alarms."""
    for alarm in record.body["alarms"]:
        parts.state.delete(ALARM, record.scope, alarm["AlarmName"])
    parts.state.delete(POLICY, record.scope, record.name)


def find_by_arn(parts: Parts, scope: str, arn: str) -> Record | None:
    """Return the policy that an alarm's action names, or None: it is gone."""
    _, _, rest = parse_arn(arn).resource.partition(f":resource/{NAMESPACE}/")
    resource, _, name = rest.partition(":policyName/")
    record = parts.state.get(POLICY, scope, f"{resource}|{dimension_of(resource)}|{name}")
    return record if record is not None and record.body["arn"] == arn else None


def _described(record: Record) -> Result:
    return {
        **record.body["request"],
        "PolicyARN": record.body["arn"],
        "Alarms": record.body["alarms"],
        "CreationTime": record.created_at,
    }


def _arn(caller: Caller, params: Params, identity: str) -> str:
    resource = f"resource/{NAMESPACE}/{params['ResourceId']}:policyName/{params['PolicyName']}"
    partition = partition_of(caller.region)
    return str(Arn(partition, "autoscaling", caller.region, caller.account, f"scalingPolicy:{identity}:{resource}"))


# What may be asked for --------------------------------------------------------------------------------------------


def _checked_configuration(kind: str | None, params: Params, scalable: Scalable) -> Mapping[str, Any]:
    if kind is None:
        raise validation_error("PolicyType is required to create a scaling policy.")
    if kind not in _CONFIGURATIONS:
        raise validation_error(f"`PolicyType {kind}` is not built into the Sagewright engine yet (target `local`).")
    config: Mapping[str, Any] | None = params.get(_CONFIGURATIONS[kind])
    others = [member for other, member in _CONFIGURATIONS.items() if other != kind and params.get(member)]
    if config is None or others:
        raise validation_error(f"A policy of type {kind} takes {_CONFIGURATIONS[kind]}, and no other configuration.")
    if kind == "StepScaling":
        _check_steps(config)
    else:
        _check_tracking(config, scalable)
    return config


def _check_tracking(config: Mapping[str, Any], scalable: Scalable) -> None:
    predefined, customized = config.get("PredefinedMetricSpecification"), config.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise validation_error("Specify either a predefined or a customized metric specification.")
    if config["TargetValue"] <= 0:
        raise validation_error("TargetValue must be greater than 0.")
    if predefined is not None:
        (built, _), kind = PREDEFINED[scalable.kind], predefined["PredefinedMetricType"]
        if kind != built or predefined.get("ResourceLabel"):
            raise validation_error(
                f"`PredefinedMetricType {kind}` is not built into the Sagewright engine for this resource.\n"
                f"hint: use {built} without a ResourceLabel, or a customized metric."
            )
        return
    assert customized is not None
    if customized.get("Metrics"):
        raise validation_error("`CustomizedMetricSpecification.Metrics` is not built into the Sagewright engine yet.")
    for member in ("MetricName", "Namespace", "Statistic"):
        if not customized.get(member):
            raise validation_error(f"CustomizedMetricSpecification.{member} is required.")


def _check_steps(config: Mapping[str, Any]) -> None:
    steps = config.get("StepAdjustments") or []
    if not config.get("AdjustmentType") or not steps:
        raise validation_error("A step scaling policy needs an AdjustmentType and StepAdjustments.")
    if len(steps) > MOST_STEPS:
        raise validation_error(f"A step scaling policy takes at most {MOST_STEPS} StepAdjustments.")
    if config.get("MinAdjustmentMagnitude") and config["AdjustmentType"] != "PercentChangeInCapacity":
        raise validation_error(
            "MinAdjustmentMagnitude is only supported for the adjustment type PercentChangeInCapacity"
        )
    for low, high in _bounds(steps):
        if low >= high:
            raise validation_error("A step's MetricIntervalLowerBound must be less than its MetricIntervalUpperBound.")
    ordered = sorted(_bounds(steps))
    for (_, high), (low, _) in pairwise(ordered):
        if low != high:
            raise validation_error("The intervals of StepAdjustments must neither overlap nor leave a gap.")


def _bounds(steps: Sequence[Mapping[str, Any]]) -> Iterator[tuple[float, float]]:
    for step in steps:
        yield (
            step.get("MetricIntervalLowerBound", float("-inf")),
            step.get("MetricIntervalUpperBound", float("inf")),
        )


# Alarms of target tracking ----------------------------------------------------------------------------------------


def _put_alarms(
    parts: Parts,
    caller: Caller,
    scalable: Scalable,
    params: Params,
    config: Mapping[str, Any],
    arn: str,
    identity: str,
) -> list[dict[str, str]]:
    """Write the alarms of a target tracking policy and return their names and ARNs."""
    target, made = config["TargetValue"], []
    for level, operator, threshold, periods in (
        ("High", "GreaterThanThreshold", target, HIGH_PERIODS),
        ("Low", "LessThanThreshold", target * LOW_SHARE, LOW_PERIODS),
    ):
        name = f"TargetTracking-{params['ResourceId']}-Alarm{level}-{identity}"
        request = {
            **_metric(scalable, config),
            "AlarmName": name,
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}.",
            "ComparisonOperator": operator,
            "Threshold": threshold,
            "EvaluationPeriods": periods,
            "Period": PERIOD_S,
            "AlarmActions": [arn],
        }
        made.append({"AlarmName": name, "AlarmARN": put_alarm(parts, caller.scope, request)})
    return made


def _metric(scalable: Scalable, config: Mapping[str, Any]) -> dict[str, Any]:
    if "PredefinedMetricSpecification" in config:
        named = {"EndpointName": scalable.name, "VariantName": scalable.variant}
        if scalable.kind != "endpoint":
            named = {"InferenceComponentName": scalable.name}
        return {
            "Namespace": "AWS/SageMaker",
            "MetricName": PREDEFINED[scalable.kind][1],
            "Dimensions": [{"Name": name, "Value": value} for name, value in named.items()],
            "Statistic": "Sum",
        }
    members = ("Namespace", "MetricName", "Dimensions", "Statistic", "Unit")
    given = config["CustomizedMetricSpecification"]
    return {"Dimensions": [], **{member: given[member] for member in members if given.get(member)}}
