"""What a predictor asks the runtime and the service."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import Refusal, body
from tests.parity.world import World


def bytes_in_and_out(world: World) -> Any:
    return world.predictor().predict(b"1,2\n3,4")


def csv_to_json(world: World) -> Any:
    return _priced(world).predict([[1.0, 2.0], [3.0, 4.0]])


def every_argument(world: World) -> Any:
    return _priced(world).predict(
        [[1.0, 2.0]],
        target_variant="two",
        target_model="model.tar.gz",
        inference_id="id-1",
        custom_attributes="a=b",
    )


def initial_arguments(world: World) -> Any:
    return _priced(world).predict("1,2", initial_args={"ContentType": "text/plain", "Accept": "text/csv"})


def component(world: World) -> Any:
    return world.predictor(component_name="component").predict(b"1")


def several_accepts(world: World) -> Any:
    world.aws.answers["InvokeEndpoint"] = {"ContentType": "text/csv", "Body": body(b"a,b\n1,2\n")}
    predictor = world.predictor(deserializer=world["deserializers.CSVDeserializer"](accept=("text/csv", "text/x")))
    return [predictor.predict(b""), list(predictor.accept)]


def types_set_later(world: World) -> Any:
    predictor = world.predictor()
    predictor.serializer = world["serializers.JSONSerializer"]()
    predictor.deserializer = world["deserializers.StringDeserializer"]()
    return [predictor.content_type, list(predictor.accept), predictor.predict({"instances": [1, 2]})]


def delete_endpoint(world: World) -> None:
    world.predictor().delete_endpoint()


def delete_endpoint_and_keep_its_configuration(world: World) -> None:
    world.predictor().delete_endpoint(delete_endpoint_config=False)


def delete_model(world: World) -> None:
    world.predictor().delete_model()


def delete_everything(world: World) -> None:
    predictor = world.predictor()
    predictor.delete_model()
    predictor.delete_endpoint()


def update_endpoint(world: World) -> None:
    world.predictor().update_endpoint(
        initial_instance_count=2, instance_type="ml.m5.xlarge", tags=[{"Key": "k", "Value": "v"}], kms_key="key"
    )


def update_endpoint_to_another_model(world: World) -> None:
    world.predictor().update_endpoint(2, "ml.m5.xlarge", model_name="model-2", wait=False)


def initial_arguments_beside_others(world: World) -> Any:
    return world.predictor().predict(
        b"1", {"TargetModel": "a.tar.gz", "Body": b"2", "InferenceId": "one"}, inference_id="two", target_model=""
    )


def types_that_are_set(world: World) -> Any:
    predictor = world.predictor()
    predictor.content_type, predictor.accept = "text/x", "text/y"
    predictor.predict(b"1")
    predictor.accept = ("text/a", "text/b")
    predictor.predict(b"1")
    return [predictor.content_type, list(predictor.accept)]


def stream(world: World) -> Any:
    world.aws.answers["InvokeEndpointWithResponseStream"] = {"Body": lambda: [{"PayloadPart": {"Bytes": b"a\nb\n"}}]}
    predictor = world.predictor(component_name="component")
    lines = predictor.predict_stream(
        b"1",
        initial_args={"Accept": "text/plain"},
        target_variant="two",
        inference_id="id",
        custom_attributes="a=b",
        target_container_hostname="first",
        iterator=world["iterators.LineIterator"],
    )
    return [list(lines), list(predictor.predict_stream(b"1", component_name="other"))]


def stream_that_breaks_off(world: World) -> Any:
    broken = {"ModelStreamError": {"Message": "too late", "ErrorCode": "ModelInvocationTimeExceeded"}}
    world.aws.answers["InvokeEndpointWithResponseStream"] = {"Body": lambda: [broken]}
    return list(world.predictor().predict_stream(b"1"))


def capture_is_switched(world: World) -> None:
    predictor = world.predictor()
    predictor.enable_data_capture()
    predictor.disable_data_capture()
    predictor.update_data_capture_config(None)


def capture_is_changed(world: World) -> None:
    config = world["model_monitor.DataCaptureConfig"](True, 7, "s3://b/c", sagemaker_session=world.session())
    world.predictor().update_data_capture_config(config)


def monitors_that_there_are_not(world: World) -> Any:
    return world.predictor().list_monitors()


def update_endpoint_between_bounds(world: World) -> None:
    world.predictor().update_endpoint(2, "ml.m5.xlarge", max_instance_count=4, min_instance_count=1)


def update_endpoint_of_too_little(world: World) -> None:
    world.predictor().update_endpoint(initial_instance_count=2)


def delete_models_that_stay(world: World) -> None:
    world.aws.answers["DeleteModel"] = Refusal("ValidationException", "no")
    world.predictor().delete_model()


def of_v1(world: World) -> Any:
    predictor = world["predictor.RealTimePredictor"]("endpoint", world.session())
    return [predictor.endpoint, predictor.predict(b"1")]


def asynchronous(world: World) -> Any:
    asked = _asynchronous(world)
    response = asked.predict_async(input_path="s3://bucket/in", initial_args={"Accept": "text/x"}, inference_id="id")
    world.aws.answers["GetObject"] = {"ContentType": "application/json", "Body": body(b"[1]")}
    waiter = world["async_inference.WaiterConfig"](max_attempts=1, delay=1)
    return [
        response.get_result(),
        [response.output_path, response.failure_path, waiter._to_request_dict()],
    ]


def asynchronous_of_nothing(world: World) -> None:
    _asynchronous(world).predict_async()


def asynchronous_that_is_not_there(world: World) -> None:
    world.aws.answers["GetObject"] = Refusal("NoSuchKey", "The specified key does not exist.", 404)
    _asynchronous(world).predict_async(input_path="s3://bucket/in").get_result()


def asynchronous_that_fails(world: World) -> None:
    gone = Refusal("NoSuchKey", "The specified key does not exist.", 404)
    world.aws.answers["GetObject"] = [gone, {"ContentType": "application/json", "Body": body(b'"why"')}]
    _asynchronous(world).predict_async(input_path="s3://bucket/in").get_result()


def asynchronous_endpoint_changes(world: World) -> None:
    asked = _asynchronous(world)
    asked.update_endpoint(1, "ml.m5.large", model_name="model-2", tags={"k": "v"}, kms_key="key")


def asynchronous_endpoint_is_deleted(world: World) -> None:
    asked = _asynchronous(world)
    asked.disable_data_capture()
    asked.delete_model()
    asked.delete_endpoint()


def _asynchronous(world: World) -> Any:
    world.aws.answers["InvokeEndpointAsync"] = {
        "InferenceId": "i",
        "OutputLocation": "s3://bucket/out/1.out",
        "FailureLocation": "s3://bucket/failed/1-error.out",
    }
    asked = world.predictor(
        serializer=world["serializers.JSONSerializer"](), deserializer=world["deserializers.JSONDeserializer"]()
    )
    return world["predictor_async.AsyncPredictor"](asked, "model")


def _priced(world: World) -> Any:
    return world.predictor(
        serializer=world["serializers.CSVSerializer"](), deserializer=world["deserializers.JSONDeserializer"]()
    )
