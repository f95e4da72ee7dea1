"""Wherever a pipeline's variable is given, it stands in the request as it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sagewright.requests import hosting, training, transform
from sagewright.vocabulary.variables import Join, PipelineVariable
from sagewright.workflow.parameters import ParameterString
from sagewright.workflow.properties import Properties

BUILDERS: list[tuple[Callable[..., Any], dict[str, Any], set[str]]] = [
    # The builder; what it needs at least; arguments that say how a request is made, and so do not stand in it.
    (
        training.s3_channel,
        {"uri": "s3://bucket/train"},
        {"hub_access", "model_access"},
    ),
    (transform.transform_input, {"uri": "s3://bucket/rows"}, set()),
    (transform.transform_output, {"uri": "s3://bucket/out"}, set()),
    (transform.transform_resources, {"instance_count": 1, "instance_type": "ml.m5.large"}, set()),
    (transform.data_processing, {}, set()),
    (
        transform.transform_request,
        {"name": "job", "model_name": "model", "source": {}, "output": {}, "resources": {}},
        {"source", "output", "resources"},
    ),
    (hosting.container_definition, {"image_uri": "image"}, {"accept_eula", "model_reference_arn"}),
    (hosting.model_request, {"name": "model", "role": "role", "containers": {"Image": "image"}}, {"containers"}),
]
SPEC = {"name": "job", "role": "role", "image_uri": "image", "output_path": "s3://bucket/out"}
# Values that say which members there are: a truth value, or documents that are built before.
SPEC_OF_SHAPE = {"compress_output", "instance_groups", "debug_rules", "profiler_rules"}

VARIABLES: list[PipelineVariable] = [
    ParameterString("Given"),
    Join(on="/", values=["s3:/", ParameterString("Bucket")]),
    Properties("Train", "TrainingJobName"),
]


def _cases() -> Iterator[Any]:
    for builder, needed, left_out in BUILDERS:
        for name in inspect.signature(builder).parameters:
            if name not in left_out:
                yield pytest.param(builder, needed, name, id=f"{builder.__name__}-{name}")


@pytest.mark.parametrize(("builder", "needed", "name"), list(_cases()))
def test_a_variable_stands_in_what_a_builder_makes(builder: Any, needed: dict[str, Any], name: str) -> None:
    annotation = str(inspect.signature(builder).parameters[name].annotation)
    for variable in VARIABLES:
        assert _holds(builder(**{**needed, name: _in_its_place(annotation, variable)}), variable)


@pytest.mark.parametrize("name", [name for name in training.TrainingSpec._fields if name not in SPEC_OF_SHAPE])
def test_a_variable_stands_in_a_training_request(name: str) -> None:
    annotation = str(training.TrainingSpec.__annotations__[name])
    for variable in VARIABLES:
        spec = {**SPEC, "instance_count": 1, "instance_type": "ml.m5.large", **_beside(name)}
        spec[name] = _in_its_place(annotation, variable)
        assert _holds(training.training_request(training.TrainingSpec(**spec)), variable)


def _beside(name: str) -> dict[str, Any]:
    """Return what has to be there for an argument to be sent."""
    pairs: dict[str, dict[str, Any]] = {
        "subnets": {"security_group_ids": ["sg"]},
        "security_group_ids": {"subnets": ["subnet"]},
        "checkpoint_local_path": {"checkpoint_s3_uri": "s3://bucket/c"},
        "repository_credentials_provider_arn": {"repository_access_mode": "Vpc"},
    }
    return pairs.get(name, {})


def _in_its_place(annotation: str, variable: PipelineVariable) -> Any:
    """Return a value of the annotation's form in which a variable stands."""
    if "Sequence[Document]" in annotation:
        return [{"Value": variable}]
    if "Sequence[str]" in annotation:
        return [variable]
    if "Mapping" in annotation or ("Document" in annotation and "str" not in annotation):
        return variable if "str |" in annotation else {"name": variable}
    return variable


def _holds(document: Any, variable: PipelineVariable) -> bool:
    if isinstance(document, dict):
        return any(_holds(value, variable) for value in document.values())
    if isinstance(document, list):
        return any(_holds(value, variable) for value in document)
    return document is variable or document == variable or _is_its_text(document, variable)


def _is_its_text(value: Any, variable: PipelineVariable) -> bool:
    return isinstance(value, Join) and value.values == [variable]
