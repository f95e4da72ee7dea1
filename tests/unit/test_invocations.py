from __future__ import annotations

import contextlib
import re
import socket
import struct
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from unittest import mock

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.hosting import gates
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT
from tests.unit.model_servers import PIPELINE, closed, echo, error_of, invoke, points, put_endpoint, response, serving

SEE = (
    "See https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
    f"#logEventViewer:group=/aws/sagemaker/Endpoints/e in account {ACCOUNT} for more information."
)


def reset(got):
    got.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    got.connection.close()


def with_home(house, home):
    return replace(house, engine=Engine(replace(house.parts, home=home)))


def open_gates(home, *executions):
    for execution_id in executions:
        (home / "executions" / execution_id).mkdir(parents=True)
        gates.make(home, execution_id)


def test_headers_go_both_ways(house):
    def answer(got):
        return response(b"7", Content_Type="text/csv", X_Amzn_SageMaker_Custom_Attributes="trace=2")

    with serving(answer) as server:
        put_endpoint(house, server.address)
        result = invoke(house, ContentType="text/csv", Accept="text/csv", CustomAttributes="trace=1", InferenceId="i-1")

    assert result == {
        "Body": b"7",
        "ContentType": "text/csv",
        "CustomAttributes": "trace=2",
        "InvokedProductionVariant": "v",
        "NewSessionId": None,
        "ClosedSessionId": None,
    }
    (got,) = server.got
    assert (got.method, got.path, got.body) == ("POST", "/invocations", b"1,2")
    assert got.headers["content-type"] == "text/csv"
    assert got.headers["accept"] == "text/csv"
    assert got.headers["x-amzn-sagemaker-custom-attributes"] == "trace=1"
    assert got.headers["x-amzn-sagemaker-inference-id"] == "i-1"


def test_connections_are_kept(house):
    with serving(echo) as server:
        put_endpoint(house, server.address)
        for _ in range(3):
            assert invoke(house)["Body"] == b"1,2!"
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\n\r\n1,2!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n3;x=y\r\n,2!\r\n0\r\nTrailer: t\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\n1,2!",
    ],
    ids=["until-closed", "chunked", "continue"],
)
def test_every_framing_of_an_answer_is_read(house, answer):
    def behave(got):
        got.connection.sendall(answer)
        if b"chunked" not in answer:
            closed(got)
            return None
        return b""

    with serving(behave) as server:
        put_endpoint(house, server.address)
        assert [invoke(house)["Body"] for _ in range(2)] == [b"1,2!"] * 2
    assert len(server.connections) == (1 if b"chunked" in answer else 2)


def test_the_containers_own_error_is_told(house):
    with serving(lambda got: response(b"no such column", 400)) as server:
        put_endpoint(house, server.address)
        error = error_of(house)

    assert (error.code, error.status) == ("ModelError", 424)
    assert error.message == f'Received client error (400) from primary with message "no such column". {SEE}'
    assert error.members == {
        "OriginalStatusCode": 400,
        "OriginalMessage": "no such column",
        "LogStreamArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/Endpoints/e",
        "ErrorCode": "CLIENT_ERROR_FROM_MODEL",
    }


def test_of_a_long_error_people_get_the_end_which_is_the_cause(house):
    body = b"Traceback\n" + b"  frame\n" * 1000 + b"ValueError: the cause"
    with serving(lambda got: response(body, 500)) as server:
        put_endpoint(house, server.address)
        error = error_of(house)

    assert error.message.startswith(
        f"Received server error (500) from primary and could not load the entire response body. {SEE}\nhint: "
    )
    assert error.message.endswith("ValueError: the cause")
    assert len(error.members["OriginalMessage"]) == 2048


