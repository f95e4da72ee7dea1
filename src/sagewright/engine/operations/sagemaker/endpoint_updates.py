"""Changing endpoints that are in service (`contract.md` 2.5); the steward carries that out (`steward/updates.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.operations.sagemaker.deployment_rules import check_deployment, check_fit
from sagewright.engine.operations.sagemaker.endpoint_configs import find_endpoint_config
from sagewright.engine.operations.sagemaker.endpoint_variants import variants_of
from sagewright.engine.operations.sagemaker.endpoints import find_endpoint, in_progress
from sagewright.engine.operations.sagemaker.placed_components import placed_components
from sagewright.engine.operations.sagemaker.variant_rules import check_bounds, check_concurrency
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import validation_error

_MEMBERS = {"DesiredInstanceCount": "count", "DesiredWeight": "weight"}  # of a variant of the record


def update_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Have an endpoint serve another configuration; it goes on answering meanwhile.

    Raises:
        ApiError: `ValidationException` where it is not in service, or cannot change to that configuration.
    """
    if params.get("DeploymentConfig") and params.get("RetainDeploymentConfig"):
        raise validation_error("You can't specify both DeploymentConfig and RetainDeploymentConfig.")
    check_deployment(parts, caller, params.get("DeploymentConfig"))
    config = find_endpoint_config(parts, caller, params["EndpointConfigName"]).body["request"]
    while True:
        record = _in_service(parts, caller, params["EndpointName"])
        body = _updating(parts, caller, params, record, config)
        if _put(parts, record, body):
            return {"EndpointArn": body["arn"]}


def update_endpoint_weights_and_capacities(parts: Parts, caller: Caller, params: Params) -> Result:
    """Change the shares and the instance counts of an endpoint's variants.

    Raises:
        ApiError: `ValidationException` where it is not in service, or has no such variant.
    """
    while True:
        record = _in_service(parts, caller, params["EndpointName"])
        body = _resized(parts, record, params["DesiredWeightsAndCapacities"])
        if _put(parts, record, body):
            return {"EndpointArn": body["arn"]}


def _resized(parts: Parts, record: Record, wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    variants = {variant["name"]: variant for variant in record.body["variants"]}
    for change in wanted:
        if change["VariantName"] not in variants:
            raise validation_error(
                f'Could not find variant "{change["VariantName"]}" of endpoint "{record.body["arn"]}".'
            )
    changes = {change["VariantName"]: _changes(variants[change["VariantName"]], change) for change in wanted}
    return lifecycle.resize(record.body, changes, parts.clock.now())


def _changes(variant: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a variant that change."""
    changes = {member: change[name] for name, member in _MEMBERS.items() if name in change}
    if "DesiredInstanceCount" in change:
        _check_count(variant, change["DesiredInstanceCount"])
    if "ServerlessUpdateConfig" in change:
        changes["serverless"] = _serverless(variant, change["ServerlessUpdateConfig"])
    return changes


def _check_count(variant: Mapping[str, Any], count: int) -> None:
    if variant.get("serverless"):
        raise validation_error(f"Variant `{variant['name']}` is serverless and has no DesiredInstanceCount.")
    if (variant.get("scaling") or {}).get("Status") == "ENABLED":
        check_bounds(variant["name"], variant["scaling"], count)


def _serverless(variant: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    if not variant.get("serverless"):
        raise validation_error(f"Variant `{variant['name']}` runs on instances and has no ServerlessUpdateConfig.")
    serverless = {**variant["serverless"], **change}
    check_concurrency(variant["name"], serverless)
    return serverless


def _updating(
    parts: Parts, caller: Caller, params: Params, record: Record, config: Mapping[str, Any]
) -> dict[str, Any]:
    body, retained = record.body, _retained(params)
    variants = _retain(variants_of(parts, caller, config), body["variants"], retained)
    if any(v.get("serverless") for v in variants) and not any(v.get("serverless") for v in body["variants"]):
        raise validation_error(
            f'Cannot update endpoint "{body["arn"]}" to a serverless configuration: it runs on instances.\n'
            "hint: make another endpoint."
        )
    _check_components(parts, record, variants)
    deployment = body.get("deployment") if params.get("RetainDeploymentConfig") else params.get("DeploymentConfig")
    check_fit(deployment, body["variants"], variants)
    if "DataCaptureConfig" in retained:
        config = {**config, "DataCaptureConfig": body.get("config", {}).get("DataCaptureConfig")}
        config = {member: value for member, value in config.items() if value is not None}
    new = {"variants": variants, "config": config, "request": {"EndpointConfigName": params["EndpointConfigName"]}}
    return {
        **lifecycle.deploy(body, new, deployment, parts.clock.now()),
        "python": caller.python or body["python"],
        "environment": dict(caller.environment) or body["environment"],
    }


def _check_components(parts: Parts, record: Record, variants: Sequence[Mapping[str, Any]]) -> None:
    """Check that the inference components of an endpoint keep their places."""
    places = {variant["name"] for variant in variants if variant["mode"] == "Components"}
    for component in placed_components(parts, record.scope, record.name):
        variant = component.body["variants"][0]["name"]
        if variant not in places:
            raise validation_error(
                f"The inference component `{component.name}` is on variant `{variant}`, which would not take any.\n"
                "hint: delete it first."
            )


def _retained(params: Params) -> set[str]:
    """Return which properties of the variants the update leaves as they are."""
    excluded = params.get("ExcludeRetainedVariantProperties") or []
    if not params.get("RetainAllVariantProperties"):
        if excluded:
            raise validation_error("ExcludeRetainedVariantProperties needs RetainAllVariantProperties.")
        return set()
    return {*_MEMBERS, "DataCaptureConfig"} - {item["VariantPropertyType"] for item in excluded}


def _retain(
    variants: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]], retained: set[str]
) -> list[dict[str, Any]]:
    by_name = {variant["name"]: variant for variant in old}
    kept = [member for name, member in _MEMBERS.items() if name in retained]
    return [
        {**variant, **{member: by_name[variant["name"]][member] for member in kept if variant["name"] in by_name}}
        for variant in variants
    ]


def _in_service(parts: Parts, caller: Caller, name: str) -> Record:
    record = find_endpoint(parts, caller, name)
    status = record.body["endpoint_status"]
    if status in ("Creating", "Updating", "RollingBack", "Deleting"):
        raise in_progress(record)
    if "Updating" not in lifecycle.MOVES[status]:
        raise validation_error(
            f'Cannot update endpoint "{record.body["arn"]}" in status {status}.\nhint: delete it, and create it again.'
        )
    return record


def _put(parts: Parts, record: Record, body: Mapping[str, Any]) -> bool:
    """Write an endpoint that is to be updated; False: it has changed meanwhile."""
    try:
        parts.state.put(replace(record, body=body, status="Updating", queue="active"), expected_version=record.version)
    except VersionConflict:
        return False
    parts.ring()
    return True
