"""The requests of model packages (`contract.md` 6.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.requests.documents import given

Document = dict[str, Any]

PACKAGE_ARN = re.compile(r"arn:aws[a-z-]*:sagemaker:.*?:.*?:model-package/(.*?)(?:/(\d+))?$")
_MODEL_ARN = re.compile(r"arn:aws[a-z-]*:sagemaker:.*?:.*?:model/.*")


def get_create_model_package_request(
    model_package_name: str | None = None,
    model_package_group_name: str | None = None,
    containers: Sequence[Document] | None = None,
    content_types: Sequence[str] | None = None,
    response_types: Sequence[str] | None = None,
    inference_instances: Sequence[str] | None = None,
    transform_instances: Sequence[str] | None = None,
    model_metrics: Document | None = None,
    metadata_properties: Document | None = None,
    marketplace_cert: bool = False,
    approval_status: str = "PendingManualApproval",
    description: str | None = None,
    tags: Any = None,
    drift_check_baselines: Document | None = None,
    customer_metadata_properties: Mapping[str, str] | None = None,
    validation_specification: Document | None = None,
    domain: str | None = None,
    sample_payload_url: str | None = None,
    task: str | None = None,
    skip_model_validation: str = "None",
    source_uri: str | None = None,
    model_card: Document | None = None,
    model_life_cycle: Document | None = None,
    model_package_registration_type: str | None = None,
) -> Document:
    """Return the document of `CreateModelPackage`.

    Args:
        containers: None: the package holds no specification of inference.
        tags: A list of `{"Key", "Value"}`, or a dict.

    Raises:
        ValueError: The name goes together with a group, a source or a data source; or it has not all instances.
    """
    if model_package_name and model_package_group_name:
        raise ValueError("model_package_name and model_package_group_name cannot be present at the same time.")
    if model_package_name and source_uri:
        raise ValueError("Un-versioned SageMaker Model Package currently cannot be created with source_uri.")
    if model_package_name and any(container.get("ModelDataSource") is not None for container in containers or ()):
        raise ValueError("Un-versioned SageMaker Model Package currently cannot be created with ModelDataSource.")
    if isinstance(tags, Mapping):
        tags = [{"Key": str(key), "Value": str(value)} for key, value in tags.items()]
    specification = None
    if containers is not None:
        if model_package_group_name is None and not (inference_instances and transform_instances):
            raise ValueError(
                "inference_instances and transform_instances must be provided if model_package_group_name is not "
                "present."
            )
        specification = _specification(
            containers, content_types, response_types, inference_instances, transform_instances
        )
    return given(
        ModelPackageName=model_package_name,
        ModelPackageGroupName=model_package_group_name,
        ModelPackageDescription=description,
        Tags=tags,
        ModelMetrics=model_metrics or None,
        DriftCheckBaselines=drift_check_baselines or None,
        MetadataProperties=metadata_properties or None,
        CustomerMetadataProperties=customer_metadata_properties,
        ValidationSpecification=validation_specification or None,
        Domain=domain,
        SamplePayloadUrl=sample_payload_url,
        Task=task,
        SourceUri=source_uri,
        InferenceSpecification=specification,
        CertifyForMarketplace=marketplace_cert,
        ModelApprovalStatus=approval_status,
        SkipModelValidation=skip_model_validation,
        ModelCard=model_card,
        ModelLifeCycle=model_life_cycle,
        ModelPackageRegistrationType=model_package_registration_type,
    )


def get_update_model_package_inference_args(
    model_package_arn: str | None,
    containers: Sequence[Document] | None = None,
    content_types: Sequence[str] | None = None,
    response_types: Sequence[str] | None = None,
    inference_instances: Sequence[str] | None = None,
    transform_instances: Sequence[str] | None = None,
) -> Document:
    """Return the document of an `UpdateModelPackage` that puts another specification in the place of the one there."""
    if containers is None:
        return {}
    specification = _specification(containers, content_types, response_types, inference_instances, transform_instances)
    return {"InferenceSpecification": specification, "ModelPackageArn": model_package_arn}


def get_add_model_package_inference_args(
    model_package_arn: str | None,
    name: str | None,
    containers: Sequence[Document] | None = None,
    content_types: Sequence[str] | None = None,
    response_types: Sequence[str] | None = None,
    inference_instances: Sequence[str] | None = None,
    transform_instances: Sequence[str] | None = None,
    description: str | None = None,
) -> Document:
    """Return the document of an `UpdateModelPackage` that adds a specification of that name."""
    if containers is None:
        return {}
    specification = _specification(containers, content_types, response_types, inference_instances, transform_instances)
    added = {**specification, **given(Name=name, Description=description)}
    return {"AdditionalInferenceSpecificationsToAdd": [added], "ModelPackageArn": model_package_arn}


def inference_described(
    container: Document,
    framework: str | None = None,
    framework_version: str | None = None,
    nearest_model_name: str | None = None,
    data_input_configuration: str | None = None,
) -> Document:
    """Return a container of a package with what is said of its model."""
    model_input = None if data_input_configuration is None else {"DataInputConfig": data_input_configuration}
    return {
        **container,
        **given(
            Framework=framework,
            FrameworkVersion=framework_version,
            NearestModelName=nearest_model_name,
            ModelInput=model_input,
        ),
    }


def fills_itself(source_uri: str) -> bool:
    """Tell whether the service takes a package's containers from what it comes from."""
    return bool(PACKAGE_ARN.match(source_uri) or _MODEL_ARN.match(source_uri))


def _specification(
    containers: Sequence[Document],
    content_types: Sequence[str] | None,
    response_types: Sequence[str] | None,
    inference_instances: Sequence[str] | None,
    transform_instances: Sequence[str] | None,
) -> Document:
    return given(
        Containers=containers,
        SupportedContentTypes=content_types,
        SupportedResponseMIMETypes=response_types,
        SupportedRealtimeInferenceInstanceTypes=inference_instances,
        SupportedTransformInstanceTypes=transform_instances,
    )