def test_a_model_that_takes_too_long(house, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_INVOCATION_S", "0.2")
    with serving(lambda got: time.sleep(0.5)) as server:
        put_endpoint(house, server.address)
        error = error_of(house)

    assert error.message == (
        'Received server error (0) from primary with message "Your invocation timed out while waiting for a response '
        "from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the "
        f'issue, and try again.". {SEE}'
    )
    assert len(server.got) <= 1
    (stream,) = house.parts.logs.streams("/aws/sagemaker/Endpoints/e", "v/i-")
    ((event,), _) = house.parts.logs.read(stream.group, stream.name)
    assert "an invocation got no answer. Your invocation timed out" in event.message


def test_a_body_that_trickles_is_not_waited_for_longer(house, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_INVOCATION_S", "0.1")

    def trickle(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            got.connection.sendall(b"x")
            time.sleep(0.01)

    with serving(trickle) as server:
        put_endpoint(house, server.address)
        assert "timed out while waiting" in error_of(house).message


def test_an_answer_that_is_too_large_is_an_error(house):
    with serving(lambda got: response(b"x" * 6_291_457)) as server:
        put_endpoint(house, server.address)
        error = error_of(house)

    assert error.message.startswith(
        "Received response from primary with status code 200. However, the response payload from primary is 6291457 "
        "bytes, which has exceeded the maximum limit of 6291456 bytes. See "
    )


@pytest.mark.parametrize("breaking", [closed, reset])
def test_a_request_whose_connection_breaks_is_not_sent_again(house, breaking):
    with serving(breaking) as server, serving(breaking) as other:
        put_endpoint(house, server.address, other.address)
        error = error_of(house)

    assert len(server.got) + len(other.got) == 1
    assert error.code == "ModelError"
    assert error.members["OriginalStatusCode"] == 0
    assert "Amazon SageMaker could not get a response from the e endpoint." in error.message


def test_an_answer_that_breaks_off_is_not_asked_for_again(house):
    def behave(got):
        got.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
        closed(got)

    with serving(behave) as server:
        put_endpoint(house, server.address)
        assert "could not get a response" in error_of(house).message
    assert len(server.got) == 1


def test_a_kept_connection_that_the_server_has_closed_costs_nothing(house):
    with serving(echo) as server:
        put_endpoint(house, server.address)
        invoke(house)
        server.close_idle()
        while len(server.connections) == 1:  # until the close has come through, and after
            assert invoke(house)["Body"] == b"1,2!"
    assert len(server.connections) == 2


def test_where_nobody_listens_another_instance_answers(house):
    with serving(echo) as gone:
        pass
    with serving(echo) as server:
        put_endpoint(house, gone.address, server.address)
        assert {invoke(house)["Body"] for _ in range(20)} == {b"1,2!"}


def test_a_connection_to_oneself_is_none(house, monkeypatch):
    with serving(echo) as gone:
        pass
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda address, timeout: connect(address, timeout, address))
    put_endpoint(house, gone.address)
    assert error_of(house).code == "ServiceUnavailable"


def test_a_connection_that_is_reset_at_once_is_closed(house, monkeypatch):
    with serving(echo) as gone:
        pass
    ours, theirs = socket.socketpair()
    theirs.close()
    lost = mock.Mock(wraps=ours, getpeername=mock.Mock(side_effect=OSError("not connected")))
    monkeypatch.setattr(socket, "create_connection", lambda address, timeout: lost)
    put_endpoint(house, gone.address)
    assert error_of(house).code == "ServiceUnavailable"
    assert ours.fileno() == -1


def test_a_replacement_is_waited_for(house):
    with serving(echo) as gone:
        pass
    with serving(echo) as server:
        put_endpoint(house, gone.address)
        ringing = replace(house, engine=Engine(replace(house.parts, ring=lambda: put_endpoint(house, server.address))))
        assert invoke(ringing)["Body"] == b"1,2!"


def test_where_no_server_comes_up_the_service_is_unavailable(house):
    with serving(echo) as gone:
        pass
    put_endpoint(house, gone.address)
    error = error_of(house)
    assert (error.code, error.status) == ("ServiceUnavailable", 503)


def test_an_instance_whose_gate_is_shut_is_not_asked(house, tmp_path):
    house = with_home(house, tmp_path)
    with serving(echo) as shut, serving(echo) as server:
        put_endpoint(house, shut.address, server.address)
        open_gates(tmp_path, "x-1")
        assert {invoke(house)["Body"] for _ in range(10)} == {b"1,2!"}
    assert not shut.got


@pytest.mark.parametrize("operation", ["InvokeEndpoint", "InvokeEndpointWithResponseStream"])
def test_no_instance_can_be_stopped_while_it_is_asked(house, tmp_path, operation):
    house = with_home(house, tmp_path)
    open_gates(tmp_path, "x-0")
    seen = []

    def look(got):
        seen.append(gates.shut(tmp_path, "x-0"))
        return response(b"x")

    with serving(look) as server:
        put_endpoint(house, server.address)
        body = invoke(house, operation=operation)["Body"]
        if operation != "InvokeEndpoint":
            seen.append(gates.shut(tmp_path, "x-0"))
            list(body)
        assert not any(seen)
        assert gates.shut(tmp_path, "x-0")


@pytest.mark.parametrize("status", ["Updating", "SystemUpdating", "RollingBack"])
def test_an_endpoint_serves_while_it_changes(house, status):
    with serving(echo) as server:
        put_endpoint(house, server.address, endpoint_status=status)
        assert invoke(house)["Body"] == b"1,2!"


@pytest.mark.parametrize("status", ["Creating", "Failed", "OutOfService", "Deleting"])
def test_else_it_is_not_found(house, status):
    put_endpoint(house, "127.0.0.1:1", endpoint_status=status)
    error = error_of(house)
    assert error.message == f"Endpoint e of account {ACCOUNT} not found.\nhint: it is in status {status}."
    assert error.members["ErrorCode"] == "NO_SUCH_ENDPOINT"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"TargetVariant": "w"}, "Variant w of endpoint was not found; it has v."),
        (
            {"TargetModel": "a.tar.gz"},
            "Endpoint e is not a multi-model endpoint and does not support target model header.",
        ),
        ({"InferenceComponentName": "c"}, "Inference Component Name header is not allowed for endpoints to which"),
        ({"EnableExplanations": "`true`"}, "`EnableExplanations` is not built"),
        ({"TargetContainerHostname": "a"}, "is not a multi-container endpoint with direct invocation"),
        ({"CustomAttributes": "a\r\nX-Other: b"}, "X-Amzn-SageMaker-Custom-Attributes must be one line"),
    ],
)
def test_requests_that_the_endpoint_does_not_take(house, params, said):
    put_endpoint(house, "127.0.0.1:1")
    error = error_of(house, **params)
    assert error.code == "ValidationError"
    assert said in error.message


