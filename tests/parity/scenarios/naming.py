"""Names, addresses and images."""

from __future__ import annotations

from typing import Any

from tests.parity.world import World

LONG = "a-base-that-is-much-longer-than-the-sixty-three-letters-that-aws-allows"


def default_job_name(world: World) -> None:
    world.estimator().fit(wait=False)


def default_job_name_of_a_registry_with_folders(world: World) -> None:
    world.estimator(image_uri="localhost:5000/team/my-image:v2").fit(wait=False)


def base_job_name(world: World) -> None:
    world.estimator(base_job_name="house-prices").fit(wait=False)


def long_base_job_name(world: World) -> None:
    world.estimator(base_job_name=LONG).fit(wait=False)


def names_from_bases(world: World) -> Any:
    make = world["utils.name_from_base"]
    return [make("base"), make("base-"), make(LONG), make(LONG, max_length=40)]


def short_name_shape(world: World) -> Any:
    base, day, minute = world["utils.name_from_base"]("base", short=True).split("-")
    return [base, len(day), len(minute), (day + minute).isdigit()]


def unique_names(world: World) -> Any:
    make = world["utils.unique_name_from_base"]
    return [make("base"), make(LONG)]


def base_of_an_image(world: World) -> Any:
    base = world["utils.base_name_from_image"]
    images = ["linear-learner:latest", "host/a/b/c:1.2-3", "host:5000/name", "host/name@sha256:00", "name"]
    return [base(image) for image in images]


def base_of_a_name(world: World) -> Any:
    base = world["utils.base_from_name"]
    return [base(name) for name in ("prices-2024-05-06-07-08-09-123", "prices-240506-0708", "prices")]


def joined_addresses(world: World) -> Any:
    join = world["s3.s3_path_join"]
    return [
        join("s3://bucket", "a", "b"),
        join("s3://bucket/", "/a/", "b/"),
        join("s3://bucket//x", "", "a"),
        join("a", "b"),
        join("s3://bucket/a", "b", with_end_slash=True),
    ]


def parsed_addresses(world: World) -> Any:
    parse = world["s3.parse_s3_url"]
    return [parse("s3://bucket/a/b.csv"), parse("s3://bucket"), parse("s3://bucket/")]


def built_in_images(world: World) -> Any:
    return [world["image_uris.retrieve"]("linear-learner", region) for region in _REGIONS]


def other_built_in_images(world: World) -> Any:
    names = ["kmeans", "pca", "knn", "factorization-machines", "randomcutforest"]
    return [world["image_uris.retrieve"](name, "us-east-1") for name in names]


def built_in_image_of_a_version(world: World) -> Any:
    retrieve = world["image_uris.retrieve"]
    return [
        retrieve("linear-learner", "us-east-1", version="1"),
        retrieve("linear-learner", "us-east-1", "latest"),
        retrieve("linear-learner", "us-east-1", image_scope="training"),
        retrieve("linear-learner", "us-east-1", version="9", instance_type="ml.m5.large", py_version="py3"),
    ]


_REGIONS = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-east-1",
    "me-south-1",
    "me-central-1",
    "af-south-1",
    "il-central-1",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-west-1",
    "us-gov-east-1",
    "us-iso-east-1",
    "us-isob-east-1",
]
