"""What `deploy` becomes: a model, an endpoint configuration, an endpoint; and how they go again."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE, THE_TIME, Refusal
from tests.parity.world import IMAGE, World

CONTAINER = {"Image": IMAGE, "Environment": {}, "ModelDataUrl": "s3://bucket/model.tar.gz"}


def estimator_with_default_names(world: World) -> Any:
    predictor = world.train().deploy(1, "ml.m5.large")
    return predictor.endpoint_name


def estimator_with_a_base_name(world: World) -> Any:
    return world.train(base_job_name="prices").deploy(1, "ml.m5.large").endpoint_name


def estimator_with_names(world: World) -> Any:
    predictor = world.train().deploy(
        initial_instance_count=2,
        instance_type="ml.c5.large",
        endpoint_name="endpoint",
        model_name="model",
        tags=[{"Key": "team", "Value": "prices"}],
        kms_key="key",
        wait=False,
    )
    return [predictor.endpoint_name, predictor.content_type, list(predictor.accept)]


def estimator_hands_its_tags_and_network_on(world: World) -> None:
    world.train(
        tags={"team": "prices"}, subnets=["subnet-1"], security_group_ids=["sg-1"], enable_network_isolation=True
    ).deploy(1, "ml.m5.large", endpoint_name="endpoint", wait=False)


def estimator_with_another_network(world: World) -> None:
    network = {"Subnets": ["subnet-9"], "SecurityGroupIds": ["sg-9"]}
    world.train().deploy(1, "ml.m5.large", endpoint_name="endpoint", vpc_config_override=network, wait=False)


def estimator_with_limits(world: World) -> None:
    world.train().deploy(
        1,
        "ml.m5.large",
        endpoint_name="endpoint",
        wait=False,
        volume_size=40,
        model_data_download_timeout=300,
        container_startup_health_check_timeout=120,
    )


def estimator_with_serializers(world: World) -> Any:
    predictor = world.train().deploy(
        1,
        "ml.m5.large",
        serializer=world["serializers.CSVSerializer"](),
        deserializer=world["deserializers.JSONDeserializer"](),
        endpoint_name="endpoint",
    )
    return [predictor.content_type, list(predictor.accept), predictor.predict([1.0, 2.5])]


def estimator_deploys_twice(world: World) -> Any:
    estimator = world.train()
    first, second = (estimator.deploy(1, "ml.m5.large", endpoint_name=name, wait=False) for name in ("one", "two"))
    return [first.endpoint_name, second.endpoint_name]


def estimator_of_an_uncompressed_model(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = {
        "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/out/job/output/model"},
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out", "CompressionType": "NONE"},
    }
    estimator = world.train(disable_output_compression=True)
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint", model_name="model", wait=False)
    return estimator.model_data


def estimator_creates_a_model(world: World) -> Any:
    model = world.train().create_model(env={"LEVEL": "1"})
    return [model.image_uri, model.model_data, model.role, model.env, model.enable_network_isolation()]


def attached_estimator(world: World) -> Any:
    estimator = world["estimator.Estimator"].attach("job", sagemaker_session=world.session())
    estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint", model_name="model", wait=False)
    return {
        "hyperparameters": estimator.hyperparameters(),
        "image": estimator.training_image_uri(),
        "job": estimator.latest_training_job.name,
        "current": estimator._current_job_name,
        **{name: getattr(estimator, name) for name in _ATTACHED},
    }


_ATTACHED = (
    "role",
    "instance_count",
    "instance_type",
    "volume_size",
    "max_run",
    "output_path",
    "base_job_name",
    "tags",
)


def model_with_default_names(world: World) -> Any:
    model = world.model(predictor_cls=world["predictor.Predictor"])
    predictor = model.deploy(1, "ml.m5.large")
    return [model.name, model.endpoint_name, predictor.endpoint_name]


def model_without_a_predictor_class(world: World) -> Any:
    return world.model(name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint")


def model_with_every_argument(world: World) -> None:
    world.model(
        env={"LEVEL": "1"},
        name="model",
        vpc_config={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        enable_network_isolation=True,
        image_config={"RepositoryAccessMode": "Vpc"},
    ).deploy(1, "ml.m5.large", endpoint_name="endpoint", tags={"team": "prices"}, kms_key="key", wait=False)


def model_from_an_uncompressed_prefix(world: World) -> None:
    source = {"S3DataSource": {"S3Uri": "s3://bucket/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}}
    world.model(model_data=source, name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint", wait=False)


def model_created_only(world: World) -> Any:
    model = world.model()
    model.create(instance_type="ml.m5.large", tags=[{"Key": "k", "Value": "v"}])
    return model.name


def model_deleted(world: World) -> None:
    model = world.model(name="model")
    model.deploy(1, "ml.m5.large", endpoint_name="endpoint", wait=False)
    model.delete_model()


def model_that_exists_already(world: World) -> Any:
    message = "Cannot create already existing model 'arn:aws:sagemaker:us-east-1:123456789012:model/model'."
    world.aws.answers["CreateModel"] = Refusal("ValidationException", message)
    model = world.model(name="model")
    model.deploy(1, "ml.m5.large", endpoint_name="endpoint", wait=False)
    return model.name


def session_creates_a_model(world: World) -> Any:
    session = world.session()
    first = session.create_model("model-1", ROLE, CONTAINER)
    second = session.create_model("model-2", "Role", [CONTAINER, CONTAINER], tags={"team": "prices"})
    third = session.create_model("model-3", ROLE, IMAGE, enable_network_isolation=True)
    return [first, second, third]


def session_creates_an_endpoint(world: World) -> Any:
    session = world.session()
    config = session.create_endpoint_config("config", "model", 1, "ml.m5.large", tags={"team": "prices"}, kms_key="key")
    endpoint = session.create_endpoint("endpoint", config, tags=[{"Key": "k", "Value": "v"}], wait=False)
    return [config, endpoint]


def session_deploys_variants(world: World) -> Any:
    variant = world["session.production_variant"]
    return world.session().endpoint_from_production_variants(
        "endpoint",
        [
            variant("model-1", "ml.m5.large", variant_name="one", initial_weight=3),
            variant("model-2", "ml.m5.xlarge", 2, variant_name="two"),
        ],
        tags=[{"Key": "k", "Value": "v"}],
        wait=False,
    )


def session_copies_a_configuration(world: World) -> None:
    world.session().create_endpoint_config_from_existing("config", "config-2", new_tags=[{"Key": "k", "Value": "v"}])


def session_updates_and_deletes(world: World) -> Any:
    session = world.session()
    updated = session.update_endpoint("endpoint", "config-2", wait=False)
    session.delete_endpoint("endpoint")
    session.delete_endpoint_config("config")
    session.delete_model("model")
    return updated


def containers(world: World) -> Any:
    define = world["session.container_def"]
    return [define("image"), define("image", "s3://b/m.tar.gz", {"A": "1"}), define("i", container_mode="MultiModel")]


def variants(world: World) -> Any:
    define = world["session.production_variant"]
    return [
        define("model", "ml.m5.large"),
        define("model", "ml.m5.large", initial_instance_count=3, variant_name="v", initial_weight=2, volume_size=10),
        define("model", "ml.m5.large", accelerator_type="ml.eia2.medium", model_data_download_timeout=60),
    ]


def endpoint_that_fails(world: World) -> Any:
    world.aws.answers["DescribeEndpoint"] = {
        "EndpointName": "endpoint",
        "EndpointStatus": "Failed",
        "FailureReason": "The container did not pass the ping health check.",
        "CreationTime": THE_TIME,
    }
    return world.model(name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint")
