"""Builders of models and endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from tests.property.builders.described import Builder, Given, at

_CONTAINER = "CreateModel.PrimaryContainer"
_VARIANT = "CreateEndpointConfig.ProductionVariants.*"
_MODEL_SOURCES = at(f"{_CONTAINER}.ModelDataSource").filter(lambda source: "S3DataSource" in source)


def _settle_container(given: Given) -> None:
    data = given.get("model_data_url")
    if data is None or (isinstance(data, str) and not data.endswith("tar.gz")):
        given.pop("accept_eula", None)
    if "accept_eula" not in given and not isinstance(data, Mapping):
        given.pop("model_reference_arn", None)
    if "model_reference_arn" in given and isinstance(data, Mapping):
        data["S3DataSource"].pop("HubAccessConfig", None)


def _settle_variant(given: Given) -> None:
    if "model_name" not in given:
        given.pop("initial_weight", None)
    if "serverless_inference_config" in given:
        for name in (
            "instance_type",
            "initial_instance_count",
            "volume_size",
            "model_data_download_timeout",
            "container_startup_health_check_timeout",
            "routing_config",
        ):
            given.pop(name, None)
    else:
        given.setdefault("instance_type", "ml.m5.large")


_trained = st.fixed_dictionaries(
    {"ModelArtifacts": st.fixed_dictionaries({"S3ModelArtifacts": at(f"{_CONTAINER}.ModelDataUrl")})},
    optional={
        "OutputDataConfig": st.fixed_dictionaries({}, optional={"CompressionType": st.sampled_from(["GZIP", "NONE"])})
    },
)
_existing_config = st.fixed_dictionaries(
    {"ProductionVariants": at("CreateEndpointConfig.ProductionVariants")},
    optional={
        name: at(f"CreateEndpointConfig.{name}")
        for name in ("KmsKeyId", "DataCaptureConfig", "AsyncInferenceConfig", "ExplainerConfig", "ExecutionRoleArn")
    },
)

BUILDERS: dict[str, Builder] = {
    "hosting.container_definition": Builder(
        _CONTAINER,
        {
            "image_uri": "Image",
            "model_data_url": st.sampled_from(["s3://bucket/model.tar.gz", "s3://bucket/model/"]) | _MODEL_SOURCES,
            "env": "Environment",
            "container_mode": "Mode",
            "image_config": "ImageConfig",
            "accept_eula": "ModelDataSource.S3DataSource.ModelAccessConfig.AcceptEula",
            "additional_model_data_sources": "AdditionalModelDataSources",
            "model_reference_arn": "ModelDataSource.S3DataSource.HubAccessConfig.HubContentArn",
        },
        settle=_settle_container,
    ),
    "hosting.trained_model_source": Builder(f"{_CONTAINER}.ModelDataSource", {"job": _trained}, kept=("job",)),
    "hosting.checked_vpc_config": Builder("CreateModel.VpcConfig", {"given": at("CreateModel.VpcConfig")}),
    "hosting.model_request": Builder(
        "CreateModel",
        {
            "name": "ModelName",
            "role": "ExecutionRoleArn",
            "containers": at(_CONTAINER) | at("CreateModel.Containers"),
            "vpc_config": "VpcConfig",
            "network_isolation": "EnableNetworkIsolation",
            "tags": "Tags",
        },
    ),
    "hosting.algorithm_package_request": Builder(
        "CreateModelPackage",
        {
            "name": "ModelPackageName",
            "description": "ModelPackageDescription",
            "algorithm_arn": "SourceAlgorithmSpecification.SourceAlgorithms.*.AlgorithmName",
            "model_data": at("CreateModelPackage.SourceAlgorithmSpecification.SourceAlgorithms.*.ModelDataUrl")
            | at("CreateModelPackage.SourceAlgorithmSpecification.SourceAlgorithms.*.ModelDataSource"),
        },
    ),
    "hosting.production_variant_document": Builder(
        _VARIANT,
        {
            "model_name": "ModelName",
            "instance_type": "InstanceType",
            "initial_instance_count": "InitialInstanceCount",
            "variant_name": "VariantName",
            "initial_weight": "InitialVariantWeight",
            "accelerator_type": "AcceleratorType",
            "serverless_inference_config": "ServerlessConfig",
            "volume_size": "VolumeSizeInGB",
            "model_data_download_timeout": "ModelDataDownloadTimeoutInSeconds",
            "container_startup_health_check_timeout": "ContainerStartupHealthCheckTimeoutInSeconds",
            "managed_instance_scaling": "ManagedInstanceScaling",
            "routing_config": "RoutingConfig",
            "inference_ami_version": "InferenceAmiVersion",
        },
        settle=_settle_variant,
    ),
    "hosting.endpoint_config_request": Builder(
        "CreateEndpointConfig",
        {
            "name": "EndpointConfigName",
            "variants": "ProductionVariants",
            "tags": "Tags",
            "kms_key": "KmsKeyId",
            "data_capture_config": "DataCaptureConfig",
            "async_inference_config": "AsyncInferenceConfig",
            "explainer_config": "ExplainerConfig",
            "role": "ExecutionRoleArn",
            "vpc_config": "VpcConfig",
            "network_isolation": "EnableNetworkIsolation",
        },
    ),
    "hosting.copied_endpoint_config_request": Builder(
        "CreateEndpointConfig",
        {
            "name": "EndpointConfigName",
            "existing": _existing_config,
            "tags": "Tags",
            "kms_key": "KmsKeyId",
            "data_capture_config": "DataCaptureConfig",
            "production_variants": "ProductionVariants",
            "explainer_config": "ExplainerConfig",
            "has_weights": st.booleans(),
        },
        kept=("existing", "has_weights", "production_variants"),
    ),
    "hosting.endpoint_request": Builder(
        "CreateEndpoint", {"name": "EndpointName", "config_name": "EndpointConfigName", "tags": "Tags"}
    ),
}