def test_an_asynchronous_endpoint_is_not_asked_like_this(house):
    put_endpoint(house, "127.0.0.1:1", config={"AsyncInferenceConfig": {"OutputConfig": {}}})
    assert error_of(house).message.startswith("Endpoint e does not support this inference type.")


def test_a_serverless_variant_takes_less(house):
    put_endpoint(house, "127.0.0.1:1", variant={"serverless": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}})
    assert re.match(r"Request [0-9a-f-]{36} has oversize body\.", error_of(house, body=b"x" * (4 << 20 | 1)).message)


def test_variants_get_their_share_and_shadows_none(house):
    with serving(echo) as server:
        instance = {"execution_id": "x-0", "addresses": [server.address]}
        shapes = {"mode": "Single", "containers": [{"name": "primary"}]}
        variants = [
            {"name": "a", "weight": 0.0, **shapes},
            {"name": "b", "weight": 1.0, **shapes},
            {"name": "s", "weight": 9.0, "shadow": True, **shapes},
        ]
        put_endpoint(house, variants=variants, instances={name: [instance] for name in "abs"})
        assert {invoke(house)["InvokedProductionVariant"] for _ in range(20)} == {"b"}
        assert invoke(house, TargetVariant="a")["InvokedProductionVariant"] == "a"
        assert "was not found; it has a, b." in error_of(house, TargetVariant="s").message


def test_the_instance_that_has_least_to_do_is_asked(house):
    from threading import Event, Thread

    started, release = Event(), Event()

    def slow(got):
        if got.body == b"slow":
            started.set()
            release.wait(10)
        return response(got.headers["host"].encode() + got.body)

    with serving(slow) as one, serving(slow) as two:
        put_endpoint(house, one.address, two.address, variant={"routing": "LEAST_OUTSTANDING_REQUESTS"})
        thread = Thread(target=invoke, args=(house, b"slow"))
        thread.start()
        started.wait(10)
        busy, free = (one, two) if one.got else (two, one)
        for _ in range(8):
            invoke(house)
        release.set()
        thread.join()
    assert len(free.got) == 8
    assert len(busy.got) == 1


DIRECT = {"mode": "Direct", "containers": [{"name": "a"}, {"name": "b"}]}


