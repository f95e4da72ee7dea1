"""Models that are made of model packages (`contract.md` 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.sagemaker.model_packages import APPROVED, find_package
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.vocabulary.errors import validation_error

Container = Mapping[str, Any]

_TAKEN = ("Image", "ModelDataUrl", "ModelDataSource", "ContainerHostname", "AdditionalModelDataSources")


def unpacked(parts: Parts, caller: Caller, params: Params) -> Params:
    """Return the params of a `CreateModel` with what its packages hold in their place.

    A package of several containers makes a pipeline of a model that names it as its primary container.

    Raises:
        ApiError: `ValidationException`: a package is missing, or must not be used.
    """
    primary = params.get("PrimaryContainer")
    given: Sequence[Container] = params.get("Containers") or ([primary] if primary is not None else [])
    if not any(container.get("ModelPackageName") for container in given):
        return params
    containers = [found for container in given for found in _containers(parts, caller, container)]
    rest = {name: value for name, value in params.items() if name not in ("PrimaryContainer", "Containers")}
    if primary is not None and len(containers) == 1:
        return {**rest, "PrimaryContainer": containers[0]}
    return {**rest, "Containers": containers}


def _containers(parts: Parts, caller: Caller, given: Container) -> list[Container]:
    if not given.get("ModelPackageName"):
        return [given]
    for member in ("Image", "ModelDataUrl", "ModelDataSource"):
        if given.get(member):
            raise validation_error(f"A container with a ModelPackageName takes its {member} from the package.")
    package = _usable(parts, caller, given["ModelPackageName"])
    specification = _specification(package, given.get("InferenceSpecificationName"))
    return [_container(given, held) for held in specification["Containers"]]


def _usable(parts: Parts, caller: Caller, name: str) -> Record:
    package = find_package(parts, caller, name)
    if package.status and package.status != APPROVED:
        raise validation_error(
            f"Cannot create a model of the model package {package.body['arn']}: its approval status is "
            f"{package.status}.\nhint: approve it with UpdateModelPackage."
        )
    return package


def _specification(package: Record, name: str | None) -> Mapping[str, Any]:
    request = package.body["request"]
    known = {item["Name"]: item for item in request.get("AdditionalInferenceSpecifications", ())}
    found: Mapping[str, Any] | None = request.get("InferenceSpecification") if name is None else known.get(name)
    if found is None:
        what = "InferenceSpecification" if name is None else f"inference specification `{name}`"
        raise validation_error(f"The model package {package.body['arn']} has no {what}.")
    return found


def _container(given: Container, held: Container) -> Container:
    """Return a container of a package, with what the model says of it: its variables weigh more."""
    taken = {member: held[member] for member in _TAKEN if held.get(member)}
    environment = {**held.get("Environment", {}), **given.get("Environment", {})}
    return {**taken, **given, "Environment": environment}
