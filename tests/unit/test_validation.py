from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.validate import _compiled, _matches, validate, violations
from sagewright.engine.gateway.models import operation_model, service_model
from sagewright.engine.gateway.wire import Headers, HttpRequest
from sagewright.engine.operations import ROOMS
from sagewright.vocabulary.errors import ApiError

TAG_VALUE = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


def exchange(operation: str, params: dict[str, Any], service: str = "sagemaker") -> Exchange:
    request = HttpRequest("POST", "/", "", "", Headers(), io.BytesIO(), service, operation)
    return Exchange(request, Path("/nowhere"), params=params)


def test_a_bad_name_is_answered_in_the_service_s_words():
    with pytest.raises(ApiError) as caught:
        validate(exchange("DescribeTrainingJob", {"TrainingJobName": "my_job"}))

    assert caught.value.code == "ValidationException"
    assert caught.value.message == (
        "1 validation error detected: Value 'my_job' at 'trainingJobName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
    )


def test_all_violations_come_at_once():
    variant = {"VariantName": "v", "ModelName": "m_1", "InitialInstanceCount": 0, "InstanceType": "ml.none"}
    with pytest.raises(ApiError) as caught:
        validate(exchange("CreateEndpointConfig", {"ProductionVariants": [variant]}))

    message = caught.value.message
    assert message.startswith("4 validation errors detected: Value null at 'endpointConfigName' failed")
    assert "Value 'm_1' at 'productionVariants.1.member.modelName'" in message
    assert "Value '0' at 'productionVariants.1.member.initialInstanceCount'" in message
    assert "Member must have value greater than or equal to 1" in message
    assert "Value 'ml.none' at 'productionVariants.1.member.instanceType'" in message
    assert "Member must satisfy enum value set: [" in message


@pytest.mark.parametrize(
    ("operation", "params", "ending"),
    [
        (
            "ListTags",
            {"ResourceArn": "arn:aws:sagemaker:us-east-1:1:x" + "x" * 300},
            "length less than or equal to 256",
        ),
        ("ListTrainingJobs", {"MaxResults": 101}, "value less than or equal to 100"),
        ("ListTrainingJobs", {"MaxResults": 0}, "value greater than or equal to 1"),
    ],
)
def test_lengths_and_ranges(operation, params, ending):
    shape = operation_model("sagemaker", operation).input_shape
    assert shape is not None

    assert any(ending in text for text in violations(shape, params))


@pytest.mark.parametrize(("value", "fits"), [("größe 1:ü", True), ("日本語", True), ("no!", False), ("", True)])
def test_unicode_classes_of_java(value, fits):
    shape = operation_model("sagemaker", "AddTags").input_shape
    assert shape is not None
    params = {"ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m", "Tags": [{"Key": "k", "Value": value}]}

    assert (list(violations(shape, params)) == []) is fits


def test_every_pattern_of_our_operations_can_be_compiled():
    patterns = {
        pattern
        for service, rooms in ROOMS.items()
        for names in rooms.values()
        for pattern in patterns_of(service, names)
    }

    assert len(patterns) > 50
    for pattern in patterns:
        for value in ("", "abc", "ü 1"):
            _matches(pattern, value)


def patterns_of(service: str, operations: tuple[str, ...]) -> Iterator[str]:
    waiting = [operation_model(service, name).input_shape for name in operations]
    seen = set()
    while waiting:
        shape = waiting.pop()
        if shape is None or shape.name in seen:
            continue
        seen.add(shape.name)
        if "pattern" in shape.metadata:
            yield shape.metadata["pattern"]
        waiting += list(getattr(shape, "members", {}).values())
        waiting += [getattr(shape, name) for name in ("member", "key", "value") if hasattr(shape, name)]


def test_classes_inside_and_outside_of_brackets():
    assert _matches(r"\p{ASCII}*", "text/csv; x=1")
    assert not _matches(r"\p{ASCII}*", "tü")
    assert _matches(r"\A\S[\p{Print}]*\z", "a b")


def test_a_request_that_holds_is_let_through():
    validate(exchange("DescribeTrainingJob", {"TrainingJobName": "my-job"}))


@pytest.mark.parametrize("name", ["local", "local_gpu"])
def test_local_mode_s_words_are_instance_types(name):
    resources = {"InstanceType": name, "InstanceCount": 1, "VolumeSizeInGB": 1}
    shape = service_model("sagemaker").shape_for("ResourceConfig")
    found = list(violations(shape, resources))
    assert found == []


def test_a_pattern_is_compiled_once():
    assert _compiled("[a-z]+") is _compiled("[a-z]+")
