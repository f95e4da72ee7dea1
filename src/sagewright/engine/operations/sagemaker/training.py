"""Training jobs: create, describe, list, stop (`contract.md` 1.1, 1.2, 1.5, 1.16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.executors.environment import job_environment
from sagewright.engine.executors.inline import reserve
from sagewright.engine.images import Image
from sagewright.engine.lifecycle import training as lifecycle
from sagewright.engine.lifecycle import warm_pool
from sagewright.engine.operations.sagemaker.acting_roles import acting_role
from sagewright.engine.operations.sagemaker.images import checked_image, pinned
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.tags import put_tags
from sagewright.engine.operations.sagemaker.training_rules import check
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.planning.limits import max_runtime_s
from sagewright.engine.planning.outputs import model_uri
from sagewright.engine.planning.training import metric_definitions, plan_attempt
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import ApiError, validation_error

KIND = "training-job"


def create_training_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept a training job.

    Raises:
        ApiError: `ValidationException` where the request cannot work here; `ResourceInUse` where the name is taken.
    """
    request = {name: value for name, value in params.items() if name != "Tags"}
    arn = sagemaker_arn(caller.region, caller.account, KIND, params["TrainingJobName"])
    if parts.state.get(KIND, caller.scope, params["TrainingJobName"]) is not None:
        raise _name_is_taken(arn)
    check(parts, caller, params)
    body = _new_body(parts, caller, request, arn)
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    record = Record(KIND, caller.scope, params["TrainingJobName"], body, lifecycle.primary(body), "queued")
    submit = _submit_inline if caller.executor == "inline" else _submit
    try:
        submit(parts, record)
    except VersionConflict:
        raise _name_is_taken(arn) from None
    return {"TrainingJobArn": arn}


def _submit(parts: Parts, record: Record) -> None:
    parts.state.put(record, expected_version=0)
    parts.ring()


def _submit_inline(parts: Parts, record: Record) -> None:
    """Run the job in this very process, before the call returns."""
    body = {**record.body, "execution_id": f"tr-{parts.ids.new()}"}
    plan = plan_attempt(body, job_environment(parts.home, body), int(parts.clock.now()))
    run = reserve(parts, plan)
    parts.state.put(replace(record, body=body, queue="active"), expected_version=0)
    parts.ring()
    run()


def describe_training_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a training job."""
    record = _find(parts, caller, params["TrainingJobName"])
    if not lifecycle.is_over(record.body):
        parts.ring()
    return description(record, parts.clock.now())


def list_training_jobs(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default in order of creation.

    A page is cut first and filtered by `WarmPoolStatusEquals` then, so that it may be short.
    """
    if params.get("TrainingPlanArnEquals"):
        return {"TrainingJobSummaries": []}  # no job here has one
    summary = partial(_summary, now=parts.clock.now())
    answer = list_records(parts, caller, params, KIND, "TrainingJobSummaries", summary, descending=False, page=100)
    if wanted := params.get("WarmPoolStatusEquals"):
        found = [job for job in answer["TrainingJobSummaries"] if job.get("WarmPoolStatus", {}).get("Status") == wanted]
        answer["TrainingJobSummaries"] = found
    return answer


def stop_training_job(parts: Parts, caller: Caller, params: Params) -> Result:
    """Tell a job to stop; it does so in its own time (SIGTERM, 120 s, SIGKILL)."""
    while True:
        record = _find(parts, caller, params["TrainingJobName"])
        status = lifecycle.primary(record.body)
        if status != "InProgress":
            if status == "Stopping":
                return {}
            raise validation_error(f"The request was rejected because the training job is in status {status}")
        body = lifecycle.move(record.body, "Stopping", parts.clock.now())
        try:
            parts.state.put(replace(record, body=body, status="Stopping"), expected_version=record.version)
        except VersionConflict:
            continue
        parts.ring()
        return {}


def description(record: Record, now: float) -> Result:
    """Return `DescribeTrainingJob`'s answer for a record at a time (unix seconds)."""
    body = record.body
    request = body["request"]
    started, ended = body.get("training_started_at"), body.get("training_ended_at")
    answer = {
        **request,
        "TrainingJobArn": body["arn"],
        "TrainingJobStatus": lifecycle.primary(body),
        "SecondaryStatus": body["secondary"],
        "SecondaryStatusTransitions": body["transitions"],
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
        "TrainingStartTime": started,
        "TrainingEndTime": ended,
        "FailureReason": body.get("failure_reason"),
        "FinalMetricDataList": body.get("final_metrics") or None,
        "ModelArtifacts": _artifacts(body),
        "WarmPoolStatus": warm_pool.shown(body, now),
        **_seconds(body),
    }
    return {name: value for name, value in answer.items() if value is not None}


def _new_body(parts: Parts, caller: Caller, request: Mapping[str, Any], arn: str) -> dict[str, Any]:
    image = checked_image(parts, request["AlgorithmSpecification"]["TrainingImage"], caller)
    return {
        **lifecycle.begin(parts.clock.now()),
        "request": _filled_in(request, image),
        "image": pinned(image),
        "arn": arn,
        "region": caller.region,
        "role": acting_role(parts, caller, request["RoleArn"]),
        "attempt": 1,
        "python": caller.python,
        "environment": dict(caller.environment),
    }


def _filled_in(request: Mapping[str, Any], image: Image) -> dict[str, Any]:
    """Return the request with what the service adds to it (`contract.md` 1.1, 1.2)."""
    specification = {**request["AlgorithmSpecification"]}
    specification["MetricDefinitions"] = metric_definitions(request, image)
    specification.setdefault("EnableSageMakerMetricsTimeSeries", False)
    return {
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **request,
        "AlgorithmSpecification": specification,
        "OutputDataConfig": {"KmsKeyId": "", "CompressionType": "GZIP", **request["OutputDataConfig"]},
        "StoppingCondition": {"MaxRuntimeInSeconds": max_runtime_s(request), **request.get("StoppingCondition", {})},
    }


def _artifacts(body: Mapping[str, Any]) -> dict[str, str]:
    """Return `ModelArtifacts`: where the model lies, or will lie."""
    return {"S3ModelArtifacts": body.get("model_artifacts") or model_uri(body["request"])}


def _seconds(body: Mapping[str, Any]) -> dict[str, int]:
    """Return how long the job took from its start, and how long of that its attempts were at work."""
    started, ended = body.get("training_started_at"), body.get("training_ended_at")
    if started is None or ended is None:
        return {}
    training = max(1, round(ended - started))
    billable = round(body.get("used_s", ended - started))
    return {"TrainingTimeInSeconds": training, "BillableTimeInSeconds": max(1, min(billable, training))}


def _summary(record: Record, now: float) -> Result:
    body = record.body
    summary = {
        "TrainingJobName": record.name,
        "TrainingJobArn": body["arn"],
        "CreationTime": record.created_at,
        "TrainingEndTime": body.get("training_ended_at"),
        "LastModifiedTime": record.modified_at,
        "TrainingJobStatus": lifecycle.primary(body),
        "SecondaryStatus": body["secondary"],
        "WarmPoolStatus": warm_pool.shown(body, now),
    }
    return {name: value for name, value in summary.items() if value is not None}


def _find(parts: Parts, caller: Caller, name: str) -> Record:
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        raise validation_error("Requested resource not found.")
    return record


def _name_is_taken(arn: str) -> ApiError:
    return ApiError(
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job with this name "
        f"already exists ({arn})",
    )
