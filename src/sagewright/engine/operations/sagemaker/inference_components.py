"""Inference components: models that are put onto an endpoint's variant and taken off it again (`contract.md` 2.14).

A component has a record of its own, of the kind `inference-component`, whose body has the members of an endpoint's that
callers read (`endpoint_status`, `variants` with the one variant it is on, `instances`), so that it is asked, kept up
and updated as an endpoint is. Each copy of it is an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.operations.sagemaker.component_rules import check_component, check_deployable, specification
from sagewright.engine.operations.sagemaker.endpoints import find_endpoint
from sagewright.engine.operations.sagemaker.finding import find_record
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.placed_components import KIND
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.planning.serving import component_log_group
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import validation_error

_NAME = "InferenceComponentName"


def create_inference_component(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept a component; the steward brings its copies up.

    Raises:
        ApiError: `ValidationException` where the name is taken, or the variant or the model is not such a one.
    """
    name = params[_NAME]
    arn = sagemaker_arn(caller.region, caller.account, KIND, name)
    taken = validation_error(f'Cannot create already existing inference component "{arn}".')
    if parts.state.get(KIND, caller.scope, name) is not None:
        raise taken
    endpoint = find_endpoint(parts, caller, params["EndpointName"])
    check_component(params, endpoint)
    count = params.get("RuntimeConfig", {}).get("CopyCount", 1)
    variant = specification(parts, caller, params["Specification"], params["VariantName"], endpoint.body, count)
    body = {
        **lifecycle.begin(),
        "request": {member: value for member, value in params.items() if member != "Tags"},
        "arn": arn,
        "endpoint_arn": endpoint.body["arn"],
        "log_group": component_log_group(name),
        "since": parts.clock.now(),
        "region": caller.region,
        "python": caller.python,
        "environment": dict(caller.environment),
        "config": endpoint.body.get("config", {}),
        "variants": [variant],
        "instances": {variant["name"]: []},
    }
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    try:
        parts.state.put(Record(KIND, caller.scope, name, body, body["endpoint_status"], "active"), expected_version=0)
    except VersionConflict:
        raise taken from None
    parts.ring()
    return {"InferenceComponentArn": arn}


def describe_inference_component(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a component."""
    record = find_component(parts, caller, params[_NAME])
    if record.queue is not None:
        parts.ring()
    body, request = record.body, record.body["request"]
    (variant,) = body["variants"]
    answer = {
        **_summary(record),
        "FailureReason": body.get("failure_reason"),
        "Specification": _described(request["Specification"], variant),
        "RuntimeConfig": {
            "DesiredCopyCount": variant["count"],
            "CurrentCopyCount": sum(1 for copy in body["instances"][variant["name"]] if copy.get("addresses")),
        },
        "LastDeploymentConfig": body.get("deployment"),
    }
    return {name: value for name, value in answer.items() if value is not None}


def list_inference_components(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries, a short one where the endpoint must be a certain one; by default the newest first."""
    params = dict(params)
    while True:
        answer = list_records(parts, caller, params, KIND, "InferenceComponents", _summary, descending=True, page=10)
        answer["InferenceComponents"] = [item for item in answer["InferenceComponents"] if _is_of(item, params)]
        if answer["InferenceComponents"] or "NextToken" not in answer:
            return answer
        params["NextToken"] = answer["NextToken"]


def update_inference_component(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let a component have another specification, or another number of copies; it goes on answering meanwhile.

    Raises:
        ApiError: `ValidationException` where it is not in service, or cannot change so.
    """
    check_deployable(parts, caller, params)
    count = params.get("RuntimeConfig", {}).get("CopyCount")
    if "Specification" in params:
        return _change(parts, caller, params[_NAME], lambda body: _deployed(parts, caller, params, body, count))
    if count is None:
        raise validation_error("UpdateInferenceComponent needs a Specification or a RuntimeConfig.")
    return _change(parts, caller, params[_NAME], lambda body: _resized(parts, body, count))


def update_inference_component_runtime_config(parts: Parts, caller: Caller, params: Params) -> Result:
    """Let a component have another number of copies.

    Raises:
        ApiError: `ValidationException`: it is not in service.
    """
    count = params["DesiredRuntimeConfig"]["CopyCount"]
    return _change(parts, caller, params[_NAME], lambda body: _resized(parts, body, count))


def delete_inference_component(parts: Parts, caller: Caller, params: Params) -> Result:
    """Begin to take a component down; it is gone when its copies are."""
    if find_component(parts, caller, params[_NAME]).body["endpoint_status"] == "Deleting":
        return {}
    _change(parts, caller, params[_NAME], lambda body: lifecycle.move(body, "Deleting"))
    drop_tags(parts, caller, sagemaker_arn(caller.region, caller.account, KIND, params[_NAME]))
    return {}


def find_component(parts: Parts, caller: Caller, name: str) -> Record:
    """Return a component's record.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    return find_record(parts, caller, KIND, name)


def _change(parts: Parts, caller: Caller, name: str, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Result:
    while True:
        record = find_component(parts, caller, name)
        try:
            body = change(record.body)
        except lifecycle.IllegalMove:
            raise validation_error(
                f'Cannot update in-progress inference component "{record.body["arn"]}".\n'
                f"hint: it is in status {record.body['endpoint_status']}."
            ) from None
        try:
            parts.state.put(
                replace(record, body=body, status=body["endpoint_status"], queue="active"),
                expected_version=record.version,
            )
        except VersionConflict:
            continue
        parts.ring()
        return {"InferenceComponentArn": body["arn"]}


def _resized(parts: Parts, body: Mapping[str, Any], count: int) -> dict[str, Any]:
    (variant,) = body["variants"]
    return lifecycle.resize(body, {variant["name"]: {"count": count}}, parts.clock.now())


def _deployed(
    parts: Parts, caller: Caller, params: Params, body: Mapping[str, Any], count: int | None
) -> dict[str, Any]:
    (variant,) = body["variants"]
    count = variant["count"] if count is None else count
    new = specification(parts, caller, params["Specification"], variant["name"], body, count)
    now = parts.clock.now()
    return {
        **lifecycle.deploy(
            body,
            {"variants": [new], "request": {"Specification": params["Specification"]}, "config": body["config"]},
            params.get("DeploymentConfig"),
            now,
        ),
        "python": caller.python or body["python"],
        "environment": dict(caller.environment) or body["environment"],
    }


def _summary(record: Record) -> Result:
    return {
        "InferenceComponentName": record.name,
        "InferenceComponentArn": record.body["arn"],
        "EndpointName": record.body["request"]["EndpointName"],
        "EndpointArn": record.body["endpoint_arn"],
        "VariantName": record.body["variants"][0]["name"],
        "InferenceComponentStatus": record.body["endpoint_status"],
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
    }


def _is_of(item: Mapping[str, Any], params: Params) -> bool:
    return all(params.get(f"{member}Equals") in (None, item[member]) for member in ("EndpointName", "VariantName"))


def _described(given: Mapping[str, Any], variant: Mapping[str, Any]) -> Result:
    if "Container" not in given:
        return dict(given)
    container = {name: value for name, value in given["Container"].items() if name != "Image"}
    image = given["Container"]["Image"]
    deployed = {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": variant["resolved_at"]}
    return {**given, "Container": {"DeployedImage": deployed, **container}}
