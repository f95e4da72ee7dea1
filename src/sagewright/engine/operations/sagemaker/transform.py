"""Transform jobs: create, describe, list, stop (`contract.md` 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import transform as lifecycle
from sagewright.engine.operations.sagemaker.acting_roles import acting_model
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.models import find_model
from sagewright.engine.operations.sagemaker.tags import put_tags
from sagewright.engine.operations.sagemaker.transform_rules import check
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.planning.serving import containers_of_model
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import ApiError, validation_error

KIND = "transform-job"
PAGE = 10


def create_transform_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept a transform job.

    Raises:
        ApiError: `ValidationException` where the request cannot work here; `ResourceInUse` where the name is taken.
    """
    name = params["TransformJobName"]
    arn = sagemaker_arn(caller.region, caller.account, KIND, name)
    if parts.state.get(KIND, caller.scope, name) is not None:
        raise _name_is_taken(arn)
    model = find_model(parts, caller, params["ModelName"])
    check(parts, caller, params, model.body)
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    body = _new_body(caller, params, arn, acting_model(parts, caller, model.body))
    try:
        parts.state.put(Record(KIND, caller.scope, name, body, body["status"], "queued"), expected_version=0)
    except VersionConflict:
        raise _name_is_taken(arn) from None
    parts.ring()
    return {"TransformJobArn": arn}


def describe_transform_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a transform job."""
    record = _find(parts, caller, params["TransformJobName"], "Could not find requested job with name")
    if not lifecycle.is_over(record.body):
        parts.ring()
    return _without_none(
        {
            **record.body["request"],
            "TransformJobArn": record.body["arn"],
            "TransformJobStatus": record.body["status"],
            "FailureReason": record.body.get("failure_reason"),
            "CreationTime": record.created_at,
            "TransformStartTime": record.body.get("started_at"),
            "TransformEndTime": record.body.get("ended_at"),
        }
    )


def list_transform_jobs(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the newest first."""
    return list_records(parts, caller, params, KIND, "TransformJobSummaries", _summary, descending=True, page=PAGE)


def stop_transform_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell a job to stop; what it has stored of whole objects stays."""
    while True:
        record = _find(parts, caller, params["TransformJobName"], "Could not find job to update with name")
        status = record.body["status"]
        if status == "Stopping":
            return {}
        if status != "InProgress":
            raise validation_error(f"The request was rejected because the transform job is in status {status}")
        body = lifecycle.move(record.body, "Stopping", parts.clock.now())
        try:
            parts.state.put(replace(record, body=body, status="Stopping"), expected_version=record.version)
        except VersionConflict:
            continue
        parts.ring()
        return {}


def _new_body(caller: Caller, params: Params, arn: str, model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new job's body; it keeps the model's containers, so that the model may be deleted."""
    return {
        **lifecycle.begin(),
        "request": _filled_in({name: value for name, value in params.items() if name != "Tags"}),
        "arn": arn,
        "containers": containers_of_model(model),
        "network_isolation": bool(model["request"].get("EnableNetworkIsolation")),
        "instances": [],
        "region": caller.region,
        "python": caller.python,
        "environment": dict(caller.environment),
    }


def _filled_in(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request with what the service adds to it."""
    return {
        **request,
        "TransformInput": {"CompressionType": "None", "SplitType": "None", **request["TransformInput"]},
        "TransformOutput": {"AssembleWith": "None", "KmsKeyId": "", **request["TransformOutput"]},
        "DataProcessing": {
            "InputFilter": "$",
            "OutputFilter": "$",
            "JoinSource": "None",
            **(request.get("DataProcessing") or {}),
        },
    }


def _summary(record: Record) -> Result:
    return _without_none(
        {
            "TransformJobName": record.name,
            "TransformJobArn": record.body["arn"],
            "CreationTime": record.created_at,
            "TransformEndTime": record.body.get("ended_at"),
            "LastModifiedTime": record.modified_at,
            "TransformJobStatus": record.body["status"],
            "FailureReason": record.body.get("failure_reason"),
        }
    )


def _without_none(facts: Result) -> Result:
    return {name: value for name, value in facts.items() if value is not None}


def _find(parts: Parts, caller: Caller, name: str, complaint: str) -> Record:
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        raise validation_error(f"{complaint}: {name}")
    return record


def _name_is_taken(arn: str) -> ApiError:
    return ApiError(
        "ResourceInUse",
        f"Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
    )
