"""The least policy that the roles which requests hand over need: what jobs and endpoints do with data, images, logs.

"SageMaker AI Roles" of the Developer Guide says what a job's role does: it reads inputs, writes outputs, pulls the
image, writes logs and metrics, and makes network interfaces where the job is in a VPC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sagewright.engine.authorisation.needed import Conditions, Document, Request, general, policy_of

Needed = dict[tuple[str, Conditions], set[str]]

_ROLE_MEMBERS = ("RoleArn", "ExecutionRoleArn")
_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")
_WRITTEN = ("S3OutputPath", "S3FailurePath", "DestinationS3Uri")
_READ = ("S3Uri", "ModelDataUrl", "ModelDataSource", "ManifestS3Uri")
_BOTH = ("CheckpointConfig",)
_OUTPUTS = ("ProcessingOutputConfig", "MonitoringOutputConfig", "OutputConfig")
_SCRIPT = "sagemaker_submit_directory"
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_LOG = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
_GROUPS = {
    "CreateTrainingJob": "TrainingJobs",
    "CreateHyperParameterTuningJob": "TrainingJobs",
    "CreateProcessingJob": "ProcessingJobs",
    "CreateMonitoringSchedule": "ProcessingJobs",
    "CreateAutoMLJob": "*",
    "CreateAutoMLJobV2": "*",
}


def role_policies(requests: Iterable[Request], account: str) -> dict[str, Document]:
    """Return the policy that each role needs which SageMaker gets from the requests, by the role's ARN.

    Args:
        account: Whose the log groups are, 12 digits.
    """
    needed: dict[str, Needed] = {}
    models: dict[str, str] = {}  # model -> its role, which transform jobs and endpoints of it run with
    for request in requests:
        operation, params = str(request["operation"]), request["params"]
        if request["service"] != "sagemaker" or not operation.startswith(("Create", "Start")):
            continue
        role = next((str(params[name]) for name in _ROLE_MEMBERS if params.get(name)), None)
        if operation == "CreateModel" and role:
            models[str(params["ModelName"])] = role
        for one in {role} if role else {models[name] for name in _models(params) if name in models}:
            _add(needed.setdefault(one, {}), operation, params, str(request["region"]), account)
    return {role: policy_of(found) for role, found in needed.items()}


def _models(value: Any) -> Iterator[str]:
    """Yield the names of the models that a request mentions."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from (str(member),) if name == "ModelName" else _models(member)
    elif isinstance(value, list):
        for item in value:
            yield from _models(item)


def _add(needed: Needed, operation: str, params: Mapping[str, Any], region: str, account: str) -> None:
    reads, writes, images, keys = set[str](), set[str](), set[str](), set[str]()
    _gather(params, reads, writes, images, keys)
    for uri in reads:
        _need_reading(needed, uri)
    for uri in writes:
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        _need(needed, ("s3:AbortMultipartUpload", "s3:PutObject"), general(f"arn:aws:s3:::{bucket}/{prefix}*"))
    for image in images:
        match = _IMAGE.match(image)
        if match:
            _need(needed, _PULL, f"arn:aws:ecr:{match[2]}:{match[1]}:repository/{match[3]}")
            _need(needed, ("ecr:GetAuthorizationToken",), "*")
    for key in keys:
        _need(needed, ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"), key)
    if _has(params, "VpcConfig"):
        for action in _NETWORK:
            _need(needed, (action,), "*")
    group = _GROUPS.get(operation, "Endpoints" if operation != "CreateTransformJob" else "TransformJobs")
    _need(needed, _LOG, f"arn:aws:logs:{region}:{account}:log-group:/aws/sagemaker/{group}:*")
    space = (("cloudwatch:namespace", ("/aws/sagemaker/*", "aws/sagemaker/*")),)
    needed.setdefault(("cloudwatch:PutMetricData", space), set()).add("*")


def _need(needed: Needed, actions: Iterable[str], resource: str) -> None:
    for action in actions:
        needed.setdefault((action, ()), set()).add(resource)


def _need_reading(needed: Needed, uri: str) -> None:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    _need(needed, ("s3:GetObject",), general(f"arn:aws:s3:::{bucket}/{prefix}*"))
    listed = (("s3:prefix", (general(f"{prefix}*"),)),)
    needed.setdefault(("s3:ListBucket", listed), set()).add(f"arn:aws:s3:::{bucket}")


def _gather(value: Any, reads: set[str], writes: set[str], images: set[str], keys: set[str], mode: str = "") -> None:
    """Gather what a request's members say of S3, images and keys.

    Args:
        mode: What an `S3Uri` means here: `` an input, `w` an output, `b` both.
    """
    if isinstance(value, list):
        for item in value:
            _gather(item, reads, writes, images, keys, mode)
    if not isinstance(value, Mapping):
        return
    for name, member in value.items():
        if not isinstance(member, str):
            inner = "b" if name in _BOTH else "w" if name in _OUTPUTS else mode
            _gather(member, reads, writes, images, keys, inner)
        elif name in _WRITTEN or (name == "S3Uri" and mode):
            writes.add(member)
            if mode == "b":
                reads.add(member)
        elif name in _READ and member.startswith("s3://"):
            reads.add(member)
        elif name.lower() == _SCRIPT and member.strip('"').startswith("s3://"):
            reads.add(member.strip('"'))
        elif name.endswith("Image") or name == "ImageUri":
            images.add(member)
        elif name == "KmsKeyId" and member.startswith("arn:"):
            keys.add(member)


def _has(value: Any, name: str) -> bool:
    if isinstance(value, Mapping):
        return bool(value.get(name)) or any(_has(member, name) for member in value.values())
    return isinstance(value, list) and any(_has(item, name) for item in value)
