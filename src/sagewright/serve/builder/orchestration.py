"""Builders of several models: inference components of one endpoint, and an orchestrator that asks them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sagewright.enums import EndpointType
from sagewright.serve.builder.building import build_single
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.spec.inference_base import AsyncCustomOrchestrator, CustomOrchestrator

if TYPE_CHECKING:
    from sagewright.serve.builder.model_builder import ModelBuilder

logger = logging.getLogger("sagemaker.serve")


def is_several(builder: ModelBuilder) -> bool:
    """Tell whether a builder has more than one model: a list of builders, or an orchestrator."""
    return bool(builder.modelbuilder_list) or is_orchestrator(builder.inference_spec)


def is_orchestrator(spec: Any) -> bool:
    """Tell whether an object answers requests by asking models."""
    return isinstance(spec, (CustomOrchestrator, AsyncCustomOrchestrator))


def build_all(builder: ModelBuilder) -> ModelBuilder:
    """Build all models of a builder's list; return the builder, which deploys them.

    Raises:
        ValueError: One of them is not made for an endpoint that several share.
        NotImplementedError: The builder has an orchestrator.
    """
    if is_orchestrator(builder.inference_spec):
        raise NotImplementedError(
            "`CustomOrchestrator` is not built into Sagewright yet: it is served by images of SageMaker Distribution.\n"
            "hint: ask the components from a program of your own, with their predictors."
        )
    own = list(builder.modelbuilder_list or ())
    for one in own:
        if one.mode != Mode.SAGEMAKER_ENDPOINT:
            raise ValueError("Bulk ModelBuilder building is only supported for SageMaker Endpoint Mode.")
        if not one.resource_requirements and not one.inference_component_name:
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
    builder.deployables = {"InferenceComponents": components}
    return builder


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
    """Deploy all models of a builder as components of one endpoint; return what asks each."""
    shared = {
        "container_startup_health_check_timeout": timeout_s,
        "instance_type": instance_type,
        "initial_instance_count": initial_instance_count,
        "endpoint_name": endpoint_name,
    }
    components = (builder.deployables or {})["InferenceComponents"]
    return [deploy_component(builder, component, {**more, **shared}) for component in components]


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
