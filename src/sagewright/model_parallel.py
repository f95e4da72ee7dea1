"""The parameters of SageMaker's model parallel library, checked as v2 does before they are sent."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

_WORDS: Mapping[str, list[str]] = {
    "pipeline": ["simple", "interleaved", "_only_forward"],
    "placement_strategy": ["spread", "cluster"],
    "optimize": ["speed", "memory"],
}
_COUNTS = ("microbatches", "partitions", "active_microbatches")
_SWITCHES = ("auto_partition", "contiguous", "load_partition", "horovod", "ddp", "deterministic_server")


def model_parallel_parameters(strategy: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the parameters of the strategy where it is enabled; a path is read as JSON.

    Raises:
        ValueError: They are no parameters of the library.
    """
    if strategy.get("enabled", False) is not True:
        return None
    parameters = read_parameters(strategy.get("parameters", {}))
    check_parameters(parameters)
    return parameters


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Check the library's parameters.

    Raises:
        ValueError: They are none.
    """
    _check_words(parameters)
    _check_partitions(parameters)
    _check_ddp(parameters)


def read_parameters(given: Any) -> Mapping[str, Any]:
    """Return parameters as they are given, or from the JSON file of that path.

    Raises:
        ValueError: There is no such file, or no JSON in it.
    """
    if isinstance(given, dict):
        return given
    if not os.path.exists(given):
        raise ValueError(
            f"Expected a string path to an existing modelparallel config, or a dictionary. Received: {given}."
        )
    try:
        with open(given, encoding="utf-8") as file:
            found = json.load(file)
    except json.JSONDecodeError:
        found = None
    if found is None:
        raise ValueError(f"Cannot parse {given} as a json file.")
    return dict(found)


def _check_words(parameters: Mapping[str, Any]) -> None:
    for name, words in _WORDS.items():
        if name in parameters and parameters[name] not in words:
            raise ValueError(f"{name} must be a value in: {words}.")
    for name in _COUNTS:
        if name in parameters and (not isinstance(parameters[name], int) or parameters[name] < 1):
            raise ValueError(f"The number of {name} must be a positive integer.")
    for name in _SWITCHES:
        if name in parameters and parameters[name] not in (True, False):
            raise ValueError(f"{name} must be a value in: [True, False].")


def _check_partitions(parameters: Mapping[str, Any]) -> None:
    if "partition_file" in parameters and not isinstance(parameters["partition_file"], str):
        raise ValueError("'partition_file' must be a str.")
    if parameters.get("auto_partition") is False and "default_partition" not in parameters:
        raise ValueError("default_partition must be supplied if auto_partition is set to False!")
    if "default_partition" in parameters and parameters["default_partition"] >= parameters["partitions"]:
        raise ValueError("default_partition must be less than the number of partitions!")
    if not 0 <= parameters.get("memory_weight", 0) <= 1:
        raise ValueError("memory_weight must be between 0.0 and 1.0!")


def _check_ddp(parameters: Mapping[str, Any]) -> None:
    for name in ("ddp_port", "ddp_dist_backend"):
        if name in parameters and "ddp" not in parameters:
            raise ValueError(f"`{name}` needs `ddp` to be set as well")
    port = parameters.get("ddp_port", 0)
    if not isinstance(port, int) or port < 0:
        raise ValueError(f"Invalid port number {port}.")
    if parameters.get("horovod", False) and parameters.get("ddp", False):
        raise ValueError("'ddp' and 'horovod' cannot be simultaneously enabled.")
