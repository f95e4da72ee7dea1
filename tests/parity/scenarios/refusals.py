"""What is refused before anything is asked of AWS, and how."""

from __future__ import annotations

from tests.parity.recording import Refusal
from tests.parity.world import World


def estimator_without_a_role(world: World) -> None:
    world.estimator(role=None)


def estimator_without_an_instance_count(world: World) -> None:
    world.train(instance_count=None)


def estimator_without_an_instance_type(world: World) -> None:
    world.train(instance_type=None)


def estimator_with_subnets_alone(world: World) -> None:
    world.train(subnets=["subnet-1"])


def estimator_with_a_gpu_cluster_at_home(world: World) -> None:
    world.estimator(instance_type="local_gpu", instance_count=2)


def fit_on_a_path(world: World) -> None:
    world.train("data/train.csv")


def fit_on_a_file_address(world: World) -> None:
    world.train("file:///tmp/train.csv")


def fit_on_a_channel_that_is_a_path(world: World) -> None:
    world.train({"train": "data/train.csv"})


def fit_on_a_number(world: World) -> None:
    world.train(7)


def fit_on_a_number_in_a_channel(world: World) -> None:
    world.train({"train": 7})


def fit_with_the_model_channel_twice(world: World) -> None:
    world.train({"model": "s3://bucket/a"}, model_uri="s3://bucket/model.tar.gz")


def fit_on_a_bare_manifest(world: World) -> None:
    world.train({"train": "s3:/bucket/train"})


def fit_with_unknown_logs(world: World) -> None:
    world.estimator().fit("s3://bucket/train", job_name="job", logs="Everything")


def fit_when_the_service_refuses(world: World) -> None:
    world.aws.answers["CreateTrainingJob"] = Refusal("ResourceInUse", "Training job names must be unique")
    world.train()


def deploy_before_fit(world: World) -> None:
    world.estimator().deploy(1, "ml.m5.large")


def deploy_without_an_instance_type(world: World) -> None:
    world.train().deploy(1)


def deploy_without_an_instance_count(world: World) -> None:
    world.train().deploy(instance_type="ml.m5.large")


def deploy_a_model_that_was_not_compiled(world: World) -> None:
    world.train().deploy(1, "ml.m5.large", use_compiled_model=True)


def deploy_a_model_without_a_role(world: World) -> None:
    world.model(role=None).deploy(1, "ml.m5.large", endpoint_name="endpoint")


def deploy_when_the_service_refuses(world: World) -> None:
    world.aws.answers["CreateEndpoint"] = Refusal("ValidationException", "Cannot create already existing endpoint")
    world.model(name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint")


def deploy_when_the_model_is_refused(world: World) -> None:
    world.aws.answers["CreateModel"] = Refusal("ValidationException", "Could not access model data")
    world.model(name="model").deploy(1, "ml.m5.large", endpoint_name="endpoint")


def update_endpoint_without_a_type(world: World) -> None:
    world.predictor().update_endpoint(initial_instance_count=2)


def delete_a_model_that_was_not_made(world: World) -> None:
    world.model().delete_model()


def file_system_of_no_known_type(world: World) -> None:
    world["inputs.FileSystemInput"]("fs-1", "NFS", "/data")


def file_system_of_no_known_access(world: World) -> None:
    world["inputs.FileSystemInput"]("fs-1", "EFS", "/data", "wr")


def address_that_is_none(world: World) -> None:
    world["s3.parse_s3_url"]("https://bucket/key")


def image_of_no_known_region(world: World) -> None:
    world["image_uris.retrieve"]("linear-learner", "mars-north-1")


def image_of_no_known_scope(world: World) -> None:
    world["image_uris.retrieve"]("linear-learner", "us-east-1", image_scope="dreaming")
