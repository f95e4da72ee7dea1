from __future__ import annotations

import copy
import pickle

import pytest

from sagewright.deserializers import JSONDeserializer
from sagewright.predictor import Predictor
from sagewright.serializers import CSVSerializer
from tests.parity.recording import Refusal, default_answer
from tests.parity.world import World


@pytest.fixture
def world() -> World:
    return World("sagewright")


def test_predictors_share_no_serializer(world: World) -> None:
    one, two = world.predictor(), world.predictor()
    assert one.serializer is not two.serializer
    assert (one.content_type, one.accept) == ("application/octet-stream", ("*/*",))


def test_typo_names_the_nearest(world: World) -> None:
    with pytest.raises(TypeError, match=r"`serialiser`\nhint: did you mean `serializer`"):
        world.predictor(serialiser=CSVSerializer())


def test_error_of_the_model_reaches_the_caller(world: World) -> None:
    world.aws.answers["InvokeEndpoint"] = Refusal("ModelError", "Received server error (500) from primary", 424)
    with pytest.raises(Exception, match="ModelError.*Received server error"):
        world.predictor().predict(b"1,2")


def test_models_that_cannot_be_deleted_are_named_after_the_others_are_gone(world: World) -> None:
    config = default_answer("DescribeEndpointConfig")
    variants = [{**config["ProductionVariants"][0], "ModelName": name} for name in ("one", "two")]
    world.aws.answers["DescribeEndpointConfig"] = {**config, "ProductionVariants": variants}
    world.aws.answers["DeleteModel"] = [Refusal("ValidationException", "Could not find model"), {}]
    with pytest.raises(Exception, match="cannot be deleted, please retry. \nFailed models: one$") as raised:
        world.predictor().delete_model()
    assert "Could not find model" in str(raised.value.__cause__)
    assert [asked["ModelName"] for asked in world.aws.asked("DeleteModel")] == ["one", "two"]


def test_update_cannot_choose_between_models(world: World) -> None:
    config = default_answer("DescribeEndpointConfig")
    variants = [{**config["ProductionVariants"][0], "ModelName": name} for name in ("one", "two")]
    world.aws.answers["DescribeEndpointConfig"] = {**config, "ProductionVariants": variants}
    with pytest.raises(ValueError, match="the endpoint has multiple models: one, two"):
        world.predictor().update_endpoint(1, "ml.m5.large")
    assert not world.aws.writes()


def test_update_keeps_key_role_and_network(world: World) -> None:
    kept = {
        "KmsKeyId": "key",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    }
    world.aws.answers["DescribeEndpointConfig"] = {**default_answer("DescribeEndpointConfig"), **kept}
    world.predictor().update_endpoint(wait=False)
    [request] = world.aws.asked("CreateEndpointConfig")
    assert {name: request[name] for name in kept} == kept


def test_predictor_travels(world: World) -> None:
    predictor = world.predictor(serializer=CSVSerializer(), deserializer=JSONDeserializer())
    assert isinstance(predictor, Predictor)
    arrived = pickle.loads(pickle.dumps(predictor))
    assert (arrived.endpoint_name, arrived.content_type, arrived.accept) == (
        "endpoint",
        "text/csv",
        ("application/json",),
    )
    assert copy.deepcopy(predictor).predict([1, 2]) == {"predictions": [{"score": 1.5}]}
