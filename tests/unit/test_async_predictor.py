"""Asking asynchronous endpoints: where inputs go, and where answers and errors come from."""

from __future__ import annotations

import io
import pickle
import re
from typing import Any

import pytest

from sagewright import exceptions
from sagewright.async_inference import WaiterConfig
from sagewright.deserializers import JSONDeserializer
from sagewright.predictor_async import AsyncPredictor
from sagewright.serializers import JSONSerializer
from tests.parity.recording import Refusal, body
from tests.parity.world import World

NOTHING = Refusal("NoSuchKey", "The specified key does not exist.", 404)
ANSWER = {"ContentType": "application/json", "Body": body(b"[1]")}
ERROR = {"ContentType": "application/json", "Body": body(b'"it broke"')}
AT_ONCE = WaiterConfig(max_attempts=1, delay=0)


@pytest.fixture
def world() -> World:
    world = World("sagewright")
    world.aws.answers["InvokeEndpointAsync"] = {
        "InferenceId": "i",
        "OutputLocation": "s3://bucket/out/1.out",
        "FailureLocation": "s3://bucket/failed/1-error.out",
    }
    world.aws.answers["GetObject"] = NOTHING
    return world


def _predictor(world: World, **more: Any) -> AsyncPredictor:
    asked = world.predictor(serializer=JSONSerializer(), deserializer=JSONDeserializer(), **more)
    return AsyncPredictor(asked, "model")


def test_data_are_stored_and_the_answer_is_awaited(world: World) -> None:
    world.aws.answers["GetObject"] = [NOTHING, NOTHING, ANSWER]
    assert _predictor(world).predict({"x": 1}, inference_id="id-1", waiter_config=WaiterConfig(1000, 0.01)) == [1]
    [stored], [asked] = world.aws.asked("PutObject"), world.aws.asked("InvokeEndpointAsync")
    assert re.fullmatch(r"async-endpoint-inputs/model-\d{6}-\d{4}/[\d-]{23}-[0-9a-f-]{36}", stored["Key"])
    assert stored["ContentType"] == "application/json"
    assert asked == {
        "EndpointName": "endpoint",
        "Accept": "application/json",
        "InputLocation": f"s3://bucket/{stored['Key']}",
        "InferenceId": "id-1",
    }


def test_data_can_be_stored_where_they_are_told_to_or_be_there(world: World) -> None:
    predictor = _predictor(world)
    predictor.predict_async([1], input_path="s3://other/in.json")
    predictor.predict_async(input_path="s3://other/there.json", initial_args={"Accept": "text/csv"})
    assert [(call["Bucket"], call["Key"]) for call in world.aws.asked("PutObject")] == [("other", "in.json")]
    asked = world.aws.asked("InvokeEndpointAsync")
    assert [call["InputLocation"] for call in asked] == ["s3://other/in.json", "s3://other/there.json"]
    assert asked[1]["Accept"] == "text/csv"


def test_nothing_to_ask_is_an_error(world: World) -> None:
    with pytest.raises(ValueError, match="provide input data or input Amazon S3 location"):
        _predictor(world).predict()


def test_the_error_of_the_model_is_raised(world: World) -> None:
    world.aws.answers["GetObject"] = [NOTHING, ERROR]
    with pytest.raises(exceptions.AsyncInferenceModelError, match="^Model returned error: it broke $") as raised:
        _predictor(world).predict([1])
    assert pickle.loads(pickle.dumps(raised.value)).kwargs == {"message": "it broke"}


def test_time_runs_out(world: World) -> None:
    with pytest.raises(exceptions.PollingTimeoutError, match="No result at s3://bucket/out/1.out after polling for 0 "):
        _predictor(world).predict([1], waiter_config=AT_ONCE)


def test_a_response_is_looked_at_when_asked(world: World) -> None:
    response = _predictor(world).predict_async([1])
    with pytest.raises(exceptions.ObjectNotExistedError, match="Object not exist at s3://bucket/out/1.out. Inference"):
        response.get_result()
    with pytest.raises(exceptions.PollingTimeoutError):
        response.get_result(AT_ONCE)
    world.aws.answers["GetObject"] = ANSWER
    assert response.get_result() == [1]
    world.aws.answers["GetObject"] = NOTHING
    assert response.get_result() == [1]
    with pytest.raises(ValueError, match="should be a WaiterConfig"):
        response.get_result({"Delay": 1})  # type: ignore[arg-type]


def test_what_s3_refuses_is_told(world: World) -> None:
    world.aws.answers["GetObject"] = Refusal("AccessDenied", "Access Denied", 403)
    response = _predictor(world).predict_async([1])
    with pytest.raises(exceptions.UnexpectedClientError, match="Encountered unexpected client error: Access Denied"):
        response.get_result()


def test_the_serializers_are_the_predictors(world: World) -> None:
    predictor = _predictor(world)
    predictor.serializer, predictor.deserializer = JSONSerializer("text/x"), JSONDeserializer("text/y")
    assert (predictor.predictor.content_type, predictor.predictor.accept) == ("text/x", ("text/y",))
    assert io.BytesIO(predictor.serializer.serialize([1]).encode()).read() == b"[1]"
