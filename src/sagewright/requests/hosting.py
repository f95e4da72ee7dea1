"""The requests of models, endpoint configurations and endpoints (`contract.md` 2.3 to 2.5, 9.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def container_definition(
    image_uri: str,
    model_data_url: str | Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    container_mode: str | None = None,
    image_config: Document | None = None,
    accept_eula: bool | None = None,
    additional_model_data_sources: Sequence[Document] | None = None,
    model_reference_arn: str | None = None,
) -> Document:
    """Return a container of `CreateModel`.

    Args:
        accept_eula: Whether the terms of the model are accepted; None: it has none.
        model_reference_arn: The hub content that the model comes from.
    """
    found: Document = {"Image": image_uri, "Environment": dict(env or {})}
    if isinstance(model_data_url, str) and (accept_eula is None or not _is_archive(model_data_url)):
        found["ModelDataUrl"] = model_data_url
    elif model_data_url is not None:
        found["ModelDataSource"] = _data_source(model_data_url, accept_eula, model_reference_arn)
    for name, value in (
        ("Mode", container_mode),
        ("ImageConfig", image_config),
        ("AdditionalModelDataSources", additional_model_data_sources),
    ):
        if value:
            found[name] = value
    return found


def _is_archive(uri: str) -> bool:
    return uri.startswith("s3://") and uri.endswith("tar.gz")


def _data_source(
    model_data: str | Mapping[str, Any], accept_eula: bool | None, model_reference_arn: str | None
) -> Document:
    """Return a `ModelDataSource`, with what else has to be said of it."""
    if isinstance(model_data, str):
        source: Document = {"S3Uri": model_data, "S3DataType": "S3Object", "CompressionType": "Gzip"}
    else:
        source = dict(model_data["S3DataSource"])
    if accept_eula is not None:
        source["ModelAccessConfig"] = {"AcceptEula": accept_eula}
    if model_reference_arn:
        source["HubAccessConfig"] = {"HubContentArn": model_reference_arn}
    return {"S3DataSource": source}


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


def copied_endpoint_config_request(
    name: str,
    existing: Mapping[str, Any],
    tags: Sequence[Document] | None = None,
    kms_key: str | None = None,
    data_capture_config: Document | None = None,
    production_variants: Sequence[Document] | None = None,
    explainer_config: Document | None = None,
) -> Document:
    """Return the document of `CreateEndpointConfig` that takes from an existing one's description what is not given.

    Args:
        tags: All there shall be; the description has none.
    """
    request = endpoint_config_request(
        name,
        production_variants or existing["ProductionVariants"],
        tags,
        kms_key or existing.get("KmsKeyId"),
        data_capture_config or existing.get("DataCaptureConfig"),
        existing.get("AsyncInferenceConfig"),
        explainer_config or existing.get("ExplainerConfig"),
    )
    # v2 takes these two from nowhere, and so would move an endpoint out of its network; we keep them.
    for member in ("ExecutionRoleArn", "VpcConfig"):
        if existing.get(member):
            request[member] = existing[member]
    return request


def endpoint_request(name: str, config_name: str, tags: Sequence[Document] | None = None) -> Document:
    """Return the document of `CreateEndpoint`."""
    return {"EndpointName": name, "EndpointConfigName": config_name, "Tags": list(tags or ())}
