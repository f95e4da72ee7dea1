"""What inference components must be to be served here (`contract.md` 2.14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.sagemaker.acting_roles import acting_model
from sagewright.engine.operations.sagemaker.container_rules import checked_container
from sagewright.engine.operations.sagemaker.deployment_rules import check_deployment
from sagewright.engine.operations.sagemaker.images import pinned
from sagewright.engine.operations.sagemaker.models import find_model
from sagewright.engine.operations.sagemaker.refusals import refuse
from sagewright.engine.parts import Caller, Params, Parts
from sagewright.engine.planning.serving import containers_of_model, mode_of_model
from sagewright.vocabulary.errors import validation_error

_MIB = 1 << 20
_UNBUILT = ("InstanceType", "BaseInferenceComponentName", "DataCacheConfig", "SchedulingConfig")


def check_component(params: Params, endpoint: Record) -> None:
    """Check where a component shall go.

    Raises:
        ApiError: `ValidationException`: it cannot go there.
    """
    refuse([("Specifications", params.get("Specifications"))])
    if "Specification" not in params:
        raise validation_error("An inference component needs a Specification.")
    if endpoint.body["endpoint_status"] in ("Failed", "Deleting"):
        raise validation_error(f'Endpoint "{endpoint.body["arn"]}" is in status {endpoint.body["endpoint_status"]}.')
    variants = {variant["name"]: variant for variant in endpoint.body["variants"]}
    name = params.get("VariantName")
    if name not in variants:
        raise validation_error(f'Could not find variant "{name}" of endpoint "{endpoint.body["arn"]}".')
    if variants[name]["mode"] != "Components":
        raise validation_error(
            f"Variant `{name}` serves the model `{variants[name]['model']}`: inference components go onto variants "
            "without a ModelName."
        )


def check_deployable(parts: Parts, caller: Caller, params: Params) -> None:
    """Check how a component shall be updated.

    Raises:
        ApiError: `ValidationException`: it cannot be updated so.
    """
    refuse([("Specifications", params.get("Specifications"))])
    config = params.get("DeploymentConfig")
    check_deployment(parts, caller, config)
    if config and "Specification" not in params:
        raise validation_error("A DeploymentConfig needs a Specification to deploy.")


def specification(
    parts: Parts, caller: Caller, given: Mapping[str, Any], variant: str, endpoint: Mapping[str, Any], count: int
) -> dict[str, Any]:
    """Return a component of a `Specification`, as an endpoint's record keeps a variant.

    Args:
        endpoint: The body of the endpoint's record.
        count: How many copies of it there shall be.

    Raises:
        ApiError: `ValidationException`: it cannot be served here.
    """
    refuse((f"Specification.{member}", given.get(member)) for member in _UNBUILT)
    if ("ModelName" in given) == ("Container" in given):
        raise validation_error("A Specification needs either a ModelName or a Container.")
    if "ComputeResourceRequirements" not in given:
        raise validation_error("A Specification needs ComputeResourceRequirements.")
    startup, compute = given.get("StartupParameters", {}), given["ComputeResourceRequirements"]
    most_mib = compute.get("MaxMemoryRequiredInMb")
    if most_mib and most_mib < compute["MinMemoryRequiredInMb"]:
        raise validation_error("MaxMemoryRequiredInMb is less than MinMemoryRequiredInMb.")
    config = endpoint.get("config", {})
    return {
        "name": variant,
        "weight": 1.0,
        "count": count,
        **(
            _of_model(parts, caller, given["ModelName"])
            if "ModelName" in given
            else _of_container(parts, caller, given, config)
        ),
        "startup_s": startup.get("ContainerStartupHealthCheckTimeoutInSeconds"),
        "download_s": startup.get("ModelDataDownloadTimeoutInSeconds"),
        "memory_bytes": most_mib * _MIB if most_mib else None,
        "routing": next((v.get("routing", "RANDOM") for v in endpoint["variants"] if v["name"] == variant), "RANDOM"),
        "resolved_at": parts.clock.now(),
    }


def _of_model(parts: Parts, caller: Caller, name: str) -> dict[str, Any]:
    model = acting_model(parts, caller, find_model(parts, caller, name).body)
    if mode_of_model(model) != "Single":
        raise validation_error(f"The model `{name}` is not one of a single container and a single model.")
    return {
        "model": name,
        "mode": "Single",
        "containers": containers_of_model(model),
        "network_isolation": model["request"]["EnableNetworkIsolation"],
    }


def _of_container(parts: Parts, caller: Caller, given: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    container = dict(given["Container"])
    if "ArtifactUrl" in container:
        container["ModelDataUrl"] = container.pop("ArtifactUrl")
    image = checked_container(parts, caller, container, config.get("ExecutionRoleArn", ""))
    request = {"PrimaryContainer": container, "ExecutionRoleArn": config.get("ExecutionRoleArn")}
    model = acting_model(parts, caller, {"request": request, "images": [pinned(image)]})
    return {
        "model": None,
        "mode": "Single",
        "containers": containers_of_model(model),
        "network_isolation": bool(config.get("EnableNetworkIsolation")),
    }
