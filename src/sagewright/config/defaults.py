"""Requests with the configuration's values where they have none (`contract.md` 9.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.config import paths
from sagewright.config.tags import all_tags
from sagewright.config.values import filled, filled_each, resolved
from sagewright.vocabulary.variables import is_variable

Document = dict[str, Any]

TRAINING_TAGS = "SageMaker.TrainingJob.Tags"
TRANSFORM_TAGS = "SageMaker.TransformJob.Tags"
MODEL_TAGS = "SageMaker.Model.Tags"
ENDPOINT_CONFIG_TAGS = "SageMaker.EndpointConfig.Tags"
ENDPOINT_TAGS = "SageMaker.Endpoint.Tags"


def training_request_with(request: Document, session: Any) -> Document:
    """Return a `CreateTrainingJob` document with the configuration's tags, keys, network and profiler.

    What an argument of an estimator stands for has been looked up before: a document does not say whether it was given.
    """
    changed: Document = {
        "Tags": all_tags(request.get("Tags"), session, TRAINING_TAGS),
        "VpcConfig": filled(request.get("VpcConfig"), session, paths.TRAINING_JOB_VPC_CONFIG_PATH),
        "OutputDataConfig": filled(
            request.get("OutputDataConfig"), session, paths.TRAINING_JOB_OUTPUT_DATA_CONFIG_PATH
        ),
        "ResourceConfig": _resources(request.get("ResourceConfig"), session),
        "ProfilerConfig": filled(request.get("ProfilerConfig"), session, paths.TRAINING_JOB_PROFILE_CONFIG_PATH),
    }
    return {**request, **{name: value for name, value in changed.items() if value is not None}}


def _resources(document: Document | None, session: Any) -> Document | None:
    combined = filled(document, session, paths.TRAINING_JOB_RESOURCE_CONFIG_PATH)
    if combined is None or "VolumeKmsKeyId" in (document or {}):
        return combined
    if "InstanceType" in combined and not takes_volume_key(combined["InstanceType"]):
        return {name: value for name, value in combined.items() if name != "VolumeKmsKeyId"}
    return combined


def containers_with(containers: Any, session: Any) -> Any:
    """Return the container of a model, or its containers, with the configuration's environments."""
    if isinstance(containers, Mapping):
        return filled(dict(containers), session, paths.MODEL_PRIMARY_CONTAINER_PATH)
    return filled_each(containers, session, paths.MODEL_CONTAINERS_PATH)


def variants_with(variants: Sequence[Document], session: Any) -> list[Document]:
    """Return the variants of an endpoint with the configuration's key for core dumps, where there are core dumps."""
    need = ["CoreDumpConfig.DestinationS3Uri"]
    return filled_each(variants, session, paths.ENDPOINT_CONFIG_PRODUCTION_VARIANTS_PATH, need) or []


def endpoint_key(given: Any, session: Any, instance_types: Sequence[Any]) -> Any:
    """Return the KMS key of an endpoint's volumes; the configuration's only where an instance type takes one."""
    if not any(takes_volume_key(name) for name in instance_types):
        return given
    return resolved(given, session, paths.ENDPOINT_CONFIG_KMS_KEY_ID_PATH)


def types_of(variants: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the instance types that variants name."""
    return [variant["InstanceType"] for variant in variants if "InstanceType" in variant]


def capture_with(document: Document | None, session: Any) -> Document | None:
    """Return a `DataCaptureConfig`, where there is one, with the configuration's key."""
    return None if document is None else filled(document, session, paths.ENDPOINT_CONFIG_DATA_CAPTURE_PATH)


def async_with(document: Document | None, session: Any) -> Document | None:
    """Return an `AsyncInferenceConfig`, where there is one, with the configuration's key."""
    return None if document is None else filled(document, session, paths.ENDPOINT_CONFIG_ASYNC_INFERENCE_PATH)


def takes_volume_key(instance_type: Any) -> bool:
    """Tell whether an instance type has a volume that a KMS key encrypts (SageMaker Python SDK 2.257)."""
    if is_variable(instance_type) or not isinstance(instance_type, str) or instance_type.startswith("local"):
        return False
    family = instance_type.removeprefix("ml.").split(".")[0]
    return "d" not in family and not family.startswith(("g5", "g6", "p5", "trn1"))