class TestPipelines:
    def test_each_container_gets_the_answer_of_the_one_before(self, house):
        with (
            serving(lambda got: response(got.body * 2, Content_Type="application/json")) as first,
            serving(echo) as second,
        ):
            put_endpoint(house, [first.address, second.address], variant=PIPELINE)
            result = invoke(house, ContentType="text/csv", Accept="text/plain", CustomAttributes="c")

        assert (result["Body"], result["ContentType"]) == (b"1,21,2!", "text/csv")
        (one,), (two,) = first.got, second.got
        assert one.headers["content-type"] == "text/csv"
        assert "accept" not in one.headers
        assert two.headers["content-type"] == "application/json"
        assert two.headers["accept"] == "text/plain"
        assert two.headers["x-amzn-sagemaker-custom-attributes"] == "c"

    def test_the_container_that_fails_is_named(self, house):
        with serving(echo) as first, serving(lambda got: response(b"bad", 503)) as second:
            put_endpoint(house, [first.address, second.address], variant=PIPELINE)
            assert 'Received server error (503) from model with message "bad".' in error_of(house).message

    def test_what_is_handed_on_has_a_limit(self, house):
        with serving(lambda got: response(b"x" * 6_000_000)) as first, serving(echo) as second:
            put_endpoint(house, [first.address, second.address], variant=PIPELINE)
            message = error_of(house).message
        assert message == (
            "Received response from scale with status code 200. However, the request payload from scale to model is "
            f"6000000 bytes, which has exceeded the maximum limit of 5 MB. {SEE}"
        )
        assert not second.got

    def test_a_later_container_that_is_gone_is_an_error_for_the_first_has_worked(self, house):
        with serving(echo) as gone:
            pass
        with serving(echo) as first:
            put_endpoint(house, [first.address, gone.address], variant=PIPELINE)
            assert "Received server error (0) from model" in error_of(house).message
        assert len(first.got) == 1


class TestDirectInvocation:
    def test_the_container_that_is_named_answers(self, house):
        with serving(echo) as a, serving(lambda got: response(b"from b")) as b:
            put_endpoint(house, [a.address, b.address], variant=DIRECT)
            assert invoke(house, TargetContainerHostname="b")["Body"] == b"from b"
        assert not a.got

    @pytest.mark.parametrize(
        ("params", "said"),
        [
            ({}, "hint: give `TargetContainerHostname`, one of a, b."),
            ({"TargetContainerHostname": "c"}, "Container c of endpoint e was not found; it has a, b."),
        ],
    )
    def test_one_must_be_named(self, house, params, said):
        put_endpoint(house, ["127.0.0.1:1", "127.0.0.1:2"], variant=DIRECT)
        error = error_of(house, **params)
        assert error.code == "ValidationError"
        assert said in error.message


class TestMetrics:
    def test_each_invocation_counts(self, house):
        with serving(lambda got: response(b"x", int(got.body))) as server:
            put_endpoint(house, server.address, server.address)
            for status in (b"200", b"400", b"500"):
                with contextlib.suppress(ApiError):
                    invoke(house, status)

        assert points(house, "Invocations") == [1, 1, 1]
        assert points(house, "InvocationsPerInstance") == [0.5, 0.5, 0.5]
        assert points(house, "Invocation4XXErrors") == [0, 1, 0]
        assert points(house, "Invocation5XXErrors") == [0, 0, 1]
        assert points(house, "InvocationModelErrors") == [0, 1, 1]

    def test_the_models_time_is_told_from_ours(self, house):
        def slow(got):
            time.sleep(0.05)
            return response(b"x")

        with serving(slow) as server:
            put_endpoint(house, server.address)
            began = time.perf_counter()
            invoke(house)
            whole_us = (time.perf_counter() - began) * 1e6
        (model_us,), (overhead_us,) = points(house, "ModelLatency"), points(house, "OverheadLatency")
        assert model_us >= 50_000
        assert 0 < overhead_us <= whole_us - model_us

    def test_what_waits_is_there_when_somebody_reads(self, house):
        with serving(echo) as server:
            put_endpoint(house, server.address)
            invoke(house)
        now = datetime.fromtimestamp(house.parts.clock.now(), tz=timezone.utc)
        answer = house.call(
            "GetMetricStatistics",
            "cloudwatch",
            Namespace="AWS/SageMaker",
            MetricName="Invocations",
            Dimensions=[{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "v"}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=60,
            Statistics=["Sum"],
        )
        assert [point["Sum"] for point in answer["Datapoints"]] == [1]
