"""An AWS that answers from a table and remembers what it was asked: the other side of every parity scenario.

It sits on botocore's own events, so a request that does not fit the service's model still fails, and any SDK that works
with boto3 can be recorded: genuine `sagemaker` and ours.
"""

from __future__ import annotations

import base64
import copy
import io
import re
import tarfile
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.loaders import Loader
from botocore.response import StreamingBody

REGION, ACCOUNT, BUCKET = "us-east-1", "123456789012", "bucket"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
THE_TIME = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
READING = ("Describe", "List", "Get", "Head")

_MODELS = Loader(include_default_search_paths=True)  # read once: a service model takes a second
_TIMESTAMPS = (
    (re.compile(r"\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{1,3}"), "<timestamp>"),
    (re.compile(r"(?<=-)\d{10}-[0-9a-f]{4}(?![0-9a-f])"), "<epoch>-<hex>"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "<uuid>"),
)


class Refusal(Exception):
    """What an operation answers when it refuses."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass
class Recorder:
    """Answers for operations by name, and the calls that came.

    Attributes:
        answers: Operation to its answer, or to a list of answers that are given one after another, the last for ever.
        calls: What was asked, in order: operation and parameters.
        stored: What was put into S3, by key.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)

    def boto_session(self, region: str = REGION) -> boto3.Session:
        """Return a session whose clients, of any service, ask this recorder."""
        core = botocore.session.Session()
        core.register_component("data_loader", _MODELS)
        core.set_credentials("AKIDEXAMPLE", "x")
        session = boto3.Session(region_name=region, botocore_session=core)
        session.events.register_first("provide-client-params", self._note)
        session.events.register("before-call", self._answer)  # type: ignore[arg-type]  # what it returns is the answer
        return session

    def writes(self) -> list[dict[str, Any]]:
        """Return the calls that change something, timestamps in names replaced."""
        return [
            {"operation": operation, "params": plain(params)}
            for operation, params in self.calls
            if not operation.startswith(READING)
        ]

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """Return the parameters of every call of an operation."""
        return [params for name, params in self.calls if name == operation]

    def archive(self, key: str) -> dict[str, str]:
        """Return the files of a gzipped archive that was put into S3, with their text, in order of their names."""
        with tarfile.open(fileobj=io.BytesIO(self.stored[key])) as archive:
            files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
            return {name: file.read().decode() for name, file in sorted(files.items()) if file}

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "PutObject" and hasattr(params.get("Body"), "seek"):
            self.stored[params["Key"]] = params["Body"].read()
            params["Body"].seek(0)
        elif model.name == "PutObject":
            self.stored[params["Key"]] = params.get("Body", b"")
        is_file = model.service_model.service_name == "s3"
        kept = {key: value for key, value in params.items() if not (is_file and key in ("Body", "ChecksumAlgorithm"))}
        self.calls.append((model.name, copy.deepcopy(kept)))

    def _answer(self, model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        answer = self.answers.get(model.name, default_answer(model.name))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Refusal):
            error = {"Error": {"Code": answer.code, "Message": answer.message}}
            return _response(answer.status), {**error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}
        parsed = {key: value() if callable(value) else copy.deepcopy(value) for key, value in answer.items()}
        return _response(200), {**parsed, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}}


def body(content: bytes) -> Any:
    """Return a maker of streaming bodies, a fresh one for every answer."""
    return lambda: StreamingBody(io.BytesIO(content), len(content))


def default_answer(operation: str) -> dict[str, Any]:
    """Return what AWS would answer when all is well."""
    return copy.copy(_ANSWERS.get(operation, {}))


