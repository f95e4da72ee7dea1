"""Models: create, describe, list, delete (`contract.md` 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Record, VersionConflict
from sagewright.engine.operations.sagemaker.acting_roles import check_assumable
from sagewright.engine.operations.sagemaker.container_rules import check_together, checked_container
from sagewright.engine.operations.sagemaker.finding import find_record
from sagewright.engine.operations.sagemaker.images import pinned
from sagewright.engine.operations.sagemaker.listing import list_records
from sagewright.engine.operations.sagemaker.packaged_containers import unpacked
from sagewright.engine.operations.sagemaker.tags import drop_tags, put_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import sagemaker_arn
from sagewright.vocabulary.errors import validation_error

KIND = "model"


def create_model(parts: Parts, caller: Caller, params: Params) -> Result:
    """Accept a model.

    Raises:
        ApiError: `ValidationException` where the name is taken or the model cannot be served here.
    """
    arn = sagemaker_arn(caller.region, caller.account, KIND, params["ModelName"])
    taken = validation_error(f'Cannot create already existing model "{arn}".')
    if parts.state.get(KIND, caller.scope, params["ModelName"]) is not None:
        raise taken
    params = unpacked(parts, caller, params)
    containers = _containers_of(params)
    check_together(params, containers)
    role = params.get("ExecutionRoleArn", "")
    if role:
        check_assumable(parts, caller, role)
    images = [checked_container(parts, caller, container, role) for container in containers]
    body = {"request": _described(params, containers), "arn": arn, "images": [pinned(image) for image in images]}
    if params.get("Tags"):
        put_tags(parts, caller, arn, params["Tags"])
    try:
        parts.state.put(Record(KIND, caller.scope, params["ModelName"], body), expected_version=0)
    except VersionConflict:
        raise taken from None
    return {"ModelArn": arn}


def describe_model(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return all facts of a model."""
    record = find_model(parts, caller, params["ModelName"])
    return {**record.body["request"], "ModelArn": record.body["arn"], "CreationTime": record.created_at}


def list_models(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a page of summaries; by default the newest first."""
    return list_records(parts, caller, params, KIND, "Models", _summary, descending=True, page=100)


def delete_model(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a model; its artifacts and the endpoints that serve it stay as they are."""
    record = find_model(parts, caller, params["ModelName"])
    parts.state.delete(KIND, caller.scope, record.name)
    drop_tags(parts, caller, record.body["arn"])
    return {}


def find_model(parts: Parts, caller: Caller, name: str) -> Record:
    """Return a model's record.

    Raises:
        ApiError: `ValidationException`: there is none.
    """
    return find_record(parts, caller, KIND, name)


def _summary(record: Record) -> Result:
    return {"ModelName": record.name, "ModelArn": record.body["arn"], "CreationTime": record.created_at}


def _containers_of(params: Params) -> Sequence[Mapping[str, Any]]:
    primary, containers = params.get("PrimaryContainer"), params.get("Containers") or []
    if (primary is not None) == bool(containers):
        raise validation_error("You must specify either PrimaryContainer or Containers, not both.")
    return containers or [primary]


def _described(params: Params, containers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the request as `DescribeModel` shows it, with what the service fills in."""
    filled = [{"Mode": "SingleModel", "Environment": {}, **container} for container in containers]
    request = {name: value for name, value in params.items() if name not in ("Tags", "PrimaryContainer", "Containers")}
    request |= {"Containers": filled} if params.get("Containers") else {"PrimaryContainer": filled[0]}
    request.setdefault("EnableNetworkIsolation", False)
    return request
