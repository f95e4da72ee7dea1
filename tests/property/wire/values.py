"""Random params of botocore's shapes, and what a mischievous client makes of them."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

MAX_DEPTH = 6

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
    ' "Principal": {"Service": "sagemaker.amazonaws.com"}}]}'
)

# Few names, so that requests meet each other's resources.
NAMES = ("a", "job-1", "model-1", "endpoint-1", "config-1", "bucket-1", "my.bucket", "AllTraffic", "k/e y.txt", "Key")
TEXTS = (
    *NAMES,
    "arn:aws:iam::123456789012:role/role-1",
    "arn:aws:sagemaker:us-east-1:123456789012:model/model-1",
    "arn:aws:sagemaker:us-east-1:123456789012:training-job/job-1",
    "arn:aws:sns:us-east-1:123456789012:topic-1",
    "s3://bucket-1/prefix",
    "bucket-1/Key",
    "ml.m5.large",
    "xgboost",
    IMAGE,
    "endpoint/endpoint-1/variant/AllTraffic",
    "sagemaker:variant:DesiredInstanceCount",
    "/aws/sagemaker/TrainingJobs",
    "job-1/algo-1-1",
    POLICY,
    "us-east-1",
    "application/json",
    "1",
    "0",
    "rate(1 minute)",
    "2026-01-01T00:00:00Z",
    "bytes=0-3",
    "k=v&l=w",
    "abc-123_def",
    "a=b",
)
# What members that many operations share are most likely to want.
SENSIBLE: Mapping[str, Sequence[Any]] = {
    "Bucket": ("bucket-1",),
    "Key": ("Key", "Key", "k/e y.txt", "new"),
    "CopySource": ("bucket-1/Key",),
    "VersionId": ("null",),
    "S3Uri": ("s3://bucket-1/Key", "s3://bucket-1/"),
    "S3OutputPath": ("s3://bucket-1/out",),
    "RoleArn": ("arn:aws:iam::123456789012:role/job-1",),
    "ExecutionRoleArn": ("arn:aws:iam::123456789012:role/job-1",),
    "RoleName": ("job-1", "job-1", "new"),
    "ModelName": ("model-1", "model-1", "new"),
    "EndpointConfigName": ("config-1", "config-1", "new"),
    "EndpointName": ("endpoint-1", "endpoint-1", "new"),
    "VariantName": ("AllTraffic",),
    "TrainingJobName": ("job-1", "job-2", "job-3"),
    "TransformJobName": ("job-1", "job-2", "job-3"),
    "TrainingImage": (IMAGE,),
    "Image": (IMAGE,),
    "InstanceType": ("ml.m5.large",),
    "InstanceCount": (1,),
    "InitialInstanceCount": (1,),
    "VolumeSizeInGB": (1,),
    "TrainingInputMode": ("File",),
    "logGroupName": ("a", "a", "/aws/sagemaker/TrainingJobs", "new"),
    "logStreamName": ("a", "a", "new"),
    "timestamp": (1_795_000_000_000,),
    "Namespace": ("n",),
    "MetricName": ("m",),
    "AlarmName": ("alarm-1",),
    "ServiceNamespace": ("sagemaker",),
    "ResourceId": ("endpoint/endpoint-1/variant/AllTraffic",),
    "ScalableDimension": ("sagemaker:variant:DesiredInstanceCount",),
    "ResourceArn": ("arn:aws:sagemaker:us-east-1:123456789012:model/model-1",),
    "UserName": ("user-1", "user-1", "new"),
    "GroupName": ("group-1", "new"),
    "PolicyName": ("policy-1", "new"),
    "PolicyDocument": (POLICY,),
    "AssumeRolePolicyDocument": (TRUST,),
    "PolicyArn": ("arn:aws:iam::123456789012:policy/policy-1", "arn:aws:iam::aws:policy/AmazonS3FullAccess"),
}
HOSTILE = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "..",
    "../../../../canary",
    "a/../../../../canary",
    "/etc/passwd",
    "..\\..\\canary",
    "%2e%2e%2f%2e%2e%2fcanary",
    "\n",
    "a\r\nx-injected: 1",
    "\ud800",
    "ü€😀",
    "\u202e\ufeff",
    "\uffff",
    "x" * 70_000,
    "-" * 5_000 + "!",
    "a." * 2_000,
    "'; DROP TABLE records; --",
    "{" * 500,
    "[" * 500,
    "NaN",
    "Infinity",
    "1e400",
    "-1",
    "9" * 400,
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00Z",
    "bytes=5-1",
    "bytes=-0",
    "bytes=99999999999999999999-",
    "*",
    "%",
    "${aws:username}",
    "<a>&amp;</a>",
    "(a+)+$",
    "CON",
    ".",
    "~",
)
NUMBERS = (0, 1, 2, 5, 10, 50, 100, 1000, 3600)
WILD_NUMBERS = (-1, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 1e308, -1e308, 0.5, 1e-320)
NOT_NUMBERS = (math.nan, math.inf, -math.inf)


class Chance(random.Random):
    """Random choices, and how often an optional member is given."""

    wanted = 0.3


def params(shape: StructureShape | None, chance: Chance) -> dict[str, Any]:
    """Return params that the service model allows, mostly."""
    chance.wanted = chance.choice((0.0, 0.1, 0.1, 0.35))
    return {} if shape is None else _structure(shape, chance, 0)


def _value(shape: Shape, chance: Chance, depth: int) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, chance, depth)
    if isinstance(shape, ListShape):
        low = int(shape.metadata.get("min", 0)) if depth < MAX_DEPTH else 0
        return [_value(shape.member, chance, depth + 1) for _ in range(min(max(low, chance.choice((0, 1, 1, 2))), 5))]
    if isinstance(shape, MapShape):
        return {
            _text(shape.key, chance): _value(shape.value, chance, depth + 1) for _ in range(chance.choice((0, 1, 1, 2)))
        }
    kind = shape.type_name
    if kind in ("integer", "long"):
        return _number(shape, chance)
    if kind in ("float", "double"):
        return float(_number(shape, chance)) if chance.random() < 0.8 else chance.random()
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "timestamp":
        return datetime.fromtimestamp(chance.choice((0, 1_700_000_000, 1_795_000_000, 2_000_000_000)), timezone.utc)
    if kind == "blob":
        return chance.choice((b"", b"x", b"1,2,3\n", b'{"a": 1}', bytes(range(256))))
    return _text(shape, chance)


def _structure(shape: StructureShape, chance: Chance, depth: int) -> dict[str, Any]:
    wanted = chance.wanted if depth < 2 else chance.wanted / 2
    members: Mapping[str, Shape] = shape.members
    if getattr(shape, "is_tagged_union", False) and members:
        name = chance.choice(list(members))
        return {name: _value(members[name], chance, depth + 1)}
    return {
        name: _member(name, member, chance, depth)
        for name, member in members.items()
        if name in shape.required_members or (depth < MAX_DEPTH and chance.random() < wanted)
    }


def _member(name: str, shape: Shape, chance: Chance, depth: int) -> Any:
    known = SENSIBLE.get(name)
    if known and shape.type_name not in ("structure", "list", "map") and chance.random() < 0.8:
        return chance.choice(known)
    return _value(shape, chance, depth + 1)


def _number(shape: Shape, chance: Chance) -> int:
    low, high = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 10**6))
    return min(max(chance.choice(NUMBERS), low), high)


def _text(shape: Shape, chance: Chance) -> str:
    if shape.metadata.get("enum"):
        return str(chance.choice(shape.metadata["enum"]))
    fitting = _fitting(shape.metadata.get("pattern"), shape.metadata.get("min", 0), shape.metadata.get("max", 10**6))
    return chance.choice(fitting or TEXTS)


@cache
def _fitting(pattern: str | None, low: int, high: int) -> tuple[str, ...]:
    try:
        compiled = re.compile(pattern or ".*", re.DOTALL)
    except re.error:  # Java's
        return ()
    long_enough = tuple(text.ljust(low, "a") for text in TEXTS)
    return tuple(text for text in long_enough if len(text) <= high and compiled.fullmatch(text))


# Mischief -------------------------------------------------------------------------------------------------------------


def mutated(value: Any, chance: Chance, rate: float) -> Any:
    """Return a copy in which some of the values are others, gone, doubled or of other types."""
    if chance.random() < rate:
        return wild(chance)
    if isinstance(value, dict):
        items = [(name, mutated(item, chance, rate)) for name, item in value.items() if chance.random() >= rate / 2]
        if chance.random() < rate:
            items.append((chance.choice(HOSTILE), wild(chance)))
        return dict(items)
    if isinstance(value, list):
        items = [mutated(item, chance, rate) for item in value]
        if chance.random() < rate:
            items = items * chance.choice((0, 2, 50))
        return items
    return value


def wild(chance: Chance) -> Any:
    """Return a value that is probably wrong."""
    kind = chance.randrange(9)
    if kind < 4:
        return chance.choice(HOSTILE)
    if kind < 6:
        return chance.choice(WILD_NUMBERS)
    return chance.choice(
        (
            None,
            True,
            False,
            [],
            {},
            [None],
            [[]],
            {"": ""},
            {"a": {"b": []}},
            b"\xff\xfe",
            *NOT_NUMBERS,
            datetime(1, 1, 1, tzinfo=timezone.utc),
            datetime(9999, 12, 31, tzinfo=timezone.utc),
            chance.choice(TEXTS),
        )
    )