def plain(value: Any) -> Any:
    """Return a value as JSON holds it, the current time in names replaced."""
    if isinstance(value, str):
        for pattern, name in _TIMESTAMPS:
            value = pattern.sub(name, value)
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes) and value.startswith(b"PK"):
        return {"zip": _zipped(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, io.BytesIO):
        return plain(value.getvalue())
    if hasattr(value, "tolist"):
        return {"array": value.tolist(), "dtype": str(value.dtype)}
    if isinstance(value, datetime):
        return value.isoformat()
    assert value is None or isinstance(value, (bool, int, float)), f"not a plain value: {value!r}"
    return value


def _zipped(content: bytes) -> dict[str, str]:
    """Return the files of a zip archive with their text: the rest of its bytes says when they were written."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _response(status: int) -> AWSResponse:
    return AWSResponse("https://recorder.invalid/", status, HTTPHeaders(), None)


def training_description(**changes: Any) -> dict[str, Any]:
    """Return the description of a job that has completed."""
    return {
        "TrainingJobName": "job",
        "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/job",
        "ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/out/job/output/model.tar.gz"},
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "HyperParameters": {"feature_dim": "10", "predictor_type": "regressor"},
        "AlgorithmSpecification": {
            "TrainingImage": f"683313688378.dkr.ecr.{REGION}.amazonaws.com/linear-learner:latest",
            "TrainingInputMode": "File",
            "EnableSageMakerMetricsTimeSeries": False,
        },
        "RoleArn": ROLE,
        "InputDataConfig": [],
        "OutputDataConfig": {"KmsKeyId": "", "S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
        "TrainingTimeInSeconds": 34,
        "BillableTimeInSeconds": 34,
        "SecondaryStatusTransitions": [
            {"Status": "Starting", "StartTime": THE_TIME, "StatusMessage": "Preparing the instances for training"},
            {"Status": "Completed", "StartTime": THE_TIME, "StatusMessage": "Training job completed"},
        ],
        **changes,
    }


def transform_description(**changes: Any) -> dict[str, Any]:
    """Return the description of a transform job that has completed."""
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/rows"}}
    return {
        "TransformJobName": "job",
        "TransformJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:transform-job/job",
        "TransformJobStatus": "Completed",
        "ModelName": "model",
        "MaxConcurrentTransforms": 2,
        "MaxPayloadInMB": 6,
        "BatchStrategy": "MultiRecord",
        "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        "TransformOutput": {"S3OutputPath": "s3://bucket/out", "AssembleWith": "Line", "Accept": "text/csv"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        "CreationTime": THE_TIME,
        "TransformStartTime": THE_TIME,
        "TransformEndTime": THE_TIME,
        **changes,
    }


_PREFIX = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
_ANSWERS: dict[str, dict[str, Any]] = {
    "GetCallerIdentity": {"Account": ACCOUNT, "UserId": "u", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/s"},
    "GetRole": {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/service-role/Role", "RoleName": "Role"}},
    "ListBuckets": {"Buckets": [{"Name": BUCKET, "CreationDate": THE_TIME}]},
    "CreateTrainingJob": {"TrainingJobArn": f"{_PREFIX}:training-job/job"},
    "DescribeTrainingJob": training_description(),
    "CreateTransformJob": {"TransformJobArn": f"{_PREFIX}:transform-job/job"},
    "DescribeTransformJob": transform_description(),
    "CreateAutoMLJob": {"AutoMLJobArn": f"{_PREFIX}:automl-job/job"},
    "CreateAutoMLJobV2": {"AutoMLJobArn": f"{_PREFIX}:automl-job/job"},
    "CreateFeatureGroup": {"FeatureGroupArn": f"{_PREFIX}:feature-group/prices"},
    "CreateHyperParameterTuningJob": {"HyperParameterTuningJobArn": f"{_PREFIX}:hyper-parameter-tuning-job/job"},
    "CreateProcessingJob": {"ProcessingJobArn": f"{_PREFIX}:processing-job/job"},
    "CreateModel": {"ModelArn": f"{_PREFIX}:model/model"},
    "DescribeModel": {
        "ModelName": "model",
        "ModelArn": f"{_PREFIX}:model/model",
        "PrimaryContainer": {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"},
        "ExecutionRoleArn": ROLE,
        "CreationTime": THE_TIME,
    },
    "CreateEndpointConfig": {"EndpointConfigArn": f"{_PREFIX}:endpoint-config/config"},
    "DescribeEndpointConfig": {
        "EndpointConfigName": "config",
        "EndpointConfigArn": f"{_PREFIX}:endpoint-config/config",
        "ProductionVariants": [
            {
                "VariantName": "AllTraffic",
                "ModelName": "model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": 1.0,
            }
        ],
        "CreationTime": THE_TIME,
    },
    "CreateEndpoint": {"EndpointArn": f"{_PREFIX}:endpoint/endpoint"},
    "UpdateEndpoint": {"EndpointArn": f"{_PREFIX}:endpoint/endpoint"},
    "DescribeEndpoint": {
        "EndpointName": "endpoint",
        "EndpointArn": f"{_PREFIX}:endpoint/endpoint",
        "EndpointConfigName": "config",
        "EndpointStatus": "InService",
        "ProductionVariants": [{"VariantName": "AllTraffic", "CurrentInstanceCount": 1}],
        "CreationTime": THE_TIME,
        "LastModifiedTime": THE_TIME,
    },
    "CreateInferenceComponent": {"InferenceComponentArn": f"{_PREFIX}:inference-component/component"},
    "CreateModelPackage": {"ModelPackageArn": f"{_PREFIX}:model-package/package"},
    "UpdateModelPackage": {"ModelPackageArn": f"{_PREFIX}:model-package/package"},
    "UpdateInferenceComponent": {"InferenceComponentArn": f"{_PREFIX}:inference-component/component"},
    "DescribeInferenceComponent": {"InferenceComponentStatus": "InService"},
    "ListMonitoringSchedules": {"MonitoringScheduleSummaries": []},
    "ListTags": {"Tags": [{"Key": "team", "Value": "prices"}]},
    "InvokeEndpoint": {
        "ContentType": "application/json",
        "InvokedProductionVariant": "AllTraffic",
        "Body": body(b'{"predictions": [{"score": 1.5}]}'),
    },
    "DescribeLogStreams": {"logStreams": []},
    "GetLogEvents": {"events": [], "nextForwardToken": "f", "nextBackwardToken": "b"},
    "FilterLogEvents": {"events": []},
}
