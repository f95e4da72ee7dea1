from __future__ import annotations

import threading

import pytest

from sagewright.engine.operations.runtime import streams
from sagewright.vocabulary.errors import ApiError
from tests.unit.model_servers import PIPELINE, closed, echo, invoke, points, put_endpoint, response, serving


def test_parts_come_as_the_container_sends_them(house):
    sent, seen = threading.Event(), threading.Event()

    def stream(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: t/x\r\n\r\n")
        got.connection.sendall(b"3\r\none\r\n")
        sent.set()
        assert seen.wait(10)
        return b"3\r\ntwo\r\n0\r\n\r\n"

    with serving(stream) as server:
        put_endpoint(house, server.address)
        answer = invoke(house, operation="InvokeEndpointWithResponseStream")
        assert answer["ContentType"] == "t/x"
        assert next(answer["Body"]) == {"PayloadPart": {"Bytes": b"one"}}
        assert points(house, "Invocations") == []
        seen.set()
        assert list(answer["Body"]) == [{"PayloadPart": {"Bytes": b"two"}}]
    assert points(house, "Invocations") == [1]
    assert points(house, "InvocationModelErrors") == [0]


def test_an_error_before_the_first_part_is_an_ordinary_one(house):
    with serving(lambda got: response(b"bad", 400)) as server:
        put_endpoint(house, server.address)
        with pytest.raises(ApiError, match="ModelError: Received client error \\(400\\) from primary"):
            invoke(house, operation="InvokeEndpointWithResponseStream")
    assert points(house, "InvocationModelErrors") == [1]


@pytest.mark.parametrize(("then", "code"), [("close", "StreamBroken"), ("hang", "ModelInvocationTimeExceeded")])
def test_a_stream_that_breaks_off(house, monkeypatch, then, code):
    monkeypatch.setattr(streams, "STREAM_TIMES", 1 / 100)  # of a minute
    over = threading.Event()

    def stream(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        if then == "close":
            closed(got)
        else:
            over.wait(10)

    with serving(stream) as server:
        put_endpoint(house, server.address)
        body = invoke(house, operation="InvokeEndpointWithResponseStream")["Body"]
        next(body)
        with pytest.raises(ApiError) as caught:
            next(body)
        over.set()
    assert caught.value.code == "ModelStreamError"
    assert caught.value.members == {"ErrorCode": code}
    assert points(house, "Invocation5XXErrors") == [1]


def test_a_stream_that_is_left_gives_its_connection_back(house):
    with serving(lambda got: response(b"x" * 100)) as server:
        put_endpoint(house, server.address)
        body = invoke(house, operation="InvokeEndpointWithResponseStream")["Body"]
        body.close()
    assert points(house, "Invocations") == [1]


def test_a_pipeline_streams_its_last_answer(house):
    with serving(echo) as first, serving(echo) as second:
        put_endpoint(house, [first.address, second.address], variant=PIPELINE)
        body = invoke(house, operation="InvokeEndpointWithResponseStream")["Body"]
        assert list(body) == [{"PayloadPart": {"Bytes": b"1,2!!"}}]
