"""Random values of botocore's shapes that the service takes: of legal length, range, pattern and words."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import strategies as st

from sagewright.engine.gateway.handlers.validate import violations
from sagewright.engine.gateway.models import service_model
from tests.protocol.shapes import TIME

MAX_DEPTH = 3  # deeper down there is only what has to be there
_ARN = "arn:aws:{}:us-east-1:123456789012:{}"
# Texts as people write them. Of each shape those are drawn that fit its pattern.
WORDS = (
    "a",
    "name-1",
    "Some_Name",
    "a/b",
    "Train and look",
    "s3://bucket/a/prefix",
    "https://example.com/a.git",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1",
    "123456789012",
    "arn:aws:iam::123456789012:role/Role",
    "arn:aws:sns:us-east-1:123456789012:topic",
    *(_ARN.format("sagemaker", f"{kind}/name-1") for kind in ("model", "model-package", "training-plan", "algorithm")),
    _ARN.format("sagemaker", "model-package-group/name-1"),
    _ARN.format("sagemaker", "hub-content/hub-1/Model/name-1/1.0.0"),
    "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/name-1/1.0.0",
    _ARN.format("sagemaker", "reserved-capacity/name-1"),
    _ARN.format("lambda", "function:name-1"),
    _ARN.format("kms", "key/name-1"),
    "1.0.0",
    "1",
    "text/csv",
    "/opt/ml/processing/input",
    "0:1,2:3",
    "-PT5H",
    "P1D",
    "cron(0 * ? * * *)",
    "us-east-1",
    "sg-1",
    "$.features",
    "sha256:" + "0" * 64,
    "id-1234567890",
    "fs-0123456789",
    "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/DataSet/name-1/1.0.0",
    _ARN.format("sagemaker", "mlflow-tracking-server/name-1"),
    "2K",
    "1Y",
    "p50",
    "DE",
    "mig-1g.5gb",
)


def shape_at(place: str, service: str = "sagemaker") -> Shape:
    """Return the shape of what stands at a place of an operation's request: `CreateModel.Containers.*.Image`."""
    operation, *path = place.split(".")
    shape: Any = service_model(service).operation_model(operation).input_shape
    for name in path:
        shape = shape.member if name == "*" else shape.members[name]
    found: Shape = shape
    return found


def legal(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return a strategy for values that the service takes, in botocore's Python form."""
    if isinstance(shape, StructureShape):
        return st.deferred(lambda: _structures(shape, depth))
    low, high = int(shape.metadata.get("min", 0)), shape.metadata.get("max", 2**31 - 1)
    if isinstance(shape, ListShape):
        return st.lists(legal(shape.member, depth + 1), min_size=low, max_size=min(high, max(low, 2)))
    if isinstance(shape, MapShape):
        key, value = legal(shape.key, depth + 1), legal(shape.value, depth + 1)
        return st.dictionaries(key, value, min_size=low, max_size=min(high, max(low, 2)))
    if shape.metadata.get("enum"):
        return st.sampled_from(shape.metadata["enum"])
    if shape.type_name == "string":
        return st.sampled_from(fitting(shape))
    if shape.type_name in ("float", "double"):
        return st.floats(low, min(high, 1e6))
    return {"boolean": st.booleans(), "timestamp": TIME}.get(shape.type_name, st.integers(low, int(high)))


@cache
def _structures(shape: StructureShape, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: legal(member, depth + 1) for name, member in shape.members.items()}
    if getattr(shape, "is_tagged_union", False):
        return st.one_of([st.fixed_dictionaries({name: one}) for name, one in members.items()])
    required = {name: one for name, one in members.items() if name in shape.required_members}
    optional = {name: one for name, one in members.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional if depth < MAX_DEPTH else {})


@cache
def fitting(shape: Shape) -> tuple[str, ...]:
    """Return the texts that a shape takes.

    Raises:
        AssertionError: There is none among ours.
    """
    short = [word[: shape.metadata.get("max", 1000)] for word in WORDS]
    found = tuple(word for word in short if not list(violations(shape, word)))
    assert found, f"none of WORDS fits {shape.name}: {shape.metadata}"
    return found
