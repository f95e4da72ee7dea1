"""The request of a transform job (`contract.md` 3.2.1, 9.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def transform_request(
    name: str,
    model_name: str,
    source: Document,
    output: Document,
    resources: Document,
    *,
    strategy: str | None = None,
    max_concurrent_transforms: int | None = None,
    max_payload: int | None = None,
    env: Mapping[str, str] | None = None,
    tags: Sequence[Document] | None = None,
    data_processing: Document | None = None,
    experiment_config: Document | None = None,
    model_client_config: Document | None = None,
    data_capture_config: Document | None = None,
) -> Document:
    """Return the document of `CreateTransformJob`; None leaves a member out.

    Args:
        max_payload: MiB.
    """
    members = {
        "BatchStrategy": strategy,
        "MaxConcurrentTransforms": max_concurrent_transforms,
        "MaxPayloadInMB": max_payload,
        "Environment": env,
        "Tags": tags,
        "DataProcessing": data_processing,
        "ExperimentConfig": experiment_config or None,
        "ModelClientConfig": model_client_config or None,
        "DataCaptureConfig": data_capture_config,
    }
    return {
        "TransformJobName": name,
        "ModelName": model_name,
        "TransformInput": source,
        "TransformOutput": output,
        "TransformResources": resources,
        **_given(members),
    }


def transform_input(
    uri: str,
    data_type: str = "S3Prefix",
    content_type: str | None = None,
    compression_type: str | None = None,
    split_type: str | None = None,
) -> Document:
    """Return `TransformInput`."""
    source = {"S3DataSource": {"S3DataType": data_type, "S3Uri": uri}}
    members = {"ContentType": content_type, "CompressionType": compression_type, "SplitType": split_type}
    return {"DataSource": source, **_given(members)}


def transform_output(
    uri: str, kms_key: str | None = None, assemble_with: str | None = None, accept: str | None = None
) -> Document:
    """Return `TransformOutput`."""
    return {"S3OutputPath": uri, **_given({"KmsKeyId": kms_key, "AssembleWith": assemble_with, "Accept": accept})}


def transform_resources(instance_count: int, instance_type: str, volume_kms_key: str | None = None) -> Document:
    """Return `TransformResources`."""
    resources = {"InstanceCount": instance_count, "InstanceType": instance_type}
    return {**resources, **_given({"VolumeKmsKeyId": volume_kms_key})}


def data_processing(
    input_filter: str | None = None, output_filter: str | None = None, join_source: str | None = None
) -> Document | None:
    """Return `DataProcessing`; None where nothing is asked for."""
    members = {"InputFilter": input_filter, "OutputFilter": output_filter, "JoinSource": join_source}
    return _given(members) or None


def _given(members: Mapping[str, Any]) -> Document:
    return {name: value for name, value in members.items() if value is not None}
