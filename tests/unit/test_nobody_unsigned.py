"""No unsigned request ever reaches an operation, whatever the service, the operation and the protocol."""

from __future__ import annotations

import io

import pytest

from sagewright.engine import operations
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from tests.unit.networked import ROOT, Network

FOREIGN = (
    *(("sns", "Publish"), ("sqs", "SendMessage"), ("dynamodb", "PutItem"), ("ses", "SendEmail"), ("lambda", "Invoke")),
    *(("ec2", "RunInstances"), ("events", "PutRule"), ("secretsmanager", "GetSecretValue"), ("ssm", "GetParameter")),
    *(("ecr", "DescribeRepositories"), ("stepfunctions", "StartExecution")),
)
OURS = tuple(
    (service, operation)
    for service, rooms in operations.ROOMS.items()
    for names in rooms.values()
    for operation in names
)
SIGNED = f"AWS4-HMAC-SHA256 Credential={ROOT.id}/20260101/us-east-1/{{}}/aws4_request, SignedHeaders=host, Signature=00"
SHAPES = {
    "nothing": ("", {}),
    "a wrong signature": ("", {"authorization": SIGNED, "x-amz-date": "20260101T000000Z"}),
    "no algorithm": ("", {"authorization": "x"}),
    "an empty header": ("", {"authorization": ""}),
    "a wrong url": (f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={ROOT.id}&X-Amz-Signature=0", {}),
    "a wrong url of version 2": (f"AWSAccessKeyId={ROOT.id}&Expires=9999999999&Signature=0", {}),
    "a wrong form of version 2": (
        f"AWSAccessKeyId={ROOT.id}&SignatureVersion=2&SignatureMethod=HmacSHA256&Timestamp=2026-01-01T00:00:00Z&Signature=0",
        {},
    ),
    "cbor": ("", {"smithy-protocol": "rpc-v2-cbor"}),
    "json": ("", {"x-amz-target": "Service.Operation"}),
}


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """A home whose engine must not be called."""
    network = Network(tmp_path)
    called = []
    monkeypatch.setattr(type(engine_of(tmp_path)), "call", lambda self, *args: called.append(args))
    monkeypatch.setattr("sagewright.engine.gateway.hybrid.answer", lambda *args: called.append(args))
    yield network, called
    assert called == []


@pytest.mark.parametrize("shape", SHAPES)
def test_nobody_unsigned_gets_in(guarded, shape):
    network, _ = guarded
    query, headers = SHAPES[shape]
    for service, operation in (*OURS, *FOREIGN):
        named = Headers({name: value.format(service) for name, value in headers.items()})
        for method in ("GET", "POST"):
            request = HttpRequest(
                method, "/bucket/key", query, "localhost", named, io.BytesIO(b"{}"), service, operation, Peer("::1")
            )
            response = handle(request, network.home)
            assert 400 <= response.status < 500, (service, operation, response.body)


def test_browsers_forms_and_questions_call_no_operation_without_a_caller(guarded):
    network, _ = guarded
    for operation in ("PostObject", "OptionsObject"):
        request = HttpRequest(
            "POST", "/bucket", "", "localhost", Headers({}), io.BytesIO(b""), "s3", operation, Peer("::1")
        )
        assert handle(request, network.home).status >= 400
