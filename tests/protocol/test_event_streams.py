"""Answers that come in parts, from a server of the test through the engine to botocore's reader."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError, EventStreamError
from botocore.parsers import create_parser

from sagewright import targets
from sagewright.engine.abc import Record
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.models import service_model
from sagewright.engine.gateway.protocols.event_stream import encode
from sagewright.engine.gateway.protocols.json import JsonCodec
from sagewright.engine.hosting import gates
from sagewright.engine.operations.runtime import streams
from sagewright.vocabulary.errors import ApiError
from tests.unit.model_servers import SCOPE, response, serving


@pytest.fixture
def runtime(home):
    return targets.boto_session().client("sagemaker-runtime")


def put(home, address):
    variant = {"name": "v", "weight": 1.0, "mode": "Single", "containers": [{"name": "primary"}]}
    body: dict[str, Any] = {
        "endpoint_status": "InService",
        "variants": [variant],
        "instances": {"v": [{"execution_id": "x", "addresses": [address]}]},
    }
    (home / "executions" / "x").mkdir(parents=True)
    gates.make(home, "x")
    engine_of(home).parts.state.put(Record("endpoint", SCOPE, "e", body), expected_version=0)


def test_a_message_is_framed_as_botocore_reads_it():
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    buffer.add_data(encode({":message-type": "event", ":event-type": "Ünicode"}, b"payload"))
    message: Any = next(buffer)
    assert dict(message.headers) == {":message-type": "event", ":event-type": "Ünicode"}
    assert message.payload == b"payload"


def test_parts_reach_the_reader_as_they_come(home, runtime):
    seen = threading.Event()

    def stream(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/x\r\n\r\n")
        got.connection.sendall(b"3\r\none\r\n")
        assert seen.wait(10)
        got.connection.sendall(b"30D40\r\n" + b"x" * 200_000 + b"\r\n")
        return b"0\r\n\r\n"

    with serving(stream) as server:
        put(home, server.address)
        answer = runtime.invoke_endpoint_with_response_stream(
            EndpointName="e", Body=b"1", ContentType="text/csv", Accept="text/x", CustomAttributes="a"
        )
        assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/x", "v")
        events = iter(answer["Body"])
        assert next(events) == {"PayloadPart": {"Bytes": b"one"}}
        seen.set()
        rest = b"".join(event["PayloadPart"]["Bytes"] for event in events)
    assert rest == b"x" * 200_000
    (got,) = server.got
    assert (got.headers["accept"], got.headers["content-type"]) == ("text/x", "text/csv")


def test_a_server_that_does_not_stream_answers_in_a_part(home, runtime):
    with serving(lambda got: response(b"whole")) as server:
        put(home, server.address)
        answer = runtime.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"1")
        assert list(answer["Body"]) == [{"PayloadPart": {"Bytes": b"whole"}}]


def test_a_stream_that_breaks_raises_where_it_is_read(home, runtime, monkeypatch):
    monkeypatch.setattr(streams, "STREAM_TIMES", 1 / 100)  # of a minute
    over = threading.Event()

    def stream(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\none")
        over.wait(10)

    with serving(stream) as server:
        put(home, server.address)
        body = runtime.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"1")["Body"]
        with pytest.raises(EventStreamError, match=r"\(ModelStreamError\).*Your invocation timed out"):
            list(body)
        over.set()


def test_an_error_before_the_stream_is_an_ordinary_one(home, runtime):
    with serving(lambda got: response(b"bad", 400)) as server:
        put(home, server.address)
        with pytest.raises(ClientError, match=r"\(ModelError\).*Received client error \(400\)") as caught:
            runtime.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"1")
    assert dict(caught.value.response)["OriginalStatusCode"] == 400


def test_a_stream_that_is_closed_early_frees_the_server(home, runtime):
    freed = threading.Event()

    def stream(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        if got.connection.recv(1) == b"":
            freed.set()

    with serving(stream) as server:
        put(home, server.address)
        body = runtime.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"1")["Body"]
        next(iter(body))
        body.close()
        assert freed.wait(10)


# Streams of the JSON protocols: the other members come first, in a message of their own ------------------------------


LINES = {"sessionResults": [{"message": "one", "timestamp": 1_795_000_000_000, "logStreamName": "s"}]}
FACTS = {"requestId": "r", "sessionId": "s", "logGroupIdentifiers": ["g"]}


def live_tail(events):
    model = service_model("logs").operation_model("StartLiveTail")
    return JsonCodec().render({"responseStream": events}, model, "an-id")


def read(response):
    model = service_model("logs").operation_model("StartLiveTail")
    document = {
        "status_code": response.status,
        "headers": HeadersDict(response.headers),
        "body": Raw(response),
        "context": {"operation_name": model.name},
    }
    parser: Any = create_parser("json")
    return parser.parse(document, model.output_shape)["responseStream"]


class Raw:
    def __init__(self, response):
        self._response = response

    def stream(self):
        return self._response.pieces()

    def close(self):
        self._response.body.close()


def test_a_json_stream_begins_with_the_other_members():
    response = live_tail(
        iter([{"sessionStart": FACTS}, {"sessionUpdate": {"sessionMetadata": {"sampled": False}, **LINES}}])
    )
    assert response.headers["content-type"] == "application/vnd.amazon.eventstream"
    first, second = read(response)
    assert first == {"sessionStart": FACTS}
    assert second == {"sessionUpdate": {"sessionMetadata": {"sampled": False}, **LINES}}


def test_a_json_stream_ends_with_the_exception_of_its_shape():
    def events():
        yield {"sessionStart": FACTS}
        raise ApiError("SessionTimeoutException", "It has been three hours.")

    stream = iter(read(live_tail(events())))
    assert next(stream) == {"sessionStart": FACTS}
    with pytest.raises(EventStreamError, match=r"\(SessionTimeoutException\).*three hours"):
        next(stream)


def test_a_defect_in_a_stream_tells_nothing_of_the_inside(caplog):
    def events():
        yield {"sessionStart": FACTS}
        raise KeyError("secret")

    body = b"".join(live_tail(events()).pieces())
    assert b"InternalStreamFailure" in body
    assert b"secret" not in body
    assert "secret" in caplog.text
