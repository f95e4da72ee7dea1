"""What `Model.deploy` does with its arguments (`contract.md` 9.6)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sagewright.async_inference.async_inference_config import AsyncInferenceConfig
from sagewright.compiling import with_machine
from sagewright.deserializers import BaseDeserializer
from sagewright.enums import EndpointType, RoutingStrategy
from sagewright.explainer.explainer_config import ExplainerConfig
from sagewright.predictor import predictor_of
from sagewright.predictor_async import AsyncPredictor
from sagewright.requests.hosting import production_variant_document
from sagewright.s3 import s3_path_join
from sagewright.serializers import BaseSerializer
from sagewright.serverless.serverless_inference_config import ServerlessInferenceConfig
from sagewright.vocabulary.names import base_from_name, base_name_from_image, name_from_base, unique_name_from_base

if TYPE_CHECKING:
    from sagewright.compute_resource_requirements import ResourceRequirements
    from sagewright.model import Model
    from sagewright.model_monitor import DataCaptureConfig
    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]


class Deployment(NamedTuple):
    """The arguments of `Model.deploy`, which says what they mean."""

    initial_instance_count: int | None
    instance_type: str | None
    serializer: BaseSerializer | None
    deserializer: BaseDeserializer | None
    accelerator_type: str | None
    endpoint_name: str | None
    tags: list[dict[str, str]] | None
    kms_key: str | None
    wait: bool
    data_capture_config: DataCaptureConfig | None
    async_inference_config: AsyncInferenceConfig | None
    serverless_inference_config: ServerlessInferenceConfig | None
    volume_size: int | None
    model_data_download_timeout: int | None
    container_startup_health_check_timeout: int | None
    inference_recommendation_id: str | None
    explainer_config: ExplainerConfig | None
    accept_eula: bool | None
    endpoint_logging: bool
    resources: ResourceRequirements | None
    endpoint_type: EndpointType
    managed_instance_scaling: Mapping[str, int] | None
    inference_component_name: str | None
    routing_config: Document | None
    model_reference_arn: str | None
    inference_ami_version: str | None
    update_endpoint: bool | None


def deploy(model: Model, given: Deployment) -> Any:
    """Serve a model; return what its predictor class makes of the endpoint's name.

    Raises:
        ValueError: The arguments do not fit together.
        UnexpectedStatusException: The endpoint did not come into service.
    """
    given = _with_recommended(model, given)
    check(given)
    if _is_for_a_machine(model, given):
        model._name_compiled(str(given.instance_type))
    elif (given.instance_type or "").startswith("ml.inf") and not model._is_compiled_model:
        logger.warning("Your model is not compiled. Please compile your model before using Inferentia.")
    given = given._replace(routing_config=routing_document(given.routing_config))
    if given.endpoint_type == EndpointType.INFERENCE_COMPONENT_BASED:
        return _deploy_component(model, given)
    _warn_of_what_is_for_components(given)
    session = model._session(given.instance_type)
    model._create_sagemaker_model(
        given.instance_type,
        given.accelerator_type,
        given.tags,
        given.serverless_inference_config,
        given.accept_eula,
        given.model_reference_arn,
    )
    assert model.name is not None
    model.endpoint_name = given.endpoint_name or name_from_base(_base_of_endpoint(model, given))
    if given.update_endpoint:
        _update(session, model.name, model.endpoint_name, given, _documents(model, given))
    else:
        session.endpoint_from_production_variants(
            model.endpoint_name,
            [_variant(model.name, given)],
            given.tags,
            given.kms_key,
            given.wait,
            live_logging=given.endpoint_logging,
            **_documents(model, given),
        )
    predictor = _predictor(model, given, session)
    is_async = given.async_inference_config is not None and predictor is not None
    return AsyncPredictor(predictor, model.name) if is_async else predictor


def _with_recommended(model: Model, given: Deployment) -> Deployment:
    """Let what was recommended for a model stand in for the machines that are not given."""
    if given.inference_recommendation_id is None and model.inference_recommender_job_results is None:
        return given
    from sagewright.inference_recommender.recommended import recommended

    instance_type, count = recommended(model, given)
    return given._replace(instance_type=instance_type, initial_instance_count=count)


def _is_for_a_machine(model: Model, given: Deployment) -> bool:
    """Tell whether a model that was compiled is served by the machine that it was compiled for."""
    return model._is_compiled_model and given.serverless_inference_config is None


def _base_of_endpoint(model: Model, given: Deployment) -> str:
    base = model._base_name or base_from_name(str(model.name))
    return with_machine(base, str(given.instance_type)) if _is_for_a_machine(model, given) else base


def check(given: Deployment) -> None:
    """Check that arguments are of the kinds they should be, and that they say what serves.

    Raises:
        ValueError: They are not, or do not.
    """
    if given.async_inference_config is not None and not isinstance(given.async_inference_config, AsyncInferenceConfig):
        raise ValueError("async_inference_config needs to be a AsyncInferenceConfig object")
    if given.explainer_config is not None and not isinstance(given.explainer_config, ExplainerConfig):
        raise ValueError("explainer_config needs to be a ExplainerConfig object")
    serverless = given.serverless_inference_config
    if serverless is None and not (given.instance_type and given.initial_instance_count):
        raise ValueError("Must specify instance type and instance count unless using serverless inference")
    if serverless is not None and not isinstance(serverless, ServerlessInferenceConfig):
        raise ValueError("serverless_inference_config needs to be a ServerlessInferenceConfig object")


def routing_document(given: Mapping[str, Any] | None) -> Document | None:
    """Return a `RoutingConfig` whose strategy is text.

    Raises:
        ValueError: The strategy is none.
    """
    strategy = (given or {}).get("RoutingStrategy")
    if not strategy:
        return None
    name = strategy.name if isinstance(strategy, RoutingStrategy) else str(strategy).upper()
    if name not in RoutingStrategy.__members__:
        raise ValueError(
            "RoutingStrategy must be either RoutingStrategy.RANDOM or RoutingStrategy.LEAST_OUTSTANDING_REQUESTS"
        )
    return {"RoutingStrategy": name}


def _warn_of_what_is_for_components(given: Deployment) -> None:
    for name in ("resources", "managed_instance_scaling", "inference_component_name"):
        if getattr(given, name):
            logger.warning(
                "`%s` changes nothing for an endpoint of models; it is for "
                "endpoint_type=EndpointType.INFERENCE_COMPONENT_BASED.",
                name,
            )


def _variant(model_name: str | None, given: Deployment, scaling: Document | None = None) -> Document:
    serverless = given.serverless_inference_config
    return production_variant_document(
        model_name,
        given.instance_type,
        given.initial_instance_count,
        accelerator_type=given.accelerator_type if model_name else None,
        serverless_inference_config=serverless._to_request_dict() if serverless else None,
        volume_size=given.volume_size,
        model_data_download_timeout=given.model_data_download_timeout,
        container_startup_health_check_timeout=given.container_startup_health_check_timeout,
        managed_instance_scaling=scaling,
        routing_config=given.routing_config,
        inference_ami_version=given.inference_ami_version,
    )


def _documents(model: Model, given: Deployment) -> Document:
    """Return the parts of an endpoint configuration that the objects among the arguments stand for."""
    answers = given.async_inference_config
    if answers is not None:
        _fill_in_paths(model, answers)
    named = {
        "data_capture_config_dict": given.data_capture_config,
        "async_inference_config_dict": answers,
        "explainer_config_dict": given.explainer_config,
    }
    return {name: None if config is None else config._to_request_dict() for name, config in named.items()}


def _fill_in_paths(model: Model, answers: AsyncInferenceConfig) -> None:
    """Let answers and errors whose place is not named go to folders of their own in the default bucket."""
    if answers.output_path is not None and answers.failure_path is not None:
        return
    session = model._session()
    folder = unique_name_from_base(str(model.name))
    below = s3_path_join("s3://", session.default_bucket(), session.default_bucket_prefix or "")
    answers.output_path = answers.output_path or s3_path_join(below, "async-endpoint-outputs", folder)
    answers.failure_path = answers.failure_path or s3_path_join(below, "async-endpoint-failures", folder)


def _update(session: Session, name: str, endpoint: str, given: Deployment, documents: Document) -> None:
    """Let an endpoint that is there serve the model in place of what it serves."""
    serverless = given.serverless_inference_config
    config = session.create_endpoint_config(
        name,
        name,
        given.initial_instance_count,
        given.instance_type,
        given.accelerator_type,
        given.tags,
        given.kms_key,
        volume_size=given.volume_size,
        model_data_download_timeout=given.model_data_download_timeout,
        container_startup_health_check_timeout=given.container_startup_health_check_timeout,
        serverless_inference_config_dict=serverless._to_request_dict() if serverless else None,
        routing_config=given.routing_config,
        inference_ami_version=given.inference_ami_version,
        **documents,
    )
    session.update_endpoint(endpoint, config, wait=given.wait)


def _deploy_component(model: Model, given: Deployment) -> Any:
    """Put a model on the instances of an endpoint, which is made if there is none."""
    if given.update_endpoint:
        raise ValueError("Currently update_endpoint is supported for single model endpoints")
    if given.resources is None:
        raise ValueError("An inference component needs `resources`, a `ResourceRequirements`.")
    session = model._session(given.instance_type)
    model.endpoint_name = given.endpoint_name or name_from_base(
        model.name or base_name_from_image(str(model.image_uri), default_base_name="Model")
    )
    if not session.endpoint_in_service_or_not(model.endpoint_name):
        session.endpoint_from_production_variants(
            model.endpoint_name,
            [_variant(None, given, _scaling(given))],
            given.tags,
            given.kms_key,
            given.wait,
            vpc_config=model.vpc_config,
            enable_network_isolation=model.enable_network_isolation(),
            role=model.role,
        )
    model._create_sagemaker_model(given.instance_type, given.accelerator_type, given.tags)
    model.inference_component_name = (
        given.inference_component_name or model.inference_component_name or unique_name_from_base(str(model.name))
    )
    session.create_inference_component(
        model.inference_component_name,
        model.endpoint_name,
        "AllTraffic",
        _specification(str(model.name), given, given.resources),
        {"CopyCount": given.resources.copy_count},
        given.tags,
        given.wait,
    )
    return _predictor(model, given, session, component_name=model.inference_component_name)


def _specification(model_name: str, given: Deployment, resources: ResourceRequirements) -> Document:
    parameters = {
        "ModelDataDownloadTimeoutInSeconds": given.model_data_download_timeout,
        "ContainerStartupHealthCheckTimeoutInSeconds": given.container_startup_health_check_timeout,
    }
    return {
        "ModelName": model_name,
        "StartupParameters": {name: value for name, value in parameters.items() if value},
        "ComputeResourceRequirements": resources.get_compute_resource_requirements(),
    }


def _scaling(given: Deployment) -> Document:
    """Return `ManagedInstanceScaling`; {} where none is asked for."""
    asked = given.managed_instance_scaling
    if not asked:
        return {}
    bounds = {name: asked[name] for name in ("MaxInstanceCount", "MinInstanceCount") if name in asked}
    return {"Status": "ENABLED", "MinInstanceCount": given.initial_instance_count, **bounds}


def _predictor(model: Model, given: Deployment, session: Session, **more: Any) -> Any:
    assert model.endpoint_name is not None
    return predictor_of(model.predictor_cls, model.endpoint_name, session, given.serializer, given.deserializer, **more)
