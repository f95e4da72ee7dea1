"""The request of a processing job (`contract.md` 3.1.1, 9.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def processing_request(
    name: str,
    resources: Document,
    app: Document,
    role: str,
    *,
    inputs: Sequence[Document] | None = None,
    output: Document | None = None,
    environment: Mapping[str, str] | None = None,
    network: Document | None = None,
    stopping: Document | None = None,
    tags: Sequence[Document] | None = None,
    experiment_config: Document | None = None,
) -> Document:
    """Return the document of `CreateProcessingJob`; None, and no inputs or outputs, leave a member out."""
    members = {
        "ProcessingInputs": list(inputs or ()) or None,
        "ProcessingOutputConfig": output if output and output.get("Outputs") else None,
        "Environment": environment,
        "NetworkConfig": network,
        "StoppingCondition": stopping,
        "Tags": tags,
        "ExperimentConfig": experiment_config or None,
    }
    return {
        "ProcessingJobName": name,
        "ProcessingResources": resources,
        "AppSpecification": app,
        "RoleArn": role,
        **_given(members),
    }


def app_specification(
    image_uri: Any, entrypoint: Sequence[Any] | None = None, arguments: Sequence[Any] | None = None
) -> Document:
    """Return `AppSpecification`."""
    return {"ImageUri": image_uri, **_given({"ContainerArguments": arguments, "ContainerEntrypoint": entrypoint})}


def processing_resources(
    instance_count: Any, instance_type: Any, volume_size_gib: Any, volume_kms_key: Any = None
) -> Document:
    """Return `ProcessingResources`."""
    cluster = {"InstanceType": instance_type, "InstanceCount": instance_count, "VolumeSizeInGB": volume_size_gib}
    return {"ClusterConfig": {**cluster, **_given({"VolumeKmsKeyId": volume_kms_key})}}


def output_config(outputs: Sequence[Document], kms_key: Any = None) -> Document:
    """Return `ProcessingOutputConfig`."""
    return {"Outputs": list(outputs), **_given({"KmsKeyId": kms_key})}


def stopping_condition(max_runtime_s: Any) -> Document | None:
    """Return `StoppingCondition`; None where the service's own limit holds."""
    return None if max_runtime_s is None else {"MaxRuntimeInSeconds": max_runtime_s}


def input_document(
    name: str | None, app_managed: Any, s3_input: Document | None = None, dataset_definition: Document | None = None
) -> Document:
    """Return a member of `ProcessingInputs`.

    Raises:
        ValueError: Compressed objects are to be copied, which only a pipe can unpack.
    """
    source = s3_input or {}
    if source.get("S3CompressionType") == "Gzip" and source.get("S3InputMode") != "Pipe":
        raise ValueError("Data can only be gzipped when the input mode is Pipe.")
    sources = {"S3Input": s3_input, "DatasetDefinition": dataset_definition}
    return {"InputName": name, "AppManaged": app_managed, **_given(sources)}


def output_document(
    name: str | None,
    app_managed: Any,
    source: Any = None,
    destination: Any = None,
    upload_mode: Any = "EndOfJob",
    feature_store: Document | None = None,
) -> Document:
    """Return a member of `ProcessingOutputConfig`'s `Outputs`.

    Args:
        source: The path in the container; None: the output goes nowhere but to a feature group.
    """
    place = {"S3Uri": destination, "LocalPath": source, "S3UploadMode": upload_mode}
    targets = {"S3Output": None if source is None else place, "FeatureStoreOutput": feature_store}
    return {"OutputName": name, "AppManaged": app_managed, **_given(targets)}


def network_document(
    isolation: Any = None, encryption: Any = None, security_group_ids: Any = None, subnets: Any = None
) -> Document:
    """Return `NetworkConfig`."""
    vpc = _given({"SecurityGroupIds": security_group_ids, "Subnets": subnets})
    members = {"EnableInterContainerTrafficEncryption": encryption, "VpcConfig": vpc or None}
    return {"EnableNetworkIsolation": False if isolation is None else isolation, **_given(members)}


def _given(members: Mapping[str, Any]) -> Document:
    return {name: value for name, value in members.items() if value is not None}
