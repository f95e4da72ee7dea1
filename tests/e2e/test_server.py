"""`sagewright up` as its clients meet it: genuine boto3, raw HTTP, curl-like things, and those who mean no good."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sagewright.engine.server.address import address_of
from tests.conftest import processes_of
from tests.e2e.conftest import wait_until
from tests.e2e.shared_engine import SharedEngine, shared_engine

KEYS = ("a//b", "../x", "..", "%2F", "ü/ö 😀", "a b+c", "/leading", "trailing/", "?query#fragment", "k" * 1024)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedEngine]:
    home = tmp_path_factory.mktemp("shared") / "home"
    with shared_engine(home) as running:
        running.client("s3").create_bucket(Bucket="bucket")
        yield running
    for pid in processes_of(home):
        os.kill(pid, signal.SIGKILL)


def signed(engine: SharedEngine, method: str, path: str, body: bytes = b"", **headers: str) -> AWSRequest:
    keys = Credentials(engine.exports["AWS_ACCESS_KEY_ID"], engine.exports["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest(method, engine.url + path, headers, body)
    S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
    return request


def head_of(engine: SharedEngine, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    request = signed(engine, method, path, body, **{name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{method} {path} HTTP/1.1", f"host: {engine.address[0]}:{engine.address[1]}"]
    return "\r\n".join([*lines, *(f"{n}: {v}" for n, v in request.headers.items()), "", ""]).encode()


def read_all(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(1 << 16):
            received += piece
    except ConnectionResetError:
        pass
    return received


def read_response(connection: socket.socket) -> tuple[bytes, bytes]:
    """Return head and body of a response of known length."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(1 << 16)
        assert piece, received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(1 << 16)
    return head, body


# What it says of itself


def test_health_needs_no_signature_and_tells_of_the_steward(engine):
    def healthy() -> bool:
        return bool(engine.get("/_sagewright/health")[0] == 200)

    assert wait_until(healthy)
    document = json.loads(engine.get("/_sagewright/health")[1])
    assert document["status"] == "ok"
    assert document["steward"] in processes_of(engine.home)


def test_the_home_says_where_the_server_is(engine):
    assert address_of(engine.home) == engine.url
    assert (engine.home / "server.json").stat().st_mode & 0o777 == 0o600


def test_metrics_count_requests(engine):
    engine.client("sts").get_caller_identity()

    def counted():  # a request is counted once its answer is sent
        status, body = engine.get("/_sagewright/metrics")
        assert status == 200
        return body.decode() if 'operation="GetCallerIdentity"' in body.decode() else None

    text = wait_until(counted)
    assert 'sagewright_requests_total{service="sts",operation="GetCallerIdentity",status="200"}' in text
    assert "sagewright_steward_up 1" in text


def test_the_access_log_tells_who_did_what_and_no_secrets(engine):
    s3 = engine.client("s3")
    s3.put_object(Bucket="bucket", Key="logged", Body=b"12345")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "logged"})
    assert engine.get(url.removeprefix(engine.url))[1] == b"12345"

    def logged():  # a line is written once the answer is sent
        lines = [line for line in engine.access_log() if line["path"] == "/bucket/logged"]
        return lines if len(lines) == 2 else None

    lines = wait_until(logged)
    assert [line["operation"] for line in lines] == ["s3:PutObject", "s3:GetObject"]
    assert lines[0]["received_bytes"] >= lines[1]["sent_bytes"] == 5
    assert all(line["status"] == 200 and line["duration_ms"] > 0 and line["request_id"] for line in lines)
    text = (engine.home / "access.log").read_text()
    assert "Signature" not in text
    assert engine.exports["AWS_SECRET_ACCESS_KEY"] not in text


# boto3


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_keys_arrive_as_they_were_sent(engine, style, monkeypatch):
    _, port = engine.address
    _lead_to_loopback(monkeypatch)
    s3 = engine.client("s3", Config(s3={"addressing_style": style}), endpoint_url=f"http://localhost:{port}")
    for key in KEYS:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode(), Metadata={"name": "value"})
        found = s3.get_object(Bucket="bucket", Key=key)
        assert found["Body"].read().decode() == key
        assert found["Metadata"] == {"name": "value"}
    assert {one["Key"] for one in s3.list_objects_v2(Bucket="bucket")["Contents"]} >= set(KEYS)
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": key} for key in KEYS]})


