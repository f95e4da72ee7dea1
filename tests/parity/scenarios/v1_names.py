"""v1's spellings: those that v2 still takes, with its warning, and those that it does not know any more."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import IMAGE, World


def estimator_arguments(world: World) -> None:
    estimator = world["estimator.Estimator"](
        image_uri=IMAGE,
        role=ROLE,
        train_instance_count=2,
        train_instance_type="ml.m4.xlarge",
        train_volume_size=50,
        train_volume_kms_key="key",
        train_max_run=600,
        train_use_spot_instances=True,
        train_max_wait=900,
        sagemaker_session=world.session(),
    )
    estimator.fit("s3://bucket/train", wait=False, job_name="job")


def estimator_image_name(world: World) -> None:
    world["estimator.Estimator"](image_name=IMAGE, role=ROLE, sagemaker_session=world.session())


def estimator_arguments_that_contradict(world: World) -> None:
    world.train(train_instance_type="ml.m4.xlarge", train_instance_count=3)


def framework_arguments(world: World) -> None:
    versions: dict[str, dict[str, Any]] = {
        "sklearn.SKLearn": {},
        "xgboost.XGBoost": {"framework_version": "1.2-1"},
        "tensorflow.TensorFlow": {"framework_version": "2.3.1", "py_version": "py37"},
    }
    for path, version in versions.items():
        more = {"instance_type": "left out", "instance_count": "left out", **version}
        estimator = world.framework(path, **more, train_instance_type="ml.m4.xlarge", train_instance_count=1)
        estimator.fit(wait=False, job_name="job")


def tensorflow_distributions(world: World) -> None:
    estimator = world.framework(
        "tensorflow.TensorFlow",
        distributions={"parameter_server": {"enabled": True}},
        image_uri="left out",
        framework_version="2.3.1",
        py_version="py37",
    )
    estimator.fit(wait=False, job_name="job")


def pytorch_distributions(world: World) -> None:
    world.framework("pytorch.PyTorch", distributions={"smdistributed": {"dataparallel": {"enabled": True}}})


def script_mode(world: World) -> None:
    estimator = world.framework("tensorflow.TensorFlow", script_mode=True)
    estimator.fit(wait=False, job_name="job")


def names_of_a_job(world: World) -> list[Any]:
    estimator = world.train()
    return [estimator.latest_training_job.name, estimator.latest_training_job.job_name, estimator._current_job_name]


def estimators_endpoint_is_not_deleted(world: World) -> None:
    estimator = world.train()
    estimator.delete_endpoint()


def deploying_to_an_endpoint_that_is_there(world: World) -> None:
    estimator = world.train()
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint", update_endpoint=False)


def model_of_an_image(world: World) -> None:
    world["model.Model"](image=IMAGE, role=ROLE, sagemaker_session=world.session())


def s3_input(world: World) -> dict[str, Any]:
    made: dict[str, Any] = world["session.s3_input"]("s3://bucket/train", content_type="text/csv").config
    return made


def shuffle_config(world: World) -> int:
    seed: int = world["session.ShuffleConfig"](3).seed
    return seed


def s3_input_is_a_training_input(world: World) -> list[bool]:
    s3_input, current = world["session.s3_input"], world["inputs.TrainingInput"]
    return [issubclass(s3_input, current), isinstance(s3_input("s3://bucket/x"), current)]


def s3_input_at_the_top(world: World) -> None:
    assert world["s3_input"]


def real_time_predictor(world: World) -> list[Any]:
    predictor = world["predictor.RealTimePredictor"]("endpoint", sagemaker_session=world.session())
    return [predictor.endpoint_name, predictor.endpoint, isinstance(predictor, world["predictor.Predictor"])]


def predictor_arguments(world: World) -> str:
    predictor = world["predictor.Predictor"](
        endpoint="endpoint", content_type="text/csv", accept="text/csv", sagemaker_session=world.session()
    )
    return str(predictor.endpoint_name)


def predictor_without_a_name(world: World) -> None:
    world["predictor.Predictor"](sagemaker_session=world.session())


def real_time_predictor_at_the_top(world: World) -> None:
    assert world["RealTimePredictor"]


def serializers_that_are_objects(world: World) -> list[Any]:
    module = "base_predictor"
    return [
        world[f"{module}.csv_serializer"].serialize([1, 2]),
        world[f"{module}.json_serializer"].serialize({"a": 1}),
        type(world[f"{module}.npy_serializer"]).__name__,
        type(world[f"{module}.csv_deserializer"]).__name__,
        type(world[f"{module}.json_deserializer"]).__name__,
        type(world[f"{module}.numpy_deserializer"]).__name__,
    ]


def serializer_for_a_predictor(world: World) -> Any:
    predictor = world.predictor()
    predictor.serializer = world["base_predictor.csv_serializer"]
    predictor.deserializer = world["base_predictor.json_deserializer"]
    world.aws.answers["InvokeEndpoint"] = _body(b"[1]")
    return predictor.predict([1, 2])


def record_serializers(world: World) -> list[Any]:
    serializer = world["serializers.numpy_to_record_serializer"]()
    deserializer = world["deserializers.record_deserializer"]()
    return [serializer.CONTENT_TYPE, deserializer.ACCEPT]


def image_uri_functions(world: World) -> list[Any]:
    return [
        world["amazon.amazon_estimator.get_image_uri"]("us-west-2", "xgboost", "1.2-1"),
        world["amazon.amazon_estimator.get_image_uri"]("us-west-2", "linear-learner"),
    ]


def image_uri_of_a_framework(world: World) -> str:
    made: str = world["fw_utils.create_image_uri"](
        "us-west-2", "pytorch", "ml.m4.xlarge", "1.5.0", "py3", image_scope="training"
    )
    return made


def prefix_of_an_image(world: World) -> None:
    world["utils.get_ecr_image_uri_prefix"]("123456789012", "us-west-2")


def serving_names_of_tensorflow(world: World) -> list[Any]:
    model = world["tensorflow.serving.Model"](
        model_data="s3://bucket/model.tar.gz", role=ROLE, framework_version="2.3.1", sagemaker_session=world.session()
    )
    predictor = world["tensorflow.serving.Predictor"]("endpoint", world.session())
    return [
        isinstance(model, world["tensorflow.TensorFlowModel"]),
        isinstance(predictor, world["tensorflow.TensorFlowPredictor"]),
    ]


def _body(content: bytes) -> dict[str, Any]:
    from tests.parity.recording import body

    return {"Body": body(content), "ContentType": "application/json"}
