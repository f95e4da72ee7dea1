"""What `fit`'s inputs become in `InputDataConfig`."""

from __future__ import annotations

from typing import Any

from tests.parity.world import World


def one_text(world: World) -> None:
    world.train("s3://bucket/train/rows.csv")


def texts_by_channel(world: World) -> None:
    world.train({"train": "s3://bucket/train", "validation": "s3://bucket/validation", "test": "s3://bucket/test"})


def csv(world: World) -> None:
    world.train({"train": world["inputs.TrainingInput"]("s3://bucket/train", content_type="text/csv")})


def one_input_without_a_channel_name(world: World) -> None:
    world.train(world["inputs.TrainingInput"]("s3://bucket/train", content_type="text/csv"))


def texts_and_inputs_together(world: World) -> None:
    world.train({"a": "s3://bucket/a", "b": world["inputs.TrainingInput"]("s3://bucket/b", input_mode="Pipe")})


def every_argument(world: World) -> None:
    world.train(
        {
            "train": world["inputs.TrainingInput"](
                "s3://bucket/train",
                distribution="ShardedByS3Key",
                compression="Gzip",
                content_type="application/x-recordio-protobuf",
                record_wrapping="RecordIO",
                s3_data_type="S3Prefix",
                input_mode="FastFile",
                shuffle_config=world["inputs.ShuffleConfig"](7),
            )
        }
    )


def augmented_manifest(world: World) -> None:
    world.train(
        {
            "train": world["inputs.TrainingInput"](
                "s3://bucket/manifest.jsonl",
                s3_data_type="AugmentedManifestFile",
                attribute_names=["source-ref", "label"],
                target_attribute_name="label",
                input_mode="Pipe",
            )
        }
    )


def manifest(world: World) -> None:
    world.train({"train": world["inputs.TrainingInput"]("s3://bucket/manifest", s3_data_type="ManifestFile")})


def instance_groups_of_a_channel(world: World) -> Any:
    return world["inputs.TrainingInput"]("s3://bucket/train", instance_groups=["workers"]).config


def compression_none(world: World) -> Any:
    return world["inputs.TrainingInput"]("s3://bucket/train", compression="None").config


def no_compression_without_mode(world: World) -> Any:
    return world["inputs.TrainingInput"]("s3://bucket/train").config


def content_type_of_the_channel_in_model_mode(world: World) -> None:
    world.train(
        {"train": world["inputs.TrainingInput"]("s3://bucket/train", content_type="text/csv")},
        model_uri="s3://bucket/model.tar.gz",
    )


def elastic_file_system(world: World) -> None:
    source = world["inputs.FileSystemInput"]("fs-0123456789abcdef0", "EFS", "/data/train", content_type="text/csv")
    world.train({"train": source}, subnets=["subnet-1"], security_group_ids=["sg-1"])


def lustre_that_may_be_written(world: World) -> None:
    source = world["inputs.FileSystemInput"]("fs-0123456789abcdef0", "FSxLustre", "/mount", "rw")
    world.train({"train": source}, subnets=["subnet-1"], security_group_ids=["sg-1"])


def transform_input(world: World) -> Any:
    value = world["inputs.TransformInput"]("s3://bucket/rows", content_type="text/csv", split_type="Line")
    return {name: getattr(value, name) for name in ("data", "data_type", "content_type", "split_type", "join_source")}
