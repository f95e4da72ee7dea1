"""What botocore sends goes back to the operation that it was meant for, by nothing but what stands in the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSRequest, prepare_request_dict
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.serialize import create_serializer

from sagewright.engine.gateway.models import service_model
from sagewright.engine.gateway.routing import FORM, route
from sagewright.engine.gateway.wire import Headers
from sagewright.engine.operations import ROOMS
from sagewright.vocabulary.errors import ApiError

SERVICES = sorted(
    {
        *ROOMS,
        *("sagemaker-metrics", "sagemaker-featurestore-runtime", "s3control", "sns", "sqs", "dynamodb"),
        *("dynamodbstreams", "ses", "sesv2", "events", "lambda", "ecr", "ec2", "secretsmanager", "ssm", "kms"),
        *("stepfunctions", "apigateway", "apigatewayv2", "elb", "elbv2", "kinesis", "firehose", "batch", "athena"),
    }
)
# Same request, other name: whoever reads them cannot tell them apart, nor need to.
TWINS = {
    ("s3", "GetBucketLifecycle"): "GetBucketLifecycleConfiguration",
    ("s3", "PutBucketLifecycle"): "PutBucketLifecycleConfiguration",
    ("s3", "GetBucketNotification"): "GetBucketNotificationConfiguration",
    ("s3", "PutBucketNotification"): "PutBucketNotificationConfiguration",
    ("s3", "ListDirectoryBuckets"): "ListBuckets",
}
# Requests that only their hosts tell from S3's own.
BY_HOST = {("s3", "WriteGetObjectResponse"), ("s3control", "CreateBucket")}


HOST = "127.0.0.1:8080"


def protocols_of(service: str) -> list[str]:
    metadata = service_model(service).metadata
    return list(dict.fromkeys((metadata["protocol"], *metadata.get("protocols", ()))))


def sample(shape: Shape, depth: int = 0) -> Any:
    """Return the smallest value of a shape: what is required."""
    if isinstance(shape, StructureShape):
        return {name: sample(shape.members[name], depth + 1) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [sample(shape.member, depth + 1)] if depth < 3 else []
    if isinstance(shape, MapShape):
        return {}
    if shape.metadata.get("enum"):
        return shape.metadata["enum"][0]
    return {
        "string": "word",
        "blob": b"bytes",
        "boolean": True,
        "timestamp": 1_700_000_000,
        "float": 1.0,
        "double": 1.0,
    }.get(shape.type_name, 1)


def sent(model: OperationModel, protocol: str, *, signed: bool = True) -> dict[str, Any]:
    """Return the arguments of `route` for a small request."""
    params = {} if model.input_shape is None else sample(model.input_shape)
    request_dict = create_serializer(protocol, include_validation=False).serialize_to_request(params, model)
    prepare_request_dict(request_dict, endpoint_url="http://127.0.0.1:8080", context={})
    prepared = AWSRequest(
        method=request_dict["method"],
        url=request_dict["url"],
        data=request_dict["body"],
        headers=request_dict["headers"],
    ).prepare()
    headers = Headers(
        {name: value.decode() if isinstance(value, bytes) else value for name, value in prepared.headers.items()}
    )
    if signed:
        metadata = model.service_model.metadata
        name = metadata.get("signingName") or metadata["endpointPrefix"]
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential=AKID/20250102/eu-west-1/{name}/aws4_request, Signature=0"
        )
    body: Any = prepared.body or b""
    is_form = (headers.get("content-type") or "").startswith(FORM)
    url = urlsplit(prepared.url)
    return {
        "method": prepared.method,
        "path": url.path or "/",
        "query": url.query,
        "host": url.netloc,
        "headers": headers,
        "form": (body if isinstance(body, str) else body.decode()) if is_form else "",
    }


def misled(service: str, protocol: str) -> Iterator[str]:
    """Yield what goes elsewhere."""
    for name in service_model(service).operation_names:
        request = sent(service_model(service).operation_model(name), protocol)
        try:
            found: Any = route(**request)
        except ApiError as error:
            found = error
        wanted = (service, TWINS.get((service, name), name))
        if found != wanted and (service, name) not in BY_HOST:
            yield f"{name} ({request['method']} {request['path']}?{request['query']}) went to {found}"


@pytest.mark.parametrize(("service", "protocol"), [(s, p) for s in SERVICES for p in protocols_of(s)])
def test_every_operation_finds_itself(service, protocol):
    assert list(misled(service, protocol)) == []


def signed(name: str, **more: str) -> Headers:
    scope = f"AKID/20250102/eu-west-1/{name}/aws4_request"
    return Headers({"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0", **more})


@pytest.mark.parametrize(
    ("method", "host", "path", "query", "operation"),
    [
        ("GET", HOST, "/", "", "ListBuckets"),
        ("GET", HOST, "/bucket", "", "ListObjects"),
        ("GET", HOST, "/bucket/", "", "ListObjects"),
        ("GET", HOST, "/bucket/", "list-type=2&prefix=a%2Fb", "ListObjectsV2"),
        ("GET", HOST, "/bucket", "list-type=1", "ListObjects"),
        ("GET", HOST, "/bucket/a//b", "", "GetObject"),
        ("GET", HOST, "/bucket/%2E%2E/%2F", "x-id=GetObject", "GetObject"),
        ("GET", HOST, "/bucket//", "response-content-type=text%2Fplain&versionId=1", "GetObject"),
        ("GET", HOST, "/bucket/key", "uploadId=7&max-parts=5", "ListParts"),
        ("GET", HOST, "/bucket", "uploads", "ListMultipartUploads"),
        ("GET", HOST, "/bucket", "uploads=&prefix=x", "ListMultipartUploads"),
        ("GET", HOST, "/bucket/key", "attributes", "GetObjectAttributes"),  # lacks a header, which is for it to say
        ("GET", HOST, "/bucket", "inventory", "ListBucketInventoryConfigurations"),
        ("GET", HOST, "/bucket", "inventory&id=1", "GetBucketInventoryConfiguration"),
        ("HEAD", HOST, "/bucket", "", "HeadBucket"),
        ("HEAD", HOST, "/bucket/key", "", "HeadObject"),
        ("PUT", HOST, "/bucket/key", "partNumber=1&uploadId=7", "UploadPart"),
        ("POST", HOST, "/bucket/key", "uploads", "CreateMultipartUpload"),
        ("POST", HOST, "/bucket/key", "uploadId=7", "CompleteMultipartUpload"),
        ("POST", HOST, "/bucket", "delete", "DeleteObjects"),
        ("OPTIONS", HOST, "/bucket/key", "", "OptionsObject"),
        ("GET", "bucket.s3.eu-west-1.amazonaws.com", "/", "", "ListObjects"),
        ("GET", "bucket.s3.eu-west-1.amazonaws.com", "/key", "", "GetObject"),
        ("GET", "s3.amazonaws.com", "/bucket", "acl", "GetBucketAcl"),
        ("GET", "bucket.localhost:8080", "/", "acl", "GetBucketAcl"),
        ("GET", "my.bucket.s3.localhost:8080", "/key", "acl", "GetObjectAcl"),
        ("GET", "bucket.s3.eu-west-1.localhost", "/bucket/key", "", "GetObject"),
        ("PUT", "s3.localhost:8080", "/bucket", "", "CreateBucket"),
        ("PUT", "bucket.localhost:8080", "/", "", "CreateBucket"),
    ],
)
@pytest.mark.parametrize("headers", [signed("s3"), Headers()], ids=["signed", "anonymous"])
def test_requests_to_s3(method, host, path, query, operation, headers):
    assert route(method, path, query, host, headers) == ("s3", operation)


def test_a_domain_of_ones_own_holds_buckets(monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_DOMAIN", "engine.example.org")
    assert route("PUT", "/", "", "bucket.engine.example.org", signed("s3")) == ("s3", "CreateBucket")
    assert route("GET", "/", "", "bucket.s3.engine.example.org:8080", signed("s3")) == ("s3", "ListObjects")
    assert route("GET", "/", "", "engine.example.org:8080", signed("s3")) == ("s3", "ListBuckets")


def test_copies_are_told_by_their_source():
    headers = signed("s3", **{"x-amz-copy-source": "bucket/other"})
    assert route("PUT", "/bucket/key", "", HOST, headers) == ("s3", "CopyObject")
    assert route("PUT", "/bucket/key", "partNumber=1&uploadId=7", HOST, headers) == ("s3", "UploadPartCopy")


def test_a_form_is_a_browsers_upload():
    headers = Headers({"Content-Type": "multipart/form-data; boundary=x"})
    assert route("POST", "/bucket", "", HOST, headers) == ("s3", "PostObject")


@pytest.mark.parametrize("signature", ["AWS AKID:signature", None])
def test_signatures_of_version_2_are_s3s(signature):
    headers = Headers({"authorization": signature} if signature else {})
    query = "" if signature else "AWSAccessKeyId=AKID&Signature=s&Expires=1"
    assert route("GET", "/bucket/key", query, HOST, headers) == ("s3", "GetObject")


def test_presigned_requests_name_their_service_in_the_query():
    query = (
        "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=AKID%2F20250102%2Feu-west-1%2Fsts%2Faws4_request"
    )
    assert route("GET", "/", query, HOST, Headers()) == ("sts", "GetCallerIdentity")
    query = "X-Amz-Credential=AKID/20250102/eu-west-1/s3/aws4_request&uploadId=1"
    assert route("GET", "/b/k", query, HOST, Headers()) == ("s3", "ListParts")


@pytest.mark.parametrize(
    ("host", "form", "found"),
    [
        ("sts.amazonaws.com", "Action=AssumeRoleWithSAML&Version=2011-06-15", ("sts", "AssumeRoleWithSAML")),
        ("sts.eu-west-1.amazonaws.com", "Action=AssumeRoleWithSAML&Version=2011-06-15", ("sts", "AssumeRoleWithSAML")),
        (HOST, "Version=2011-06-15&Action=AssumeRoleWithWebIdentity", ("sts", "AssumeRoleWithWebIdentity")),
    ],
)
def test_unsigned_actions_find_their_service(host, form, found):
    assert route("POST", "/", "", host, Headers({"content-type": FORM}), form) == found


@pytest.mark.parametrize(
    ("request_", "code", "status"),
    [
        ({"headers": signed("sagemaker", **{"x-amz-target": "SageMaker.Nothing"})}, "UnknownOperationException", 400),
        ({"headers": signed("sagemaker", **{"x-amz-target": "Nothing"})}, "UnknownOperationException", 400),
        ({"headers": signed("s3", **{"x-amz-target": "SageMaker.ListModels"})}, "InvalidSignatureException", 403),
        ({"headers": signed("sagemaker"), "path": "/endpoints/a/b/invocations"}, "UnknownOperationException", 404),
        ({"headers": signed("iam"), "form": "Action=Nothing&Version=2010-05-08"}, "InvalidAction", 400),
        ({"headers": Headers(), "form": "Action=Nothing"}, "InvalidAction", 400),
        ({"headers": signed("s3"), "path": "/bucket"}, "MethodNotAllowed", 405),
        ({"headers": signed("s3"), "path": "/bucket/key", "method": "DELETE", "query": "acl"}, "MethodNotAllowed", 405),
        ({"headers": signed("nothing")}, "MethodNotAllowed", 405),
        ({"headers": Headers({"smithy-protocol": "rpc-v2-cbor"}), "path": "/a"}, "UnknownOperationException", 404),
    ],
)
def test_what_means_nothing_is_refused(request_, code, status):
    request = {"method": "POST", "path": "/", "query": "", "host": HOST, **request_}
    with pytest.raises(ApiError) as caught:
        route(**request)
    assert (caught.value.code, caught.value.status) == (code, status)
