"""What only JumpStart's catalogue knows: v2 asks for a model first, ours has no catalogue."""

from __future__ import annotations

from typing import Any

from tests.parity.world import World

# Lookups, and what v2 says where no model is named.
LOOKUPS = (
    "model_uris.retrieve",
    "script_uris.retrieve",
    "hyperparameters.retrieve_default",
    "hyperparameters.validate",
    "environment_variables.retrieve_default",
    "metric_definitions.retrieve_default",
    "instance_types.retrieve_default",
    "instance_types.retrieve",
    "resource_requirements.retrieve_default",
    "payloads.retrieve_all_examples",
    "payloads.retrieve_example",
    "serializers.retrieve_options",
    "serializers.retrieve_default",
    "deserializers.retrieve_options",
    "deserializers.retrieve_default",
)


def lookups_of_no_model(world: World) -> Any:
    return [_said(world, path) for path in LOOKUPS]


def lookups_of_no_version(world: World) -> Any:
    return [_said(world, path, model_id="model") for path in LOOKUPS]


def lookups_without_a_scope(world: World) -> Any:
    paths = ("instance_types.retrieve_default", "instance_types.retrieve", "resource_requirements.retrieve_default")
    return [_said(world, path, model_id="model", model_version="*") for path in paths]


def hyperparameters_of_nothing(world: World) -> None:
    world["hyperparameters.validate"](model_id="model", model_version="*")


def gpus_of_instances(world: World) -> Any:
    found = world["instance_types_gpu_info.retrieve"]("us-west-2")
    return [found, world["instance_types_gpu_info.retrieve"]("nowhere")]


def _said(world: World, path: str, **named: str) -> str:
    try:
        world[path](region="us-west-2", **named)
    except ValueError as error:
        return str(error)
    return "nothing"
