"""What is no message, or too large or too deep a one, is refused in AWS's words: it neither crashes nor costs much."""

from __future__ import annotations

import gzip
import io
import json
import time
from typing import Any

import pytest

from sagewright.engine.gateway.app import handle
from sagewright.engine.gateway.handlers import parse
from sagewright.engine.gateway.handlers.errors import answer_error
from sagewright.engine.gateway.models import service_model
from sagewright.engine.gateway.protocols import codec_of, rest, xml
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.vocabulary.errors import ApiError

TARGET = {"x-amz-target": "SageMaker.CreateTrainingJob"}
CBOR = {"smithy-protocol": "rpc-v2-cbor"}


def request(
    service: str, operation: str, body: bytes, headers: dict[str, str] | None = None, **more: Any
) -> HttpRequest:
    asked = {"method": "POST", "path": "/", "query": "", "host": "s3.us-east-1.amazonaws.com", **more}
    return HttpRequest(
        headers=Headers(headers or {}), body=io.BytesIO(body), service=service, operation=operation, **asked
    )


def refused(home, asked: HttpRequest) -> str:
    started = time.process_time()
    response = handle(asked, home)
    assert time.process_time() - started < 5
    assert 400 <= response.status < 500, response.body
    text = b"".join(response.pieces()).decode()
    assert "Error:" not in text
    return text


def params_of(service: str, operation: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    asked = request(service, operation, body, headers)
    model = service_model(service).operation_model(operation)
    return codec_of(model, asked).parse(asked, model)


# JSON -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b'{"TrainingJobName":' * 50_000,
        b'{"TrainingJobName": NaN}',
        b'{"TrainingJobName": "\\ud800"}',
        b'{"StoppingCondition": {"MaxRuntimeInSeconds": ' + b"9" * 5_000 + b"}}",
        b'{"StoppingCondition": {"MaxRuntimeInSeconds": 2147483648}}',
        b'{"StoppingCondition": {"MaxRuntimeInSeconds": 1.5}}',
        b'{"StoppingCondition": {"MaxRuntimeInSeconds": true}}',
        b'{"StoppingCondition": "x"}',
        b'{"Tags": {}}',
        b'{"HyperParameters": [1]}',
        b"[]",
        b'"text"',
    ],
)
def test_what_is_no_json_of_the_operation_is_a_serialization_exception(home, body):
    assert json.loads(refused(home, request("sagemaker", "CreateTrainingJob", body, TARGET)))["__type"] == (
        "SerializationException"
    )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"TrainingJobName": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"TrainingJobName": True}, "TRUE_VALUE can not be converted to a String"),
        ({"TrainingJobName": {}}, "Start of structure or map found where not expected."),
        ({"TrainingJobName": []}, "Start of list found where not expected"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": "1"}}, "STRING_VALUE can not be converted to an Integer"),
    ],
)
def test_wrong_types_are_told_in_aws_words(home, document, message):
    answer = refused(home, request("sagemaker", "CreateTrainingJob", json.dumps(document).encode(), TARGET))
    assert json.loads(answer)["message"] == message


@pytest.mark.parametrize("body", [b"", b"null", b"{}"])
def test_an_empty_body_is_an_empty_document(body):
    assert params_of("sagemaker", "ListTrainingJobs", body, {"x-amz-target": "SageMaker.ListTrainingJobs"}) == {}


def test_a_null_in_a_list_is_a_violation(home):
    body = json.dumps({"ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m", "TagKeys": [None]}).encode()
    answer = refused(home, request("sagemaker", "DeleteTags", body, {"x-amz-target": "SageMaker.DeleteTags"}))
    assert "Value null at 'tagKeys.1.member' failed to satisfy constraint: Member must not be null" in answer


def test_a_violation_does_not_echo_a_whole_novel(home):
    body = json.dumps({"ModelName": "x" * 1_000_000}).encode()
    answer = refused(home, request("sagemaker", "DescribeModel", body, {"x-amz-target": "SageMaker.DescribeModel"}))
    assert len(answer) < 3_000


# Query ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"RoleName=%ff", "MalformedQueryString"),
        (b"a" + b".b" * 1_000 + b"=c", "MalformedQueryString"),
        (b"&".join(b"a.%d=" % number for number in range(600_000)), "MalformedQueryString"),
        (b"RoleName=r&AssumeRolePolicyDocument={}&MaxSessionDuration=1e4", "MalformedInput"),
        (b"RoleName=r&AssumeRolePolicyDocument={}&MaxSessionDuration=" + b"9" * 50, "MalformedInput"),
        (b"RoleName=r&AssumeRolePolicyDocument={}&MaxSessionDuration=%D9%A1", "MalformedInput"),  # a digit, of Arabic
    ],
)
def test_a_form_that_cannot_be_read(home, body, code):
    assert f"<Code>{code}</Code>" in refused(home, request("iam", "CreateRole", body))


def test_lists_of_a_form_end_where_a_number_is_missing():
    body = b"RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.3.Key=c"
    assert params_of("iam", "CreateRole", body, {}) == {"RoleName": "r", "Tags": [{"Key": "a", "Value": "b"}]}


# XML ------------------------------------------------------------------------------------------------------------------

DTD = '<!DOCTYPE a [<!ENTITY b "c">]>'
TAGGING = "<Tagging><TagSet><Tag><Key>{}</Key><Value>v</Value></Tag></TagSet></Tagging>"


