"""Machines that are recommended for a model, where v2 fails or looks too late."""

from __future__ import annotations

from typing import Any

import pytest

from sagewright.parameter import CategoricalParameter
from tests.parity.world import FRAMEWORK_IMAGE, World

PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/prices/1"
SAMPLES: dict[str, Any] = {"sample_payload_url": "s3://bucket/samples.tar.gz", "supported_content_types": ["text/csv"]}


@pytest.fixture
def world() -> World:
    world = World("sagewright")
    endpoint = {"EndpointName": "e", "VariantName": "v", "InstanceType": "ml.c5.large", "InitialInstanceCount": 1}
    found = {
        "RecommendationId": "job/abcd1234",
        "EndpointConfiguration": endpoint,
        "ModelConfiguration": {"InferenceSpecificationName": "compiled"},
    }
    world.aws.answers["DescribeInferenceRecommendationsJob"] = {
        "Status": "COMPLETED",
        "InputConfig": {"ModelPackageVersionArn": PACKAGE},
        "InferenceRecommendations": [found],
    }
    return world


def sent(world: World, operation: str) -> Any:
    return next(call["params"] for call in world.aws.writes() if call["operation"] == operation)


def test_a_specification_of_the_package_is_found_by_its_name(world: World) -> None:
    usual = {"Image": "usual", "ModelDataUrl": "s3://bucket/usual.tar.gz"}
    compiled = {"Image": FRAMEWORK_IMAGE, "ModelDataUrl": "s3://bucket/compiled.tar.gz"}
    world.aws.answers["DescribeModelPackage"] = {
        "InferenceSpecification": {"Containers": [usual]},
        "AdditionalInferenceSpecifications": [{"Name": "compiled", "Containers": [compiled]}],
    }
    world.model(name="prices").deploy(inference_recommendation_id="job/abcd1234", endpoint_name="e", wait=False)
    container = sent(world, "CreateModel")["PrimaryContainer"]
    assert (container["Image"], container["ModelDataUrl"]) == (FRAMEWORK_IMAGE, "s3://bucket/compiled.tar.gz")


def test_machines_without_variables_are_measured_as_they_are(world: World) -> None:
    ranges = [{"instance_types": CategoricalParameter(["ml.c5.large"])}]
    model = world.model(name="prices")
    model.right_size(**SAMPLES, framework="XGBOOST", hyperparameter_ranges=ranges, log_level="Quiet")
    source = sent(world, "CreateInferenceRecommendationsJob")["InputConfig"]
    assert source["EndpointConfigurations"] == [{"InstanceType": "ml.c5.large"}]


def test_what_a_package_says_itself_need_not_be_said(world: World) -> None:
    model = world["model.ModelPackage"]("Role", model_package_arn=PACKAGE, sagemaker_session=world.session())
    model.right_size(log_level="Quiet")
    request = sent(world, "CreateInferenceRecommendationsJob")
    assert request["InputConfig"]["ContainerConfig"] == {"Domain": "MACHINE_LEARNING", "Task": "OTHER"}
    assert request["RoleArn"].endswith("/Role")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"log_level": "Loud"}, ValueError, "log_level must be either Quiet or Verbose"),
        ({"hyperparameter_ranges": [{}]}, ValueError, "hint: 'instance_types': CategoricalParameter"),
        ({"max_test": 3}, TypeError, "max_tests"),
    ],
)
def test_wrong_arguments_make_nothing(
    world: World, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        world.model().right_size(**SAMPLES, framework="XGBOOST", **arguments)
    assert not world.aws.writes()


def test_a_model_without_a_role_is_not_measured(world: World) -> None:
    with pytest.raises(ValueError, match="Role can not be null"):
        world.model(role=None).right_size(**SAMPLES, framework="XGBOOST", log_level="Quiet")
    registered = world["model.ModelPackage"](model_package_arn=PACKAGE, sagemaker_session=world.session())
    with pytest.raises(ValueError, match="Role can not be null"):
        registered.right_size(log_level="Quiet")
    assert not world.aws.writes()
