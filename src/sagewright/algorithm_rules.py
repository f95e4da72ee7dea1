"""What an algorithm, as `DescribeAlgorithm` describes it, takes: instances, channels, hyperparameters."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sagewright.inputs import FileSystemInput, TrainingInput
from sagewright.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter, ParameterRange
from sagewright.vocabulary.variables import is_variable

Document = dict[str, Any]
# `spec`: the hyperparameter's description; `class` and `range`, where it has them.
Definition = dict[str, Any]

_CLASSES: Mapping[str, type[Any]] = {
    "Integer": IntegerParameter,
    "Continuous": ContinuousParameter,
    "Categorical": CategoricalParameter,
}


def check_input_mode(algorithm: Document, input_mode: Any) -> None:
    """Raise for an input mode that one of the channels has not.

    Raises:
        ValueError: One has not.
    """
    modes = {"File", "Pipe"}
    for channel in algorithm["TrainingSpecification"]["TrainingChannels"]:
        modes &= set(channel["SupportedInputModes"])
    if not is_variable(input_mode) and input_mode not in modes:
        raise ValueError(f"Invalid input mode: {input_mode}. {algorithm['AlgorithmName']} only supports: {modes}")


def check_instances(algorithm: Document, instance_type: Any, instance_count: Any) -> None:
    """Raise for instances that the algorithm does not take.

    Raises:
        ValueError: It does not.
    """
    spec, name = algorithm["TrainingSpecification"], algorithm["AlgorithmName"]
    types = spec["SupportedTrainingInstanceTypes"]
    if not is_variable(instance_type) and instance_type not in types:
        raise ValueError(
            f"Invalid instance_type: {instance_type}. {name} supports the following instance types: {types}"
        )
    is_many = not is_variable(instance_count) and instance_count > 1
    if is_many and not spec.get("SupportsDistributedTraining", True):
        raise ValueError(f"Distributed training is not supported by {name}. Please set instance_count=1")


def check_channels(algorithm: Document, inputs: Any) -> None:
    """Raise for channels that the algorithm does not know, or has to have.

    Raises:
        ValueError: There are such.
    """
    alone = isinstance(inputs, (str, os.PathLike, TrainingInput, FileSystemInput))
    given = ("training",) if alone else tuple(inputs)
    known = {channel["Name"]: channel for channel in algorithm["TrainingSpecification"]["TrainingChannels"]}
    for name in given:
        if name not in known:
            raise ValueError(
                f"Unknown input channel: {name} is not supported by: {algorithm['AlgorithmName']}\n"
                f"hint: its channels are {', '.join(sorted(known))}."
            )
    for name, channel in known.items():
        if name not in given and channel.get("IsRequired"):
            raise ValueError(f"Required input channel: {name} Was not provided.")


def definitions_of(algorithm: Document) -> dict[str, Definition]:
    """Return the hyperparameters that an algorithm has.

    Raises:
        ValueError: One has a type that there is not.
    """
    return {
        described["Name"]: _definition(described)
        for described in algorithm["TrainingSpecification"].get("SupportedHyperParameters", ())
    }


def checked_value(algorithm: Document, definitions: Mapping[str, Definition], name: str, value: Any) -> Any:
    """Return a value as the type that the hyperparameter has.

    Raises:
        ValueError: There is no such hyperparameter, or it does not take the value.
    """
    if name not in definitions:
        from sagewright.vocabulary.suggestions import hint

        told = f"Invalid hyperparameter: {name} is not supported by {algorithm['AlgorithmName']}"
        raise ValueError(told + hint(name, sorted(definitions)))
    definition = definitions[name]
    if is_variable(value):
        return value
    if "class" in definition:
        value = definition["class"].cast_to_type(value)
    if "range" in definition and not definition["range"].is_valid(value):
        raise ValueError(f"Invalid value: {value} Supported range: {definition['range'].as_tuning_range(name)}")
    return value


def with_defaults(definitions: Mapping[str, Definition], values: Mapping[str, Any]) -> Document:
    """Return hyperparameters together with the defaults of those that are not set.

    Raises:
        ValueError: A required one is not set and has none.
    """
    found = dict(values)
    for name, definition in definitions.items():
        spec = definition["spec"]
        if name not in found and "DefaultValue" in spec:
            found[name] = spec["DefaultValue"]
        elif name not in found and spec.get("IsRequired"):
            raise ValueError(f"Required hyperparameter: {name} is not set")
    return found


def _definition(described: Document) -> Definition:
    kind = described["Type"]
    if kind not in (*_CLASSES, "FreeText"):
        raise ValueError(
            f"Invalid Hyperparameter type: {kind}. Valid ones are:(Integer, Continuous, Categorical, FreeText)"
        )
    found: Definition = {"spec": described}
    if kind in _CLASSES and "Range" in described:
        found["range"] = _range(_CLASSES[kind], described["Range"][f"{kind}ParameterRangeSpecification"])
    if kind in _CLASSES:
        found["class"] = _CLASSES[kind]
    return found


def _range(kind: type[Any], described: Document) -> ParameterRange:
    if kind is CategoricalParameter:
        return CategoricalParameter(described["Values"])
    made: ParameterRange = kind(kind.cast_to_type(described["MinValue"]), kind.cast_to_type(described["MaxValue"]))
    return made