@pytest.mark.parametrize(
    "body",
    [
        b"<Tagging>",
        b"\xff\xfe",
        b"{}",
        (DTD + TAGGING.format("&b;")).encode(),
        ('<?xml version="1.0" encoding="utf-16"?>' + DTD + TAGGING.format("&b;")).encode("utf-16"),
        ('<?xml version="1.0" encoding="nonsense"?>' + TAGGING.format("k")).encode(),
        b"<a>" * 100_000,
        b"<Tagging>" + b"<a/>" * (xml.MAX_ELEMENTS + 1) + b"</Tagging>",
        b"<Other/>",
        b"<Tagging/>",
        b"<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>",  # without the value
        b"<Tagging><TagSet><Tag><Key><a/></Key><Value/></Tag></TagSet></Tagging>",
    ],
)
def test_what_is_no_xml_of_the_operation_is_malformed(home, body):
    asked = request("s3", "PutBucketTagging", body, method="PUT", path="/bucket", query="tagging")
    assert "<Code>MalformedXML</Code>" in refused(home, asked)


def test_xml_is_read_in_other_encodings_and_namespaces():
    body = '<?xml version="1.0" encoding="utf-16"?><x:Tagging xmlns:x="http://s3.amazonaws.com/doc/2006-03-01/">'
    body += "<x:TagSet><x:Tag><x:Key>ü</x:Key><x:Value/></x:Tag></x:TagSet></x:Tagging>"
    params = params_of("s3", "PutBucketTagging", body.encode("utf-16"), {})
    assert params["Tagging"] == {"TagSet": [{"Key": "ü", "Value": ""}]}


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/bucket/%ff", "", "InvalidURI"),
        ("/bucket", "max-keys=x", "InvalidArgument"),
        ("/bucket", "max-keys=99999999999", "InvalidArgument"),
        ("/bucket", "prefix=%ff", "InvalidArgument"),
        ("/bucket", "&".join(f"a{n}" for n in range(20_000)), "InvalidArgument"),
    ],
)
def test_addresses_that_cannot_be_read(home, path, query, code):
    operation = "GetObject" if path.count("/") > 1 else "ListObjects"
    asked = request("s3", operation, b"", method="GET", path=path, query=query)
    assert f"<Code>{code}</Code>" in refused(home, asked)


def test_a_stored_value_cannot_begin_a_header_of_its_own():
    model = service_model("s3").operation_model("GetObject")
    result = {"Metadata": {"a": "b\r\nset-cookie: c"}, "ContentDisposition": "x\r\n\r\n<script>", "Body": b""}
    response = rest.located_response(result, model, Headers())
    assert response.headers == {"x-amz-meta-a": "b  set-cookie: c", "content-disposition": "x    <script>"}


# CBOR -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"\x9f" * 100_000,
        b"\xbf" * 100_000,
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",  # an array of 2^64 items
        b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff",  # a text of 2^63 bytes
        b"\xa1\x69Namespace\x01",  # a number for a text
        b"\xa1\x69Namespace\x62\xff\xff",  # no UTF-8
        b"\xa0\xa0",
        b"\x80",
    ],
)
def test_what_is_no_cbor_of_the_operation(home, body):
    asked = request("cloudwatch", "ListMetrics", body, CBOR)
    answer = handle(asked, home)
    assert answer.status == 400
    assert b"SerializationException" in answer.body
    assert answer.headers["x-amzn-query-error"] == "SerializationException;Sender"


# Compression ----------------------------------------------------------------------------------------------------------


def compressed(text: bytes, coding: str = "gzip") -> HttpRequest:
    headers = {"x-amz-target": "GraniteServiceVersion20100801.PutMetricData", "content-encoding": coding}
    return request("cloudwatch", "PutMetricData", gzip.compress(text), headers)


def test_a_compressed_body_is_read(home):
    document = {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.0}]}
    assert handle(compressed(json.dumps(document).encode(), "aws-chunked, gzip"), home).status == 200


@pytest.mark.parametrize("size", [parse.MAX_INFLATED_BYTES + 1, parse.ANY_RATIO_BYTES * 2])
def test_a_bomb_is_not_inflated(home, size):
    answer = handle(compressed(b" " * size), home)
    assert answer.status == 413


@pytest.mark.parametrize(
    "body", [b"{}", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"{}", mtime=0)[:12] + b"\xff" * 9]
)
def test_a_damaged_compressed_body_is_refused(home, body):
    asked = compressed(b"")
    asked.body = io.BytesIO(body)
    assert "The gzip body is damaged." in refused(home, asked)


# Defects --------------------------------------------------------------------------------------------------------------


def test_strangers_read_nothing_of_a_defect(home):
    from sagewright.engine.gateway.exchange import Exchange

    asked = request("sagemaker", "ListModels", b"", {"x-amz-target": "SageMaker.ListModels"})
    own = answer_error(Exchange(asked, home), KeyError("secret"))
    asked.peer = Peer("192.0.2.1")
    theirs = answer_error(Exchange(asked, home), KeyError("secret"))
    assert (own.status, b"KeyError" in own.body) == (500, True)
    assert (theirs.status, b"secret" in theirs.body or b"KeyError" in theirs.body) == (500, False)


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("iam", "GetRole", "NoSuchEntity", 404),
        ("s3", "GetObject", "NoSuchKey", 404),
        ("sagemaker-runtime", "InvokeEndpoint", "ModelError", 424),
        ("sagemaker", "DescribeTrainingJob", "ResourceNotFound", 400),
    ],
)
def test_an_error_has_the_status_that_its_model_says(service, operation, code, status):
    model = service_model(service).operation_model(operation)
    asked = request(service, operation, b"", TARGET if service == "sagemaker" else {})
    assert codec_of(model, asked).error(ApiError(code, "m"), model, "an-id").status == status
