"""Endpoint configurations: create, describe, list, delete (`contract.md` 2.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.models import find_model
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import validation_error

KIND = "endpoint-config"


def create_endpoint_config(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept an endpoint configuration.

    Raises:
        ApiError: `ValidationException` where the name is taken, a model is missing, or a variant cannot be served here.
    """
    name = params["EndpointConfigName"]
    arn = sagemaker_arn(caller.region, caller.account, KIND, name)
    taken = validation_error(f'Cannot create already existing endpoint configuration "{arn}".')
    if parts.state.get(KIND, caller.scope, name) is not None:
        raise taken
    refuse(_unbuilt(params))
    _check_variants(parts, caller, params["ProductionVariants"])
    request = {member: value for member, value in params.items() if member != "Tags"}
    request["ProductionVariants"] = [{"InitialVariantWeight": 1.0, **v} for v in params["ProductionVariants"]]
    request.setdefault("EnableNetworkIsolation", False)
    try:
        parts.state.put(Record(KIND, caller.scope, name, {"request": request, "arn": arn}), expected_version=0)
    except VersionConflict:
        raise taken from None
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    return {"EndpointConfigArn": arn}


def describe_endpoint_config(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of an endpoint configuration."""
    record = find_endpoint_config(parts, caller, params["EndpointConfigName"])
    return {**record.body["request"], "EndpointConfigArn": record.body["arn"], "CreationTime": record.created_at}


def list_endpoint_configs(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the newest first."""
    return list_records(parts, caller, params, KIND, "EndpointConfigs", _summary, descending=True, page=100)


def delete_endpoint_config(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget an endpoint configuration; endpoints made from it stay as they are."""
    record = find_endpoint_config(parts, caller, params["EndpointConfigName"])
    parts.state.delete(KIND, caller.scope, record.name)
    drop_tags(parts, caller, record.body["arn"])
    return {}


def find_endpoint_config(parts: Parts, caller: Caller, name: str) -> Record:
    """Return an endpoint configuration's record.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    record = parts.state.get(KIND, caller.scope, name)
    if record is None:
        arn = sagemaker_arn(caller.region, caller.account, KIND, name)
        raise validation_error(f'Could not find endpoint configuration "{arn}".')
    return record


def _summary(record: Record) -> Result:
    return {
        "EndpointConfigName": record.name,
        "EndpointConfigArn": record.body["arn"],
        "CreationTime": record.created_at,
    }


def _unbuilt(params: Params) -> Iterator[tuple[str, Any]]:
    yield "ShadowProductionVariants", params.get("ShadowProductionVariants")
    yield "DataCaptureConfig.EnableCapture", params.get("DataCaptureConfig", {}).get("EnableCapture")
    for member in ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig"):
        yield member, params.get(member)
    for number, variant in enumerate(params["ProductionVariants"], start=1):
        for member, present in _unbuilt_of_variant(variant):
            yield f"ProductionVariants.{number}.{member}", present


def _unbuilt_of_variant(variant: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    scaling = variant.get("ManagedInstanceScaling", {})
    strategy = variant.get("RoutingConfig", {}).get("RoutingStrategy", "RANDOM")
    yield "ServerlessConfig", variant.get("ServerlessConfig")
    yield "ManagedInstanceScaling", scaling.get("Status") == "ENABLED"
    yield f"RoutingConfig.RoutingStrategy {strategy}", strategy != "RANDOM"
    yield "CapacityReservationConfig", variant.get("CapacityReservationConfig")
    yield "InstancePools", variant.get("InstancePools")
    yield "AcceleratorType", variant.get("AcceleratorType")


def _check_variants(parts: Parts, caller: Caller, variants: list[Mapping[str, Any]]) -> None:
    names = [variant["VariantName"] for variant in variants]
    for number, variant in enumerate(variants, start=1):
        path = f"productionVariants.{number}.member"
        if names.count(variant["VariantName"]) > 1:
            raise validation_error(f"The variant name `{variant['VariantName']}` is used more than once.")
        for member in ("ModelName", "InstanceType", "InitialInstanceCount"):
            if member not in variant:
                name = member[0].lower() + member[1:]
                raise validation_error(
                    f"1 validation error detected: Value null at '{path}.{name}' failed to satisfy constraint: "
                    "Member must not be null"
                )
        find_model(parts, caller, variant["ModelName"])
