"""Builders of several models: inference components of one endpoint, and an orchestrator that asks them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright import image_uris
from sagewright.enums import EndpointType
from sagewright.serve.builder.building import build_single
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.spec.inference_base import is_orchestrator
from sagewright.serve.utils.types import ModelServer

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

logger = logging.getLogger("sagemaker.serve")


def is_several(builder: ModelBuilder) -> bool:
    """Tell whether a builder has more than one model: a list of builders, or an orchestrator."""
    return bool(builder.modelbuilder_list) or is_orchestrator(builder.inference_spec)


def build_all(builder: ModelBuilder) -> ModelBuilder:
    """Build all models of a builder's list; return the builder, which deploys them.

    Raises:
        ValueError: One of them is not made for an endpoint that several share.
    """
    own = list(builder.modelbuilder_list or ())
    for one in own:
        if one.mode != Mode.SAGEMAKER_ENDPOINT:
            raise ValueError("Bulk ModelBuilder building is only supported for SageMaker Endpoint Mode.")
        is_component = one.resource_requirements or one.inference_component_name
        if not is_component and not is_orchestrator(one.inference_spec):
            raise ValueError(
                "Bulk ModelBuilder building is only supported for Inference Components and custom orchestrators."
            )
    components = []
    for one in own:
        one.role_arn = builder.role_arn or one.role_arn
        one.sagemaker_session = builder.sagemaker_session
        components.append(
            {
                "Name": one.inference_component_name,
                "ResourceRequirements": one.resource_requirements,
                "Model": build_single(one),
            }
        )
    builder.deployables = {"InferenceComponents": components} if own else {}
    if is_orchestrator(builder.inference_spec):
        builder.deployables["CustomOrchestrator"] = _built_orchestrator(builder)
    return builder


def _built_orchestrator(builder: ModelBuilder) -> dict[str, Any]:
    """Return a builder's own orchestrator, built: as a component, where it says what it needs, else as an endpoint.

    Raises:
        ValueError: It is not made for an endpoint.
    """
    if builder.mode != Mode.SAGEMAKER_ENDPOINT:
        raise ValueError("Custom orchestrator deployment is only supported for SageMaker Endpoint Mode.")
    needs = builder.resource_requirements
    builder.image_uri = builder.image_uri or image_uris.retrieve(
        "sagemaker-distribution",
        builder._session().boto_region_name,
        image_scope="inference",
        instance_type="ml.g5.4xlarge" if getattr(needs, "num_accelerators", None) else "ml.c5.xlarge",
    )
    builder.model_server = ModelServer.SMD
    model = build_single(builder)
    if not needs:
        return {"Mode": "Endpoint", "Model": model}
    name = builder.inference_component_name
    return {"Name": name, "Mode": "InferenceComponent", "ResourceRequirements": needs, "Model": model}


def deploy_all(
    builder: ModelBuilder,
    endpoint_name: str | None,
    timeout_s: int,
    instance_type: str | None,
    initial_instance_count: int | None,
    orchestrator_instance_type: str | None,
    orchestrator_instance_count: int | None,
    more: dict[str, Any],
) -> list[Any]:
    """Deploy all models of a builder as components of one endpoint, then its orchestrator; return what asks each."""
    shared = {
        "container_startup_health_check_timeout": timeout_s,
        "instance_type": instance_type,
        "initial_instance_count": initial_instance_count,
        "endpoint_name": endpoint_name,
    }
    deployables = builder.deployables or {}
    components = deployables.get("InferenceComponents", ())
    predictors = [deploy_component(builder, component, {**more, **shared}) for component in components]
    own = deployables.get("CustomOrchestrator")
    if own is None:
        return predictors
    sized = {
        "instance_type": orchestrator_instance_type or instance_type or "ml.c5.xlarge",
        "initial_instance_count": orchestrator_instance_count or 1,
    }
    if own["Mode"] == "Endpoint":
        return [*predictors, own["Model"].deploy(**sized, **more)]
    return [*predictors, deploy_component(builder, own, {**more, **shared, **sized})]


def deploy_component(builder: ModelBuilder, component: dict[str, Any], arguments: dict[str, Any]) -> Any:
    """Deploy a model as a component, or let the component of its name serve it.

    Raises:
        ValueError: Nothing says what it needs of the instances.
    """
    name, needs = component["Name"], component["ResourceRequirements"]
    if not needs:
        raise ValueError(f"Cannot create/update inference component {name} without resource requirements.")
    if name and _is_there(builder, name):
        return _update(builder, component, arguments["container_startup_health_check_timeout"])
    return component["Model"].deploy(
        **arguments,
        mode=Mode.SAGEMAKER_ENDPOINT,
        resources=needs,
        endpoint_type=EndpointType.INFERENCE_COMPONENT_BASED,
        inference_component_name=name,
        endpoint_logging=False,
    )


def _is_there(builder: ModelBuilder, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        builder._session().describe_inference_component(inference_component_name=name)
    except ClientError as error:
        return "Could not find inference component" not in error.response["Error"]["Message"]
    return True


def _update(builder: ModelBuilder, component: dict[str, Any], timeout_s: int) -> Any:
    from sagewright.predictor import Predictor

    logger.info("Updating Inference Component %s as it already exists.", component["Name"])
    session, needs = builder._session(), component["ResourceRequirements"]
    answer = session.update_inference_component(
        inference_component_name=component["Name"],
        specification={
            "ModelName": component["Model"].name,
            "StartupParameters": {
                "ModelDataDownloadTimeoutInSeconds": 3600,
                "ContainerStartupHealthCheckTimeoutInSeconds": timeout_s,
            },
            "ComputeResourceRequirements": needs.get_compute_resource_requirements(),
        },
        runtime_config={"CopyCount": needs.copy_count},
    )
    described: dict[str, Any] = answer if isinstance(answer, dict) else {}
    name = described.get("EndpointName") or session.describe_inference_component(component["Name"])["EndpointName"]
    return Predictor(name, session, component_name=component["Name"])
