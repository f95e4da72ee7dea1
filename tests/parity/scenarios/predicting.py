"""What a predictor asks the runtime and the service."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import body
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


def _priced(world: World) -> Any:
    return world.predictor(
        serializer=world["serializers.CSVSerializer"](), deserializer=world["deserializers.JSONDeserializer"]()
    )
