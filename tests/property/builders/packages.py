"""Builders of packages of models, and of what containers say of their models."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.property.builders.described import Argument, Builder, Given, at

_PACKAGED = "CreateModelPackage.InferenceSpecification.Containers.*"

_SPECIFICATION = {
    "containers": "Containers",
    "content_types": "SupportedContentTypes",
    "response_types": "SupportedResponseMIMETypes",
    "inference_instances": "SupportedRealtimeInferenceInstanceTypes",
    "transform_instances": "SupportedTransformInstanceTypes",
}


def _specification(place: str) -> dict[str, Argument]:
    return {name: f"{place}.{member}" for name, member in _SPECIFICATION.items()}


def _settle_package(given: Given) -> None:
    if "model_package_name" in given:
        given.pop("model_package_group_name", None), given.pop("source_uri", None)
        for container in given.get("containers", ()):
            container.pop("ModelDataSource", None)
    if "containers" not in given:
        for name in _SPECIFICATION:
            given.pop(name, None)
    elif "model_package_group_name" not in given:
        given["inference_instances"] = given["transform_instances"] = ["ml.m5.large"]


def _settle_added(given: Given) -> None:
    given.setdefault("containers", [{"Image": "image"}])


_DESCRIBED = {
    "framework": "Framework",
    "framework_version": "FrameworkVersion",
    "nearest_model_name": "NearestModelName",
    "data_input_configuration": "ModelInput.DataInputConfig",
}

BUILDERS: dict[str, Builder] = {
    "packages.get_create_model_package_request": Builder(
        "CreateModelPackage",
        {
            "model_package_name": "ModelPackageName",
            "model_package_group_name": "ModelPackageGroupName",
            **_specification("InferenceSpecification"),
            "model_metrics": "ModelMetrics",
            "metadata_properties": "MetadataProperties",
            "marketplace_cert": "CertifyForMarketplace",
            "approval_status": "ModelApprovalStatus",
            "description": "ModelPackageDescription",
            "tags": at("CreateModelPackage.Tags") | st.just({"team": "a"}),
            "drift_check_baselines": "DriftCheckBaselines",
            "customer_metadata_properties": "CustomerMetadataProperties",
            "validation_specification": "ValidationSpecification",
            "domain": "Domain",
            "sample_payload_url": "SamplePayloadUrl",
            "task": "Task",
            "skip_model_validation": "SkipModelValidation",
            "source_uri": "SourceUri",
            "model_card": "ModelCard",
            "model_life_cycle": "ModelLifeCycle",
            "model_package_registration_type": "ModelPackageRegistrationType",
        },
        settle=_settle_package,
    ),
    "packages.get_update_model_package_inference_args": Builder(
        "UpdateModelPackage",
        {"model_package_arn": "ModelPackageArn", **_specification("InferenceSpecification")},
        settle=_settle_added,
    ),
    "packages.get_add_model_package_inference_args": Builder(
        "UpdateModelPackage",
        {
            "model_package_arn": "ModelPackageArn",
            "name": "AdditionalInferenceSpecificationsToAdd.*.Name",
            **_specification("AdditionalInferenceSpecificationsToAdd.*"),
            "description": "AdditionalInferenceSpecificationsToAdd.*.Description",
        },
        settle=_settle_added,
    ),
    "packages.inference_described": Builder(_PACKAGED, {**_DESCRIBED, "container": at(_PACKAGED)}, kept=("container",)),
    "model_inputs.update_container_with_inference_params": Builder(
        "CreateModelPackage.InferenceSpecification.Containers",
        {
            **{name: at(f"{_PACKAGED}.{member}") for name, member in _DESCRIBED.items()},
            "container_def": st.none(),
            "container_list": at("CreateModelPackage.InferenceSpecification.Containers"),
        },
        settle=lambda given: given.setdefault("container_list", [{"Image": "image"}]),
    ),
    "model_inputs.construct_container_object": Builder(_PACKAGED, {**_DESCRIBED, "obj": at(_PACKAGED)}, kept=("obj",)),
}
