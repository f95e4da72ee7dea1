"""Endpoints: create, describe, list, delete (`contract.md` 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.operations.sagemaker.endpoint_configs import find_endpoint_config
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.models import find_model
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.planning.serving import containers_of_model, mode_of_model
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import validation_error

KIND = "endpoint"


def create_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept an endpoint; the steward brings its servers up.

    What it serves is taken down now: configuration and models may be deleted or changed under it.

    Raises:
        ApiError: `ValidationException` where the name is taken or the configuration or one of its models is missing.
    """
    name = params["EndpointName"]
    arn = sagemaker_arn(caller.region, caller.account, KIND, name)
    taken = validation_error(f'Cannot create already existing endpoint "{arn}".')
    if parts.state.get(KIND, caller.scope, name) is not None:
        raise taken
    config = find_endpoint_config(parts, caller, params["EndpointConfigName"]).body["request"]
    body = {
        **lifecycle.begin(),
        "request": {member: value for member, value in params.items() if member != "Tags"},
        "arn": arn,
        "region": caller.region,
        "python": caller.python,
        "environment": dict(caller.environment),
        "data_capture": config.get("DataCaptureConfig"),
        "variants": [_variant(parts, caller, variant) for variant in config["ProductionVariants"]],
        "instances": {variant["VariantName"]: [] for variant in config["ProductionVariants"]},
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
        **body["request"],
        "EndpointArn": body["arn"],
        "EndpointStatus": body["endpoint_status"],
        "ProductionVariants": [_variant_summary(body, variant, record) for variant in body["variants"]],
        "FailureReason": body.get("failure_reason"),
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
    }
    return {name: value for name, value in answer.items() if value is not None}


def list_endpoints(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the newest first, ten at a time."""
    return list_records(parts, caller, params, KIND, "Endpoints", _summary, descending=True, page=10)


def delete_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Begin to take an endpoint down; it is gone when its servers are."""
    while True:
        record = find_endpoint(parts, caller, params["EndpointName"])
        status = record.body["endpoint_status"]
        if status == "Deleting":
            return {}
        if "Deleting" not in lifecycle.MOVES[status]:
            raise validation_error(f'Cannot update in-progress endpoint "{record.body["arn"]}".')
        body = lifecycle.move(record.body, "Deleting")
        try:
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
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        arn = sagemaker_arn(caller.region, caller.account, KIND, name)
        raise validation_error(f'Could not find endpoint "{arn}".')
    return record


def _variant(parts: Parts, caller: Caller, variant: Mapping[str, Any]) -> dict[str, Any]:
    model = find_model(parts, caller, variant["ModelName"]).body
    return {
        "name": variant["VariantName"],
        "model": variant["ModelName"],
        "weight": variant["InitialVariantWeight"],
        "count": variant["InitialInstanceCount"],
        "mode": mode_of_model(model),
        "containers": containers_of_model(model),
        "network_isolation": model["request"]["EnableNetworkIsolation"],
        "startup_s": variant.get("ContainerStartupHealthCheckTimeoutInSeconds"),
        "resolved_at": parts.clock.now(),
    }


def _variant_summary(body: Mapping[str, Any], variant: Mapping[str, Any], record: Record) -> Result:
    ready = sum(1 for instance in body["instances"][variant["name"]] if instance.get("addresses"))
    images = [container["definition"]["Image"] for container in variant["containers"]]
    summary: Result = {
        "VariantName": variant["name"],
        "DeployedImages": [
            {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": variant["resolved_at"]}
            for image in images
        ],
        "CurrentWeight": variant["weight"],
        "DesiredWeight": variant["weight"],
        "CurrentInstanceCount": ready,
        "DesiredInstanceCount": variant["count"],
    }
    if body["endpoint_status"] in ("Creating", "Deleting"):
        summary["VariantStatus"] = [{"Status": body["endpoint_status"], "StartTime": record.created_at}]
    return summary


def _summary(record: Record) -> Result:
    return {
        "EndpointName": record.name,
        "EndpointArn": record.body["arn"],
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
        "EndpointStatus": record.body["endpoint_status"],
    }
