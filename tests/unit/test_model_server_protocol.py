"""HTTP as the model servers speak it, and the API of many models."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from sagewright.engine.images import MODEL_SERVER, Image, resolve
from sagewright.engine.model_server.listening import Server
from sagewright.engine.model_server.models import CannotLoad, Models
from sagewright.engine.model_server.settings import Settings, place_of
from sagewright.engine.model_server.wire import Request, Response
from sagewright.engine.planning.served_code import code_of, instance_environment, server_command
from sagewright.vocabulary.serving import FRAMEWORK, MEMORY_BYTES


@contextmanager
def running(answer: Any, **options: Any) -> Iterator[Server]:
    server = Server(answer, 0, **options)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def exchange(server: Server, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while piece := client.recv(65536):
            received += piece
        return received


def echo(request: Request) -> Response:
    return Response(200, request.body, request.headers.get("content-type", "text/plain"))


def test_bodies_in_chunks_are_put_together():
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    with running(echo) as server:
        assert exchange(server, head + b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n").endswith(
            b"\r\n\r\nabc0123456789"
        )
        for damaged in (b"zz\r\n", b"-1\r\n", b"\r\n", b"1_0\r\n"):
            assert b" 400 " in exchange(server, head + damaged)
        both = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
        assert b" 400 " in exchange(server, both)
    with running(echo, largest_body_bytes=8) as server:
        assert b" 413 " in exchange(server, head + b"5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n")


def test_a_client_that_waits_for_leave_gets_it():
    with running(echo) as server:
        sent = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"
        assert exchange(server, sent).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_pieces_go_out_as_they_come_and_the_connection_goes_on():
    gate = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        assert gate.wait(10)
        yield b""
        yield b"two"

    with running(lambda _: Response(200, pieces())) as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        with closing(client):
            for _ in range(2):
                gate.clear()
                client.request("GET", "/")
                response = client.getresponse()
                assert response.read1() == b"one"
                gate.set()
                assert response.read() == b"two"


def test_a_client_that_goes_ends_the_pieces():
    ended = threading.Event()

    def pieces() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            ended.set()

    with running(lambda _: Response(200, pieces())) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            client.recv(10)
        assert ended.wait(10)


def test_headers_of_answers_cannot_break_out():
    with running(lambda _: Response(200, b"", "text/plain\r\nEvil: 1", {"X-Own": "a\r\nEvil: 2"})) as server:
        answer = exchange(server, b"GET / HTTP/1.1\r\n\r\n")
        assert b"\r\nEvil" not in answer
        assert b"X-Own: a  Evil: 2" in answer


def test_a_server_that_stops_answers_what_it_has_and_closes_idle_connections():
    entered = threading.Event()

    def slow(request: Request) -> Response:
        entered.set()
        time.sleep(0.3)
        return echo(request)

    server = Server(slow, 0)
    thread = threading.Thread(target=server.serve)
    thread.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as idle:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as busy:
            busy.sendall(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")
            assert entered.wait(10)
            server.stop()
            answer = b""
            while piece := busy.recv(1000):
                answer += piece
        assert answer.endswith(b"Connection: close\r\n\r\nhi")
        assert idle.recv(10) == b""
    thread.join(10)
    assert not thread.is_alive()


# Many models --------------------------------------------------------------------------------------------------------


class Fake:
    def __init__(self, name: str, size_bytes: int = 0) -> None:
        self.name, self.size_bytes, self.closed = name, size_bytes, False

    def answer(self, request: Request) -> Response:
        return Response(200, self.name.encode() + request.body)

    def close(self) -> None:
        self.closed = True

    def resident_bytes(self) -> int:
        return self.size_bytes


def call(models: Models, method: str, path: str, body: Any = b"") -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = models.answer(Request(method, path, {}, data))
    assert isinstance(response.body, bytes)
    try:
        return response.status, json.loads(response.body)
    except ValueError:
        return response.status, response.body


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models/a/model").mkdir(parents=True)
    return tmp_path


def models_of(folder: Path, load: Any = lambda name, _: Fake(name), **limits: int) -> Models:
    return Models(load, lambda url: place_of(folder, url), **limits)


def load(models: Models, name: str) -> int:
    return call(models, "POST", "/models", {"model_name": name, "url": "/opt/ml/models/a/model"})[0]


def test_models_are_loaded_asked_listed_and_unloaded(folder):
    models = models_of(folder)
    assert [load(models, name) for name in ("a", "b", "a")] == [200, 200, 409]
    assert call(models, "POST", "/models/a/invoke", b"!") == (200, b"a!")
    assert call(models, "GET", "/models/b") == (200, {"modelName": "b", "modelUrl": "/opt/ml/models/a/model"})
    assert [item["modelName"] for item in call(models, "GET", "/models")[1]["models"]] == ["a", "b"]
    assert call(models, "DELETE", "/models/a")[0] == 200
    assert [
        call(models, *asked)[0]
        for asked in (("DELETE", "/models/a"), ("GET", "/models/a"), ("POST", "/models/a/invoke"))
    ] == [404] * 3
    assert call(models, "PUT", "/models")[0] == 404


def test_listings_come_in_pages(folder):
    models = models_of(folder)
    for number in range(150):
        load(models, f"m{number:03}")
    first = call(models, "GET", "/models")[1]
    second = call(models, "GET", f"/models?next_page_token={first['nextPageToken']}")[1]
    assert [len(page["models"]) for page in (first, second)] == [100, 50]
    assert "nextPageToken" not in second
    assert call(models, "GET", "/models?next_page_token=x")[0] == 400


def test_what_has_no_room_is_refused(folder):
    few = models_of(folder, most=1)
    assert [load(few, name) for name in ("a", "b")] == [200, 507]
    small = models_of(folder, lambda name, _: Fake(name, 1 << 30), memory_bytes=(2 << 30) + 1)
    assert [load(small, name) for name in ("a", "b")] == [200, 507]
    call(small, "DELETE", "/models/a")
    assert load(small, "b") == 200


def test_models_that_cannot_be_loaded_leave_nothing(folder):
    def fail(name: str, place: Path) -> Fake:
        raise CannotLoad(500, "damaged")

    models = models_of(folder, fail)
    assert load(models, "a") == 500
    assert call(models, "GET", "/models")[1] == {"models": []}
    bodies: list[Any] = [b"{", {"model_name": "a"}, {"model_name": 1, "url": "/"}, []]
    for body in bodies:
        assert call(models, "POST", "/models", body)[0] == 400
    assert call(models, "POST", "/models", {"model_name": "a", "url": "/opt/ml/models/none"})[0] == 404


# Settings and plans -------------------------------------------------------------------------------------------------


def test_settings_are_read_by_all_their_names():
    found = Settings.of({"SAGEMAKER_MODEL_SERVER_WORKERS": "3", "MMS_DEFAULT_RESPONSE_TIMEOUT": "7"})
    assert (found.most_workers, found.timeout_s) == (3, 7.0)
    assert Settings.of({"SAGEMAKER_MAX_PAYLOAD_IN_MB": "2"}).largest_body_bytes == 2 << 20
    assert Settings.of({"SAGEMAKER_MULTI_MODEL": "true"}).most_workers == 1
    with pytest.raises(ValueError, match="SAGEMAKER_MODEL_SERVER_TIMEOUT=`soon`"):
        Settings.of({"SAGEMAKER_MODEL_SERVER_TIMEOUT": "soon"})


REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("uri", "framework"),
    [
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", "sklearn"),
        (f"{REGISTRY}/pytorch-inference:2.1.0-cpu-py310", "pytorch"),
        (f"{REGISTRY}/tensorflow-inference:2.13-cpu", "tensorflow"),
        (
            f"{REGISTRY}/huggingface-pytorch-inference:2.1.0-transformers4.37.0-cpu-py310-ubuntu22.04",
            "huggingface",
        ),
    ],
)
def test_images_that_serve(uri, framework):
    image = resolve(uri)
    assert (server_command(image, {}), image.serving_environment[FRAMEWORK]) == (list(MODEL_SERVER), framework)
    assert bool(image.script_command) == (framework == "sklearn")


def test_images_that_only_train_serve_nothing():
    assert server_command(resolve(f"{REGISTRY}/pytorch-training:2.1.0-cpu-py310"), {}) == []


def test_xgboost_serves_by_a_script_where_one_is_named():
    image = resolve("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1")
    assert server_command(image, {"Environment": {"SAGEMAKER_PROGRAM": "serve.py"}}) == list(MODEL_SERVER)
    assert server_command(image, {"Environment": {"SAGEMAKER_PROGRAM": ""}}) == list(image.serve_command)
    assert server_command(resolve("python"), {}) == list(MODEL_SERVER)


def test_code_of_s3_lies_where_the_framework_looks():
    variables = {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "s3://b/code/sourcedir.tar.gz"}
    definition = {"Environment": variables}

    def places(uri: str, **more: str) -> list[str]:
        return [item.path for item in code_of({**definition, **more}, resolve(uri)).unpacks]

    assert places("python") == ["code"]
    assert places(f"{REGISTRY}/pytorch-inference:2.1.0-cpu-py310") == ["model/code"]
    assert places(f"{REGISTRY}/pytorch-inference:2.1.0-cpu-py310", Mode="MultiModel") == ["code"]
    in_container = code_of(definition, Image("x", "x", serve_command=["serve"], engine={"DOCKER_HOST": "unix:///x"}))
    assert in_container.environment == {"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/input/sourcedir/sourcedir.tar.gz"}
    assert [fetch.prefix for fetch in in_container.fetches] == ["code/sourcedir.tar.gz"]
    assert not any(code_of({"Environment": {"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}}, resolve("python")))


def test_a_server_is_told_its_memory_and_that_it_has_no_network():
    body = {"config": {"ProductionVariants": [{"VariantName": "v", "InstanceType": "ml.m5.large"}]}}
    assert instance_environment(body, {"name": "v"}) == {MEMORY_BYTES: str(8 << 30)}
    assert instance_environment({}, {"name": "v", "network_isolation": True}) == {"SAGEWRIGHT_NETWORK_ISOLATION": "1"}
