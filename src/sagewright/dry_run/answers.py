"""What a dry run answers: what was asked to be made is there and done; what is not known is made up from its shape."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from sagewright import settings
from sagewright.dry_run.shapes import made_up
from sagewright.engine.authorisation.sagemaker import kebab_case
from sagewright.vocabulary.arns import partition_of

Document = dict[str, Any]
Params = Mapping[str, Any]

_LARGEST_BYTES = 1 << 20  # of an object that is kept to be read again
_CREATES = re.compile(r"(?:Create|Register|Put|Update)(\w+)")
_DESCRIBES = re.compile(r"(?:Describe|Get)(\w+)")
_NAMED = re.compile(r"\w*(?:Name|Id|Arn)")


class Answers:
    """Answers requests, and remembers what they make."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], dict[str, Document]] = {}  # service and noun -> name -> params
        self._objects: dict[tuple[str, str], bytes] = {}
        self._lock = threading.Lock()

    def to(self, model: Any, params: Params, region: str) -> Document:
        """Return the answer to a request, as botocore would have parsed it.

        Args:
            model: botocore's model of the operation.
        """
        service, operation = model.service_model.service_name, model.name
        with self._lock:
            own = _OWN.get((service, operation))
            if own is not None:
                return own(self, params, region)
            if service == "s3":
                return self._of_s3(model, params)
            return self._general(model, params, region)

    def _general(self, model: Any, params: Params, region: str) -> Document:
        service, operation = model.service_model.service_name, model.name
        known: Document = {}
        if made := _CREATES.fullmatch(operation):
            self._made.setdefault((service, made[1]), {}).update({name: dict(params) for name in _names_in(params)})
            known = dict(params)
        elif asked := _DESCRIBES.fullmatch(operation):
            there = self._made.get((service, asked[1]), {})
            known = next((there[name] for name in _names_in(params) if name in there), {})
            known = {**known, **_GROWN.get(operation, _nothing)(known), **params}
            made = asked
        arn = _arn(service, made[1], params, region) if made else None
        answer: Document = made_up(model.output_shape, known, arn)
        return answer

    def _of_s3(self, model: Any, params: Params) -> Document:
        key = str(params.get("Bucket")), str(params.get("Key"))
        if model.name == "PutObject":
            self._objects[key] = _content(params.get("Body", b""))
        if model.name in ("GetObject", "HeadObject"):
            content = self._objects.get(key, b"")
            found: Document = {"ContentLength": len(content), "ETag": '"dry-run"', "LastModified": _now()}
            return found if model.name == "HeadObject" else {**found, "Body": _stream(content)}
        if model.name.startswith("List") and model.name != "ListBuckets":
            return {"IsTruncated": False, "KeyCount": 0}
        return {**made_up(model.output_shape, {}, None), "ETag": '"dry-run"'}


def _names_in(params: Params) -> list[str]:
    return [value for name, value in params.items() if isinstance(value, str) and _NAMED.fullmatch(name)]


def _arn(service: str, noun: str, params: Params, region: str) -> str:
    name = next(iter(_names_in(params)), "dry-run")
    if name.startswith("arn:"):
        return name
    kind = kebab_case(noun)
    account = settings.ACCOUNT.read()
    return f"arn:{partition_of(region)}:{service.partition('-')[0]}:{region}:{account}:{kind}/{name.lower()}"


def _content(body: Any) -> bytes:
    """Return what is stored of an object: its bytes, if they are few."""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    place = body.tell()
    content: bytes = body.read(_LARGEST_BYTES)
    body.seek(place)
    return content


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _stream(content: bytes) -> Any:
    from botocore.response import StreamingBody

    return StreamingBody(io.BytesIO(content), len(content))


def _identity(_: Answers, __: Params, region: str) -> Document:
    account = settings.ACCOUNT.read()
    arn = f"arn:{partition_of(region)}:sts::{account}:assumed-role/DryRun/dry-run"
    return {"Account": account, "UserId": "dry-run", "Arn": arn}


def _role(_: Answers, params: Params, region: str) -> Document:
    name = str(params.get("RoleName"))
    arn = f"arn:{partition_of(region)}:iam::{settings.ACCOUNT.read()}:role/{name}"
    return {
        "Role": {
            "RoleName": name,
            "Arn": arn,
            "Path": "/",
            "RoleId": "dry-run",
            "CreateDate": _now(),
            "AssumeRolePolicyDocument": "{}",
        }
    }


def _prediction(_: Answers, params: Params, __: str) -> Document:
    """Return the least that each kind of content may be."""
    accept = str(params.get("Accept") or "application/json")
    content = b"{}" if "json" in accept else b"0"
    return {"Body": _stream(content), "ContentType": accept, "InvokedProductionVariant": "AllTraffic"}


def _streams(_: Answers, params: Params, __: str) -> Document:
    """Return one stream, so that the program reads it as it would read a job's."""
    return {"logStreams": [{"logStreamName": f"{params.get('logStreamNamePrefix') or ''}algo-1"}]}


def _events(_: Answers, __: Params, ___: str) -> Document:
    return {"events": [], "nextForwardToken": "dry-run", "nextBackwardToken": "dry-run"}


def _tags(_: Answers, __: Params, ___: str) -> Document:
    return {"Tags": []}


def _nothing(_: Params) -> Document:
    return {}


def _trained(request: Params) -> Document:
    if not request:
        return {}
    path = f"{str(request['OutputDataConfig']['S3OutputPath']).rstrip('/')}/{request['TrainingJobName']}"
    return {"ModelArtifacts": {"S3ModelArtifacts": f"{path}/output/model.tar.gz"}}


def _recommended(request: Params) -> Document:
    """Return the first machine that came into question as the one that is recommended."""
    measured = request.get("InputConfig", {})
    asked = [one.get("InstanceType") for one in measured.get("EndpointConfigurations", ())]
    asked += measured.get("ContainerConfig", {}).get("SupportedInstanceTypes", ())
    endpoint = {"EndpointName": "dry-run", "VariantName": "dry-run", "InitialInstanceCount": 1}
    found = {
        "RecommendationId": f"{request.get('JobName', 'dry-run')}/00000000",
        "EndpointConfiguration": {**endpoint, "InstanceType": next(filter(None, asked), "ml.m5.large")},
        "ModelConfiguration": {},
    }
    return {"InferenceRecommendations": [found]}


# What a resource has got that its request did not say: by the operation that describes it, from that request.
_GROWN: Mapping[str, Callable[[Params], Document]] = {
    "DescribeTrainingJob": _trained,
    "DescribeInferenceRecommendationsJob": _recommended,
}

_OWN: Mapping[tuple[str, str], Callable[[Answers, Params, str], Document]] = {
    ("sts", "GetCallerIdentity"): _identity,
    ("iam", "GetRole"): _role,
    ("iam", "CreateRole"): _role,
    ("sagemaker-runtime", "InvokeEndpoint"): _prediction,
    ("sagemaker", "ListTags"): _tags,
    ("logs", "DescribeLogStreams"): _streams,
    ("logs", "GetLogEvents"): _events,
}
