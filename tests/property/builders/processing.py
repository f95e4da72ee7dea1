"""Builders of processing jobs."""

from __future__ import annotations

from tests.property.builders.described import Builder, Given, both_or_none

_PROCESSING = "CreateProcessingJob"


def _settle_input(given: Given) -> None:
    source = given.get("s3_input", {})
    if source.get("S3CompressionType") == "Gzip":
        source["S3InputMode"] = "Pipe"


def _settle_output(given: Given) -> None:
    if "source" in given:
        given.setdefault("destination", "s3://bucket/out")
    else:
        given.pop("destination", None), given.pop("upload_mode", None)
    given.setdefault("upload_mode", "EndOfJob")


BUILDERS: dict[str, Builder] = {
    "processing.processing_request": Builder(
        _PROCESSING,
        {
            "name": "ProcessingJobName",
            "resources": "ProcessingResources",
            "app": "AppSpecification",
            "role": "RoleArn",
            "inputs": "ProcessingInputs",
            "output": "ProcessingOutputConfig",
            "environment": "Environment",
            "network": "NetworkConfig",
            "stopping": "StoppingCondition",
            "tags": "Tags",
            "experiment_config": "ExperimentConfig",
        },
        settle=lambda given: None if given.get("output", {}).get("Outputs") else given.pop("output", None),
    ),
    "processing.app_specification": Builder(
        f"{_PROCESSING}.AppSpecification",
        {"image_uri": "ImageUri", "entrypoint": "ContainerEntrypoint", "arguments": "ContainerArguments"},
    ),
    "processing.processing_resources": Builder(
        f"{_PROCESSING}.ProcessingResources",
        {
            "instance_count": "ClusterConfig.InstanceCount",
            "instance_type": "ClusterConfig.InstanceType",
            "volume_size_gib": "ClusterConfig.VolumeSizeInGB",
            "volume_kms_key": "ClusterConfig.VolumeKmsKeyId",
        },
    ),
    "processing.output_config": Builder(
        f"{_PROCESSING}.ProcessingOutputConfig", {"outputs": "Outputs", "kms_key": "KmsKeyId"}
    ),
    "processing.stopping_condition": Builder(
        f"{_PROCESSING}.StoppingCondition", {"max_runtime_s": "MaxRuntimeInSeconds"}
    ),
    "processing.input_document": Builder(
        f"{_PROCESSING}.ProcessingInputs.*",
        {
            "name": "InputName",
            "app_managed": "AppManaged",
            "s3_input": "S3Input",
            "dataset_definition": "DatasetDefinition",
        },
        settle=_settle_input,
    ),
    "processing.output_document": Builder(
        f"{_PROCESSING}.ProcessingOutputConfig.Outputs.*",
        {
            "name": "OutputName",
            "app_managed": "AppManaged",
            "source": "S3Output.LocalPath",
            "destination": "S3Output.S3Uri",
            "upload_mode": "S3Output.S3UploadMode",
            "feature_store": "FeatureStoreOutput",
        },
        settle=_settle_output,
        kept=("upload_mode",),
    ),
    "processing.network_document": Builder(
        f"{_PROCESSING}.NetworkConfig",
        {
            "isolation": "EnableNetworkIsolation",
            "encryption": "EnableInterContainerTrafficEncryption",
            "security_group_ids": "VpcConfig.SecurityGroupIds",
            "subnets": "VpcConfig.Subnets",
        },
        settle=both_or_none("subnets", "security_group_ids"),
    ),
}
