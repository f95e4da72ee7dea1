"""Model packages that come from another package or from a model: what they hold is taken from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.operations.sagemaker.finding import find_record
from sagewright.engine.operations.sagemaker.model_package_groups import PACKAGE
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.vocabulary.errors import validation_error

_TAKEN = (
    "ContainerHostname",
    "Image",
    "ModelDataUrl",
    "ModelDataSource",
    "Environment",
    "AdditionalModelDataSources",
)


def with_source(parts: Parts, caller: Caller, params: Params) -> Params:
    """Return the params of a `CreateModelPackage` with the specification of the package or model it comes from.

    Raises:
        ApiError: `ValidationException`: there is none at its `SourceUri`.
    """
    source = params.get("SourceUri") or ""
    if "InferenceSpecification" in params:
        return params
    if ":model-package/" in source:
        specification = _of_package(parts, caller, source)
    elif ":model/" in source:
        specification = _of_model(parts, caller, source.partition(":model/")[2])
    else:
        return params
    return {**params, "InferenceSpecification": specification}


def _of_package(parts: Parts, caller: Caller, arn: str) -> Mapping[str, Any]:
    record = parts.state.get(PACKAGE, caller.scope, arn.partition(":model-package/")[2].lower())
    if record is None:
        raise validation_error(f"ModelPackage {arn} does not exist.")
    found: Mapping[str, Any] | None = record.body["request"].get("InferenceSpecification")
    if found is None:
        raise validation_error(f"The model package {arn} has no InferenceSpecification.")
    return found


def _of_model(parts: Parts, caller: Caller, name: str) -> Mapping[str, Any]:
    request = find_record(parts, caller, "model", name).body["request"]
    containers = request.get("Containers") or [request["PrimaryContainer"]]
    return {"Containers": [_container(container) for container in containers]}


def _container(container: Mapping[str, Any]) -> Mapping[str, Any]:
    return {member: container[member] for member in _TAKEN if container.get(member)}
