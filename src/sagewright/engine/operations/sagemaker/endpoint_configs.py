"""Endpoint configurations: create, describe, list, delete (`contract.md` 2.4)."""

from __future__ import annotations

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.sagemaker.finding import find_record
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.operations.sagemaker.variant_rules import check_config
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
    check_config(parts, caller, params)
    request = {member: value for member, value in params.items() if member != "Tags"}
    for group in ("ProductionVariants", "ShadowProductionVariants"):
        if params.get(group):
            request[group] = [{"InitialVariantWeight": 1.0, **variant} for variant in params[group]]
    request.setdefault("EnableNetworkIsolation", False)
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    try:
        parts.state.put(Record(KIND, caller.scope, name, {"request": request, "arn": arn}), expected_version=0)
    except VersionConflict:
        raise taken from None
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
    return find_record(parts, caller, KIND, name, "endpoint configuration")


def _summary(record: Record) -> Result:
    return {
        "EndpointConfigName": record.name,
        "EndpointConfigArn": record.body["arn"],
        "CreationTime": record.created_at,
    }
