"""Builders of transform jobs."""

from __future__ import annotations

from tests.property.builders.described import Builder

_TRANSFORM = "CreateTransformJob"

BUILDERS: dict[str, Builder] = {
    "transform.transform_request": Builder(
        _TRANSFORM,
        {
            "name": "TransformJobName",
            "model_name": "ModelName",
            "source": "TransformInput",
            "output": "TransformOutput",
            "resources": "TransformResources",
            "strategy": "BatchStrategy",
            "max_concurrent_transforms": "MaxConcurrentTransforms",
            "max_payload": "MaxPayloadInMB",
            "env": "Environment",
            "tags": "Tags",
            "data_processing": "DataProcessing",
            "experiment_config": "ExperimentConfig",
            "model_client_config": "ModelClientConfig",
            "data_capture_config": "DataCaptureConfig",
        },
    ),
    "transform.transform_input": Builder(
        f"{_TRANSFORM}.TransformInput",
        {
            "uri": "DataSource.S3DataSource.S3Uri",
            "data_type": "DataSource.S3DataSource.S3DataType",
            "content_type": "ContentType",
            "compression_type": "CompressionType",
            "split_type": "SplitType",
        },
    ),
    "transform.transform_output": Builder(
        f"{_TRANSFORM}.TransformOutput",
        {"uri": "S3OutputPath", "kms_key": "KmsKeyId", "assemble_with": "AssembleWith", "accept": "Accept"},
    ),
    "transform.transform_resources": Builder(
        f"{_TRANSFORM}.TransformResources",
        {"instance_count": "InstanceCount", "instance_type": "InstanceType", "volume_kms_key": "VolumeKmsKeyId"},
    ),
    "transform.data_processing": Builder(
        f"{_TRANSFORM}.DataProcessing",
        {"input_filter": "InputFilter", "output_filter": "OutputFilter", "join_source": "JoinSource"},
    ),
}
