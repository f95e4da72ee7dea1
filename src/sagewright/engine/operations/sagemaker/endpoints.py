"""Endpoints: create, describe, list, delete (`contract.md` 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Query, Record, VersionConflict
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.operations.sagemaker.deployment_rules import check_deployment
from sagewright.engine.operations.sagemaker.endpoint_configs import find_endpoint_config
from sagewright.engine.operations.sagemaker.endpoint_variants import pending, summaries, variants_of
from sagewright.engine.operations.sagemaker.finding import find_record
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.placed_components import take_down_components
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import ApiError, validation_error

KIND = "endpoint"


def create_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept an endpoint; the steward brings its servers up.

    Raises:
        ApiError: `ValidationException` where the name is taken or the configuration or one of its models is missing.
    """
    name = params["EndpointName"]
    arn = sagemaker_arn(caller.region, caller.account, KIND, name)
    taken = validation_error(f'Cannot create already existing endpoint "{arn}".')
    check_deployment(parts, caller, params.get("DeploymentConfig"))
    if _is_taken(parts, caller, name):
        raise taken
    config = find_endpoint_config(parts, caller, params["EndpointConfigName"]).body["request"]
    variants = variants_of(parts, caller, config)
    body = {
        **lifecycle.begin(),
        "since": parts.clock.now(),
        "deployment": params.get("DeploymentConfig"),
        "request": {member: value for member, value in params.items() if member != "Tags"},
        "arn": arn,
        "region": caller.region,
        "python": caller.python,
        "environment": dict(caller.environment),
        "config": config,
        "variants": variants,
        "instances": {variant["name"]: [] for variant in variants},
    }
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    try:
        parts.state.put(Record(KIND, caller.scope, name, body, body["endpoint_status"], "active"), expected_version=0)
    except VersionConflict:
        raise taken from None
    parts.ring()
    return {"EndpointArn": arn}


def describe_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of an endpoint."""
    record = find_endpoint(parts, caller, params["EndpointName"])
    if record.queue is not None:
        parts.ring()
    body = record.body
    answer = {
        "EndpointName": record.name,
        "EndpointConfigName": body["request"]["EndpointConfigName"],
        "EndpointArn": body["arn"],
        "EndpointStatus": body["endpoint_status"],
        "ProductionVariants": summaries(body, shadow=False),
        "ShadowProductionVariants": summaries(body, shadow=True) or None,
        "PendingDeploymentSummary": pending(body, record.created_at),
        "LastDeploymentConfig": body.get("deployment"),
        "DataCaptureConfig": _capture(body.get("config", {}).get("DataCaptureConfig")),
        "AsyncInferenceConfig": body.get("config", {}).get("AsyncInferenceConfig"),
        "FailureReason": body.get("failure_reason"),
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
    }
    return {name: value for name, value in answer.items() if value is not None}


def list_endpoints(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the newest first, ten at a time."""
    return list_records(parts, caller, params, KIND, "Endpoints", _summary, descending=True, page=10)


def delete_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Begin to take an endpoint down, and the components on it; it is gone when its servers are."""
    while True:
        record = find_endpoint(parts, caller, params["EndpointName"])
        status = record.body["endpoint_status"]
        if status == "Deleting":
            return {}
        if "Deleting" not in lifecycle.MOVES[status]:
            raise in_progress(record)
        body = {**lifecycle.move(record.body, "Deleting"), "since": parts.clock.now()}
        try:
            take_down_components(parts, caller.scope, record.name)
            parts.state.put(
                replace(record, body=body, status="Deleting", queue="active"), expected_version=record.version
            )
        except VersionConflict:
            continue
        drop_tags(parts, caller, record.body["arn"])
        parts.ring()
        return {}


def find_endpoint(parts: Parts, caller: Caller, name: str) -> Record:
    """Return an endpoint's record.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    return find_record(parts, caller, KIND, name)


def in_progress(record: Record) -> ApiError:
    """Return the service's refusal to touch an endpoint on which it is at work."""
    return validation_error(f'Cannot update in-progress endpoint "{record.body["arn"]}".')


def _is_taken(parts: Parts, caller: Caller, name: str) -> bool:
    """Tell whether an endpoint has the name, however that is capitalised there (`contract.md` 2.5)."""
    if parts.state.get(KIND, caller.scope, name) is not None:
        return True
    token: str | None = None
    while True:
        page = parts.state.list(Query(KIND, scope=caller.scope, limit=1000, after=token))
        if any(record.name.lower() == name.lower() for record in page.records):
            return True
        if (token := page.next_token) is None:
            return False


def _capture(config: Mapping[str, Any] | None) -> Result | None:
    if config is None:
        return None
    captures = bool(config.get("EnableCapture"))
    return {
        "EnableCapture": captures,
        "CaptureStatus": "Started" if captures else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }


def _summary(record: Record) -> Result:
    return {
        "EndpointName": record.name,
        "EndpointArn": record.body["arn"],
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
        "EndpointStatus": record.body["endpoint_status"],
    }
