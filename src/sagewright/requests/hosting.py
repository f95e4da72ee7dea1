"""The requests of models, endpoint configurations and endpoints (`contract.md` 2.3 to 2.5, 9.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.vocabulary.variables import is_variable

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
    is_uri = isinstance(model_data_url, str) and (accept_eula is None or not _is_archive(model_data_url))
    if is_uri or is_variable(model_data_url):
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


def trained_model_source(job: Mapping[str, Any]) -> Document:
    """Return the data source of what a training job left, of its description.

    Raises:
        ValueError: It is compressed in a way that no model is.
    """
    uri: str = job["ModelArtifacts"]["S3ModelArtifacts"]
    compression = job.get("OutputDataConfig", {}).get("CompressionType", "GZIP")
    if compression == "GZIP":
        return {"S3DataSource": {"S3Uri": uri, "S3DataType": "S3Object", "CompressionType": "Gzip"}}
    if compression == "NONE":
        return {"S3DataSource": {"S3Uri": uri.rstrip("/") + "/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    raise ValueError(f'Unrecognized training job output data compression type "{compression}"')


def checked_vpc_config(given: Any) -> Document | None:
    """Return a `VpcConfig` of its two members; None for None.

    Raises:
        ValueError: It is none.
    """
    if given is None:
        return None
    if not isinstance(given, dict):
        raise ValueError(f"vpc_config is not a dict: {given}")
    if not given:
        raise ValueError("vpc_config is empty")
    for member in ("Subnets", "SecurityGroupIds"):
        value = given.get(member)
        if value is None:
            raise ValueError(f"vpc_config is missing key: {member}")
        if not isinstance(value, list):
            raise ValueError(f"vpc_config value for {member} is not a list: {value}")
        if not value:
            raise ValueError(f"vpc_config value for {member} is empty")
    return {"Subnets": given["Subnets"], "SecurityGroupIds": given["SecurityGroupIds"]}


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
    if isinstance(containers, Mapping) and "ModelPackageName" in containers:
        request["Containers"] = [containers]
    elif isinstance(containers, Mapping):
        request["PrimaryContainer"] = containers
    else:
        request["Containers"] = list(containers)
    for member, value in (("Tags", tags), ("VpcConfig", vpc_config), ("EnableNetworkIsolation", network_isolation)):
        if value:
            request[member] = value
    return request


def algorithm_package_request(
    name: str, description: str, algorithm_arn: str, model_data: str | Mapping[str, Any]
) -> Document:
    """Return the document of `CreateModelPackage` for an algorithm and what it has trained."""
    member = "ModelDataUrl" if isinstance(model_data, str) else "ModelDataSource"
    algorithm = {"AlgorithmName": algorithm_arn, member: model_data}
    return {
        "ModelPackageName": name,
        "ModelPackageDescription": description,
        "SourceAlgorithmSpecification": {"SourceAlgorithms": [algorithm]},
    }


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
        variant.update(
            _given(
                VolumeSizeInGB=volume_size,
                ModelDataDownloadTimeoutInSeconds=model_data_download_timeout,
                ContainerStartupHealthCheckTimeoutInSeconds=container_startup_health_check_timeout,
                RoutingConfig=routing_config,
            )
        )
    for name, value in (
        ("AcceleratorType", accelerator_type),
        ("ManagedInstanceScaling", managed_instance_scaling),
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
    if tags is not None:
        request["Tags"] = tags
    if kms_key:
        request["KmsKeyId"] = kms_key
    given = _given(
        DataCaptureConfig=data_capture_config,
        AsyncInferenceConfig=async_inference_config,
        ExplainerConfig=explainer_config,
        ExecutionRoleArn=role,
        VpcConfig=vpc_config,
        EnableNetworkIsolation=network_isolation,
    )
    return {**request, **given}


def is_of_components(variants: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether no variant names a model: what they serve are inference components."""
    return not any(variant.get("ModelName") for variant in variants)


def copied_endpoint_config_request(
    name: str,
    existing: Mapping[str, Any],
    tags: Sequence[Document] | None = None,
    kms_key: str | None = None,
    data_capture_config: Document | None = None,
    production_variants: Sequence[Document] | None = None,
    explainer_config: Document | None = None,
    *,
    has_weights: bool = True,
) -> Document:
    """Return the document of `CreateEndpointConfig` that takes from an existing one's description what is not given.

    Args:
        tags: All there shall be; the description has none.
        has_weights: False: leave the variants' weights out, as those of inference components have none.
    """
    variants = production_variants or existing["ProductionVariants"]
    if not has_weights:
        variants = [{name: value for name, value in v.items() if name != "InitialVariantWeight"} for v in variants]
    request = endpoint_config_request(
        name,
        variants,
        tags or None,
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


def _given(**members: Any) -> Document:
    """Return the members that have a value."""
    return {name: value for name, value in members.items() if value is not None}
