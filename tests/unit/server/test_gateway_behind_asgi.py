"""The ASGI application, called as a server calls it."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.mounts import asgi, asgi_responses
from sagewright.engine.gateway.mounts.asgi import Answered, Gateway
from sagewright.engine.gateway.routing import FORM
from sagewright.engine.gateway.wire import Headers, HttpResponse
from sagewright.engine.parts import Caller
from sagewright.engine.server.access_log import access_log
from sagewright.engine.server.application import Application
from sagewright.engine.server.metrics import Metrics
from tests.protocol.test_routing import signed

JSON = [("x-amz-target", "SageMaker.ListModels"), ("content-type", "application/x-amz-json-1.1")]


def scope_of(method: str, path: str, headers: list[tuple[str, str]], query: str = "") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("192.0.2.7", 4711),
        "scheme": "http",
    }


def ask(application: Any, scope: dict[str, Any], body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer."""
    sent: list[Any] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return asked.pop() if asked else await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Exchange]:
    """Let the gateway answer everything with its service and operation, and remember what it was asked."""
    asked: list[Exchange] = []

    def carry(exchange: Exchange) -> HttpResponse:
        asked.append(exchange)
        exchange.caller = Caller("123456789012", "us-east-1", "arn:of:the:caller", "id")
        request = exchange.request
        content = request.body.read()
        return HttpResponse(200, Headers(), f"{request.service} {request.operation} {len(content)}".encode())

    monkeypatch.setattr(asgi, "carry", carry)
    return asked


@pytest.fixture
def answered() -> list[Answered]:
    return []


@pytest.fixture
def gateway(tmp_path: Path, answered: list[Answered]) -> Gateway:
    return Gateway(tmp_path, answered.append)


def test_a_request_is_routed_and_answered(gateway, seen, answered):
    status, headers, body = ask(gateway, scope_of("POST", "/", JSON), b"{}")

    assert (status, body) == (200, b"sagemaker ListModels 0")
    assert headers["content-length"] == str(len(body))
    assert headers["server"] == "Sagewright"
    assert headers["x-amzn-requestid"] == seen[0].request_id
    assert answered[0].complete
    assert (answered[0].status, answered[0].sent_bytes) == (200, len(body))


def test_raw_paths_and_who_has_sent_it(gateway, seen):
    ask(gateway, scope_of("GET", "/bucket/a%2F..//b%20", [("host", "h"), ("x-amz-meta-a", "1"), ("x-amz-meta-a", "2")]))
    request = seen[0].request
    assert request.path == "/bucket/a%2F..//b%20"
    assert request.headers["x-amz-meta-a"] == "1,2"
    assert request.peer is not None
    assert (request.peer.address, request.peer.secure) == ("192.0.2.7", False)


@pytest.mark.parametrize(
    ("behind_proxy", "address", "secure"), [(True, "198.51.100.2", True), (False, "192.0.2.7", False)]
)
def test_a_proxy_is_believed_where_there_is_one(tmp_path, seen, behind_proxy, address, secure):
    gateway = Gateway(tmp_path, lambda _: None, behind_proxy=behind_proxy)
    headers = [("x-forwarded-for", "203.0.113.9, 198.51.100.2"), ("x-forwarded-proto", "https")]
    ask(gateway, scope_of("GET", "/bucket/key", headers))
    peer = seen[0].request.peer
    assert peer is not None
    assert (peer.address, peer.secure) == (address, secure)


def test_a_field_that_must_not_come_twice(gateway, seen):
    status, _, body = ask(gateway, scope_of("GET", "/bucket/key", [("host", "a"), ("host", "b")]))
    assert status == 400
    assert b"<Code>InvalidRequest</Code>" in body
    assert seen == []


@pytest.mark.parametrize(
    ("headers", "query", "body", "status", "text"),
    [
        (
            signed("sagemaker", **{"x-amz-target": "SageMaker.None"}),
            "",
            b"",
            400,
            '"__type":"UnknownOperationException"',
        ),
        (
            signed("iam", **{"content-type": FORM}),
            "",
            b"Action=None&Version=2010-05-08",
            400,
            "<Code>InvalidAction",
        ),
        (signed("iam"), "Action=None&Version=2010-05-08", b"", 400, "<Code>InvalidAction"),
        (signed("s3"), "", b"", 405, "<Code>MethodNotAllowed"),
        (signed("sagemaker"), "", b"", 404, '"__type":"UnknownOperationException"'),
    ],
)
def test_what_means_nothing_is_refused_in_its_own_protocol(gateway, seen, headers, query, body, status, text):
    length = [("content-length", str(len(body)))]
    found = ask(gateway, scope_of("POST", "/none", [*headers.items(), *length], query), body)
    assert found[0] == status
    assert text in found[2].decode().replace(" ", "")
    assert seen == []


def test_a_form_is_read_once_and_understood(gateway, seen):
    body = b"Action=GetUser&Version=2010-05-08"
    headers = [*signed("iam", **{"content-type": FORM + "; charset=utf-8"}).items(), ("content-length", "33")]
    assert ask(gateway, scope_of("POST", "/", headers), body)[2] == b"iam GetUser 33"


def test_a_form_too_large_is_refused(gateway, seen, monkeypatch):
    monkeypatch.setattr(asgi, "LARGEST_FORM_BYTES", 10)
    headers = [*signed("iam", **{"content-type": FORM}).items(), ("content-length", "33")]
    assert ask(gateway, scope_of("POST", "/", headers), b"Action=GetUser&Version=2010-05-08")[0] == 413