def _lead_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name below localhost be this machine, as resolvers should (RFC 6761) and some do not."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **named):
        name = "127.0.0.1" if isinstance(host, str) and host.endswith("localhost") else host
        return look_up(name, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_large_objects_stream(engine):
    s3 = engine.client("s3")
    content = os.urandom(1 << 20) * 24
    s3.upload_fileobj(io.BytesIO(content), "bucket", "large")  # in parts
    s3.put_object(Bucket="bucket", Key="whole", Body=content)
    for key in ("large", "whole"):
        fetched = io.BytesIO()
        s3.download_fileobj("bucket", key, fetched)
        assert hashlib.sha256(fetched.getvalue()).digest() == hashlib.sha256(content).digest()
    assert s3.get_object(Bucket="bucket", Key="large", Range="bytes=5-9")["Body"].read() == content[5:10]
    assert s3.head_object(Bucket="bucket", Key="whole")["ContentLength"] == len(content)


def test_errors_come_in_each_protocol(engine):
    for service, call, code in (
        ("sagemaker", lambda c: c.describe_training_job(TrainingJobName="none"), "ValidationException"),
        ("s3", lambda c: c.get_object(Bucket="bucket", Key="none"), "NoSuchKey"),
        ("s3", lambda c: c.head_object(Bucket="bucket", Key="none"), "404"),
        ("iam", lambda c: c.get_role(RoleName="none"), "NoSuchEntity"),
        ("logs", lambda c: c.get_log_events(logGroupName="none", logStreamName="n"), "ResourceNotFoundException"),
        ("sagemaker-runtime", lambda c: c.invoke_endpoint(EndpointName="none", Body=b"1"), "ValidationError"),
        ("sqs", lambda c: c.get_queue_url(QueueName="none"), "AWS.SimpleQueueService.NonExistentQueue"),
        ("dynamodb", lambda c: c.describe_table(TableName="none"), "ResourceNotFoundException"),
        ("cloudwatch", lambda c: c.get_dashboard(DashboardName="none"), None),
    ):
        with pytest.raises(ClientError) as caught:
            call(engine.client(service))
        assert code in (None, caught.value.response["Error"]["Code"]), service
        assert caught.value.response["ResponseMetadata"]["RequestId"]


def test_long_polls_keep_nobody_waiting(engine):
    sqs, sagemaker = engine.client("sqs", Config(max_pool_connections=50)), engine.client("sagemaker")
    queue = sqs.create_queue(QueueName="polled")["QueueUrl"]
    assert queue == f"{engine.url}/123456789012/polled"
    with ThreadPoolExecutor(20) as threads:  # more than there are threads for what is quick
        polls = [threads.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=3) for _ in range(20)]
        time.sleep(0.3)
        sagemaker.list_training_jobs()
        assert not any(poll.done() for poll in polls)
        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        assert sum(len(poll.result().get("Messages", ())) for poll in polls) == 1


# Raw HTTP


def test_a_client_that_waits_is_told_to_go_on(engine):
    with engine.connect() as connection:
        connection.sendall(
            head_of(engine, "PUT", "/bucket/waited", b"bytes", content_length="5", expect="100-continue")
        )
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 100")
        connection.sendall(b"bytes")
        assert read_response(connection)[0].startswith(b"HTTP/1.1 200")


def test_a_client_that_waits_is_not_told_to_go_on_in_vain(engine):
    with engine.connect() as connection:
        size = str(1 << 30)
        connection.sendall(head_of(engine, "PUT", "/nobucket/waited", content_length=size, expect="100-continue"))
        head, body = read_response(connection)
        assert head.startswith(b"HTTP/1.1 404")
        assert b"NoSuchBucket" in body
        assert head.lower().count(b"x-amz-id-2") == head.lower().count(b"x-amz-request-id") == 1
        assert b"connection: close" in head.lower()
        assert read_all(connection) == b""


def test_a_connection_lives_on_after_an_error_with_a_body_unread(engine):
    with engine.connect() as connection:
        for _ in range(2):
            size = 1 << 20
            connection.sendall(head_of(engine, "PUT", "/nobucket/key", content_length=str(size)))
            connection.sendall(b"x" * size)
            assert read_response(connection)[0].startswith(b"HTTP/1.1 404")


def test_requests_on_one_connection_are_answered_in_turn(engine):
    engine.client("s3").put_object(Bucket="bucket", Key="one", Body=b"1")
    engine.client("s3").put_object(Bucket="bucket", Key="two", Body=b"22")
    with engine.connect() as connection:
        connection.sendall(head_of(engine, "GET", "/bucket/one") + head_of(engine, "GET", "/bucket/two"))
        received = b""
        while not received.endswith(b"22"):
            received += connection.recv(1 << 16)
    assert received.count(b"HTTP/1.1 200") == 2


def test_of_a_body_that_ends_early_nothing_is_stored(engine):
    for key, size in (("short", 100), ("broken", 8 << 20)):
        with engine.connect() as connection:
            connection.sendall(head_of(engine, "PUT", f"/bucket/{key}", b"x" * size, content_length=str(size)))
            connection.sendall(b"x" * (size - 1))
        time.sleep(0.2)
        with pytest.raises(ClientError, match="404"):
            engine.client("s3").head_object(Bucket="bucket", Key=key)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 20_000 + b"\r\n", b"431"),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"x" * 300_000, b"431"),
        (b"PUT /b/k HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (b"PUT /b/k HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello", b"400"),
        (b"GET /b/k HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"\0" * 1000, b"400"),
        (b"CONNECT host:80 HTTP/1.1\r\nhost: x\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_is_refused_and_harms_nobody(engine, sent, status):
    with engine.connect() as connection:
        try:
            connection.sendall(sent)
            received = connection.recv(1 << 16)
        except (BrokenPipeError, ConnectionResetError):
            received = b""
    assert received == b"" or received.startswith(b"HTTP/1.1 " + status), received[:200]
    assert engine.get("/_sagewright/health")[0] == 200


def test_trailers_without_end_are_cut_off(engine):
    with engine.connect() as connection:
        try:
            connection.sendall(b"PUT /b/k HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
            for _ in range(200):
                connection.sendall(b"a: " + b"x" * 8192 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert read_all(connection)[:12] in (b"", b"HTTP/1.1 431")


# Its life


def test_it_leaves_in_order(tmp_path):
    with shared_engine(tmp_path / "home") as engine:
        _leave(engine)


def _leave(engine: SharedEngine) -> None:
    sqs = engine.client("sqs")
    queue = sqs.create_queue(QueueName="polled")["QueueUrl"]
    answers: list[dict[str, Any]] = []
    poll = threading.Thread(target=lambda: answers.append(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2)))
    poll.start()
    time.sleep(0.4)

    code = engine.stop()

    poll.join()
    assert code == 0
    assert "Messages" not in answers[0]  # it was answered, though the server was told to leave
    assert not (engine.home / "server.json").exists()
    assert processes_of(engine.home) == []


def test_a_port_that_is_taken_is_said_so():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sagewright.cli", "up", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"cannot listen at 127.0.0.1:{port}" in done.stderr
    assert "hint:" in done.stderr
