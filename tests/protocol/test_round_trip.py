"""Every operation's messages, written by botocore and read by us, and the reverse."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest, HeadersDict, prepare_request_dict
from botocore.model import OperationModel
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagewright.engine.gateway.models import service_model
from sagewright.engine.gateway.mounts.botocore import from_botocore
from sagewright.engine.gateway.protocols import codec_of
from sagewright.engine.gateway.wire import Headers, HttpRequest
from sagewright.engine.operations import ROOMS
from sagewright.vocabulary.errors import ApiError
from tests.protocol.shapes import structures

OPERATIONS = [(service, name) for service, rooms in ROOMS.items() for names in rooms.values() for name in names]
PROTOCOLS = {"cloudwatch": ["json", "query", "smithy-rpc-v2-cbor"]}
CASES = [
    (service, name, protocol)
    for service, name in OPERATIONS
    for protocol in PROTOCOLS.get(service, [service_model(service).metadata["protocol"]])
]
# The shapes are large, and so is what Hypothesis would print of them.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
FEW = settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def sent(model: OperationModel, params: dict[str, Any], protocol: str) -> HttpRequest:
    request_dict = create_serializer(protocol, include_validation=False).serialize_to_request(params, model)
    prepare_request_dict(request_dict, endpoint_url="https://s3.us-east-1.amazonaws.com", context={})
    request = AWSRequest(
        method=request_dict["method"],
        url=request_dict["url"],
        data=request_dict["body"],
        headers=request_dict["headers"],
    ).prepare()
    return from_botocore(request, model.service_model.service_name, model.name)


@pytest.mark.parametrize(("service", "name", "protocol"), CASES)
@FEW
@given(data=st.data())
def test_what_botocore_sends_is_read_as_it_was_meant(service, name, protocol, data):
    model = service_model(service).operation_model(name)
    if model.input_shape is None:
        return
    params = data.draw(structures(model.input_shape))
    request = sent(model, params, protocol)

    parsed = codec_of(model, request).parse(request, model)

    if "ContentLength" not in params:
        parsed.pop("ContentLength", None)  # botocore counts by itself
    assert comparable(parsed) == comparable(params)


@pytest.mark.parametrize(("service", "name", "protocol"), CASES)
@FEW
@given(data=st.data())
def test_botocore_reads_our_answer_as_it_was_meant(service, name, protocol, data):
    model = service_model(service).operation_model(name)
    if model.output_shape is None or name == "GetBucketLocation":  # read by a handler of botocore's client
        return
    if model.get_event_stream_output():  # read piece by piece: `test_event_streams.py`
        return
    result = data.draw(structures(model.output_shape))
    if name == "GetBucketPolicy":  # the whole body, which is never empty
        result.setdefault("Policy", "{}")
    request = sent(model, {}, protocol) if protocol in ("json", "smithy-rpc-v2-cbor", "query") else empty(model)

    response = codec_of(model, request).render(result, model, "an-id")

    got = received(model, response, protocol)
    got.pop("ResponseMetadata", None)
    assert comparable(got) == comparable(result)


@pytest.mark.parametrize(("service", "name", "protocol"), CASES)
def test_botocore_reads_our_errors(service, name, protocol):
    model = service_model(service).operation_model(name)
    request = sent(model, {}, protocol) if protocol in ("json", "smithy-rpc-v2-cbor", "query") else empty(model)

    error = ApiError("SomeCode", "a <message> with ü & more", 418)
    response = codec_of(model, request).error(error, model, "an-id")

    assert response.status == 418
    got = received(model, response, protocol)["Error"]
    assert (got["Code"], got["Message"]) == ("SomeCode", "a <message> with ü & more")


def empty(model: OperationModel) -> HttpRequest:
    return HttpRequest("GET", "/", "", "", Headers(), io.BytesIO(), model.service_model.service_name, model.name)


def received(model: OperationModel, response: Any, protocol: str) -> dict[str, Any]:
    body = b"".join(response.pieces())
    document = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": body}
    if model.has_streaming_output and response.status < 300:
        document["body"] = io.BytesIO(body)
    return dict(ResponseParserFactory().create_parser(protocol).parse(document, model.output_shape))  # type: ignore[arg-type]


def comparable(value: Any) -> Any:
    """Streams as their bytes; empty and absent containers alike, which the wire often cannot tell apart."""
    if isinstance(value, dict):
        return {k: c for k, v in value.items() if (c := comparable(v)) not in ({}, [], None, b"")}
    if isinstance(value, list):
        return [c for item in value if (c := comparable(item)) not in ({}, [])]
    return (value.read() or None) if hasattr(value, "read") else value
