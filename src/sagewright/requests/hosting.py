"""The requests of models, endpoint configurations and endpoints (`contract.md` 2.3 to 2.5, 9.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def container_definition(
    image_uri: str,
    model_data_url: str | Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    mode: str | None = None,
    image_config: Document | None = None,
    additional_model_data_sources: Sequence[Document] | None = None,
) -> Document:
    """Return a container of `CreateModel`."""
    found: Document = {"Image": image_uri, "Environment": dict(environment or {})}
    if isinstance(model_data_url, Mapping):
        found["ModelDataSource"] = dict(model_data_url)
    elif model_data_url:
        found["ModelDataUrl"] = model_data_url
    for name, value in (
        ("Mode", mode),
        ("ImageConfig", image_config),
        ("AdditionalModelDataSources", additional_model_data_sources),
    ):
        if value:
            found[name] = value
    return found


def model_request(
    name: str,
    role: str,
    containers: Document | Sequence[Document],
    vpc_config: Document | None = None,
    network_isolation: bool | None = None,
    tags: Sequence[Document] | None = None,
) -> Document:
    """Return the document of `CreateModel`, for one container or several in a row."""
    request: Document = {"ModelName": name, "ExecutionRoleArn": role}
    if isinstance(containers, Mapping):
        request["PrimaryContainer"] = containers
    else:
        request["Containers"] = list(containers)
    for member, value in (("Tags", tags), ("VpcConfig", vpc_config), ("EnableNetworkIsolation", network_isolation)):
        if value:
            request[member] = value
    return request


def production_variant_document(
    model_name: str | None = None,
    instance_type: str | None = None,
    initial_instance_count: int | None = None,
    variant_name: str = "AllTraffic",
    initial_weight: float = 1,
    accelerator_type: str | None = None,
    serverless_inference_config: Document | None = None,
    volume_size: int | None = None,
    model_data_download_timeout: int | None = None,
    container_startup_health_check_timeout: int | None = None,
    managed_instance_scaling: Document | None = None,
    routing_config: Document | None = None,
    inference_ami_version: str | None = None,
) -> Document:
    """Return one of `ProductionVariants`."""
    variant: Document = {"VariantName": variant_name}
    if model_name:
        variant["ModelName"] = model_name
        variant["InitialVariantWeight"] = initial_weight
    if serverless_inference_config:
        variant["ServerlessConfig"] = serverless_inference_config
    else:
        variant["InitialInstanceCount"] = initial_instance_count or 1
        variant["InstanceType"] = instance_type
    for name, value in (
        ("AcceleratorType", accelerator_type),
        ("VolumeSizeInGB", volume_size),
        ("ModelDataDownloadTimeoutInSeconds", model_data_download_timeout),
        ("ContainerStartupHealthCheckTimeoutInSeconds", container_startup_health_check_timeout),
        ("ManagedInstanceScaling", managed_instance_scaling),
        ("RoutingConfig", routing_config),
        ("InferenceAmiVersion", inference_ami_version),
    ):
        if value:
            variant[name] = value
    return variant


def endpoint_config_request(
    name: str,
    variants: Sequence[Document],
    tags: Sequence[Document] | None = None,
    kms_key: str | None = None,
    data_capture_config: Document | None = None,
    async_inference_config: Document | None = None,
    explainer_config: Document | None = None,
    role: str | None = None,
    vpc_config: Document | None = None,
    network_isolation: bool | None = None,
) -> Document:
    """Return the document of `CreateEndpointConfig`."""
    request: Document = {"EndpointConfigName": name, "ProductionVariants": list(variants)}
    for member, value in (
        ("Tags", tags),
        ("KmsKeyId", kms_key),
        ("DataCaptureConfig", data_capture_config),
        ("AsyncInferenceConfig", async_inference_config),
        ("ExplainerConfig", explainer_config),
        ("ExecutionRoleArn", role),
        ("VpcConfig", vpc_config),
        ("EnableNetworkIsolation", network_isolation),
    ):
        if value:
            request[member] = value
    return request


def endpoint_request(name: str, config_name: str, tags: Sequence[Document] | None = None) -> Document:
    """Return the document of `CreateEndpoint`."""
    return {"EndpointName": name, "EndpointConfigName": config_name, "Tags": list(tags or ())}
