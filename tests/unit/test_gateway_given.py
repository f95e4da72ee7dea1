"""Requests for moto's services are whole before moto sees them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.parse import parse
from sagewright.engine.gateway.handlers.validate import check_given
from sagewright.engine.gateway.wire import Headers, HttpRequest
from sagewright.vocabulary.errors import ApiError

DYNAMODB = {"x-amz-target": "DynamoDB_20120810.PutItem"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def check(service: str, operation: str, body: bytes, headers: dict[str, str]) -> None:
    request = HttpRequest("POST", "/", "", "localhost", Headers(headers), io.BytesIO(body), service, operation)
    exchange = Exchange(request, Path("/nowhere"))
    parse(exchange)
    check_given(exchange)


@pytest.mark.parametrize(
    ("service", "operation", "body", "headers", "code", "message"),
    [
        (
            "dynamodb",
            "PutItem",
            b"{}",
            DYNAMODB,
            "ValidationException",
            "2 validation errors detected: Value null at 't",
        ),
        ("dynamodb", "PutItem", b'{"TableName": 1, "Item": {}}', DYNAMODB, "SerializationException", "NUMBER_VALUE"),
        ("dynamodb", "PutItem", b"[", DYNAMODB, "SerializationException", "not JSON"),
        ("sns", "Subscribe", b"Action=Subscribe&TopicArn=a", FORM, "ValidationError", "Value null at 'protocol'"),
        ("sns", "TagResource", b"ResourceArn=a&Tags.member.1.Key=k", FORM, "ValidationError", "'tags.1.member.value'"),
    ],
)
def test_what_is_missing_or_of_another_type_is_told(service, operation, body, headers, code, message):
    with pytest.raises(ApiError) as caught:
        check(service, operation, body, headers)
    assert caught.value.code == code
    assert message in caught.value.message


def test_what_is_whole_passes():
    check("dynamodb", "PutItem", b'{"TableName": "t", "Item": {"k": {"S": "v"}}}', DYNAMODB)
    check("sns", "TagResource", b"ResourceArn=a&Tags.member.1.Key=k&Tags.member.1.Value=v", FORM)


def test_a_service_is_asked_in_the_protocol_of_older_clients():
    """SQS's model speaks JSON now, and says no more how its lists stand in a form."""
    check("sqs", "SendMessageBatch", b"Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a", FORM)
