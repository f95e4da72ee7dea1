"""What builders make is theirs: it can be changed, described and copied, and another call knows nothing of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sagewright.requests import hosting
from sagewright.requests.training import TrainingSpec, training_request
from tests.property.legal import legal, shape_at

FEW = settings(max_examples=20, deadline=None)
texts = st.text("abcxyz-0123456789", min_size=1, max_size=20)
tags = st.none() | legal(shape_at("CreateEndpointConfig.Tags"))


@FEW
@given(tags, st.dictionaries(texts, texts))
def test_a_request_does_not_share_its_lists(some_tags: Any, hyperparameters: dict[str, str]) -> None:
    spec = TrainingSpec(
        "job",
        "role",
        "image",
        "s3://bucket/out",
        instance_count=1,
        instance_type="ml.m5.large",
        tags=some_tags,
        hyperparameters=hyperparameters,
    )
    first = training_request(spec)
    assert list(first.get("HyperParameters", {})) == list(hyperparameters)
    first.setdefault("Tags", []).append({"Key": "k", "Value": "v"})
    assert {"Key": "k", "Value": "v"} not in training_request(spec).get("Tags", [])


@FEW
@given(texts, legal(shape_at("CreateEndpointConfig.ProductionVariants")), tags, st.none() | texts)
def test_a_copied_endpoint_config_is_the_same(name: str, some: Any, some_tags: Any, key: str | None) -> None:
    config = hosting.endpoint_config_request(name, some, some_tags, key)
    described = {**config, "EndpointConfigArn": "arn", "CreationTime": None}
    described.pop("Tags", None)
    copied = hosting.copied_endpoint_config_request("copy", described, some_tags)
    expected = {**config, "EndpointConfigName": "copy"}
    if not some_tags:
        expected.pop("Tags", None)
    assert copied == expected
