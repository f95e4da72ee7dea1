"""What instance types stand for."""

from __future__ import annotations

from typing import get_args

import pytest

from sagewright.engine.gateway.models import service_model
from sagewright.vocabulary.instance_type_names import InstanceTypeName
from sagewright.vocabulary.instance_types import GIB, instance

# What Amazon's model names and nothing published here tells the size of; they are refused by name.
UNKNOWN = ("ml.p6-", "ml.p6e-", "ml.g7.", "ml.g7e.", "ml.dl1.")


@pytest.mark.parametrize("shape", ["TrainingInstanceType", "ProcessingInstanceType", "TransformInstanceType"])
def test_the_types_of_the_service_model_are_known(shape):
    for name in service_model("sagemaker").shape_for(shape).metadata["enum"]:
        if not name.startswith(UNKNOWN):
            assert instance(name).vcpus > 0
            assert instance(name).memory_bytes > 0


@pytest.mark.parametrize(
    ("name", "vcpus", "memory_gib"),
    [("ml.m5.large", 2, 8), ("ml.m7i-flex.xlarge", 4, 16), ("ml.c8i.2xlarge", 8, 16), ("ml.r8i-flex.large", 2, 16)],
)
def test_sizes(name, vcpus, memory_gib):
    assert (instance(name).vcpus, instance(name).memory_bytes) == (vcpus, memory_gib * GIB)


@pytest.mark.parametrize("name", ["ml.nothing.large", "m5.large", "ml.m5.huge", "ml.g7.2xlarge"])
def test_what_is_not_known_is_no_instance_type(name):
    with pytest.raises(ValueError, match=f"`{name}` is not a known instance type"):
        instance(name)


def test_names_for_editors_are_the_services() -> None:
    model = service_model("sagemaker")
    shapes = (
        "TrainingInstanceType",
        "ProductionVariantInstanceType",
        "ProcessingInstanceType",
        "TransformInstanceType",
    )
    known = {name for shape in shapes for name in model.shape_for(shape).metadata["enum"]} | {"local", "local_gpu"}
    named = set(get_args(InstanceTypeName))
    assert named <= known
    assert len(known - named) < 0.1 * len(known), "botocore knows many more by now: write the names afresh"