@pytest.mark.parametrize("stored", [True, False])
def test_files_are_sent_and_closed(gateway, monkeypatch, stored):
    content = b"x" * (3 << 20) if stored else b"small"
    file = io.BytesIO(content)
    headers = Headers({"content-length": str(len(content)), "date": "never", "connection": "close"})
    monkeypatch.setattr(asgi, "carry", lambda exchange: HttpResponse(200, headers, file))

    _, sent, body = ask(gateway, scope_of("GET", "/bucket/key", []))

    assert body == content
    assert file.closed
    assert "date" not in sent  # uvicorn's
    assert "connection" not in sent


def test_values_cannot_become_fields(gateway, monkeypatch):
    headers = Headers({"content-disposition": "a\r\nset-cookie: b\x00", "x-amz-meta-ü": "1", "x-amz-meta-b": "ü"})
    monkeypatch.setattr(asgi, "carry", lambda exchange: HttpResponse(200, headers, b""))
    sent = ask(gateway, scope_of("GET", "/bucket/key", []))[1]
    assert sent["content-disposition"] == "a  set-cookie: b "
    assert "set-cookie" not in sent
    assert sent["x-amz-meta-b"] == "ü"


def test_a_file_that_cannot_be_read_is_an_error_and_no_answer(gateway, monkeypatch):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the disk")

    monkeypatch.setattr(asgi, "carry", lambda exchange: HttpResponse(200, Headers({"content-length": "5"}), Broken()))
    assert ask(gateway, scope_of("GET", "/bucket/key", []))[0] == 500


def test_heads_have_no_length_of_their_own(gateway, monkeypatch):
    headers = Headers({"content-length": "12345"})
    monkeypatch.setattr(asgi, "carry", lambda exchange: HttpResponse(200, headers, b""))
    _, sent, body = ask(gateway, scope_of("HEAD", "/bucket/key", []))
    assert (sent["content-length"], body) == ("12345", b"")


def test_a_client_that_goes_is_left(tmp_path, monkeypatch, answered):
    monkeypatch.setattr(asgi_responses, "PIECE_BYTES", 10)
    endless = io.BytesIO(b"x" * 1000)
    monkeypatch.setattr(asgi, "carry", lambda exchange: HttpResponse(200, Headers(), endless))
    sent = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        await asyncio.sleep(0)

    asyncio.run(Gateway(tmp_path, answered.append)(scope_of("GET", "/bucket/key", []), receive, send))

    assert len(sent) < 10
    assert not answered[0].complete


# What is said of it all


def test_the_access_log_is_of_json_lines(gateway, seen, answered):
    ask(gateway, scope_of("GET", "/bucket/key\n", [("user-agent", "client/1")], "X-Amz-Signature=secret"))
    stream = io.StringIO()
    for format_ in ("json", "text", "none"):
        access_log(format_, stream)(answered[0])
    first, second = stream.getvalue().splitlines()
    facts = json.loads(first)
    assert facts["operation"] == "s3:GetObject"
    assert facts["caller"] == "arn:of:the:caller"
    assert facts["user_agent"] == "client/1"
    assert facts["request_id"] == seen[0].request_id
    assert "secret" not in first + second
    assert "s3:GetObject 200" in second


def test_metrics_are_prometheus_text(gateway, seen, answered):
    metrics = Metrics({"gauge": ("What it is.", lambda: 2.5)})
    for _ in range(3):
        ask(gateway, scope_of("GET", "/bucket/key", []))
    for one in answered:
        metrics.count(one)
    lines = metrics.text().splitlines()
    assert 'sagewright_requests_total{service="s3",operation="GetObject",status="200"} 3' in lines
    assert 'sagewright_request_duration_seconds_bucket{service="s3",le="+Inf"} 3' in lines
    assert 'sagewright_request_duration_seconds_count{service="s3"} 3' in lines
    assert "sagewright_gauge 2.5" in lines
    assert metrics.text().endswith("\n")


@pytest.mark.parametrize(
    ("address", "token", "given", "behind_proxy", "status"),
    [
        ("127.0.0.1", "", "", False, 200),
        ("::1", "", "", False, 200),
        ("127.0.0.1", "", "", True, 403),
        ("192.0.2.7", "", "", False, 403),
        ("192.0.2.7", "token", "Bearer token", False, 200),
        ("192.0.2.7", "token", "Bearer other", False, 403),
        ("192.0.2.7", "", "Bearer ", False, 403),
    ],
)
def test_metrics_are_for_this_machine_or_with_a_token(tmp_path, address, token, given, behind_proxy, status):
    application = Application(tmp_path, lambda _: None, behind_proxy=behind_proxy, token=token, connections=lambda: 1)
    scope = scope_of("GET", "/_sagewright/metrics", [("authorization", given)]) | {"client": (address, 1)}
    assert ask(application, scope)[0] == status


def test_without_a_steward_it_is_not_well(tmp_path):
    application = Application(tmp_path, lambda _: None, behind_proxy=False, token="", connections=lambda: 1)
    status, _, body = ask(application, scope_of("GET", "/_sagewright/health", []))
    assert (status, json.loads(body)["status"]) == (503, "no steward")
