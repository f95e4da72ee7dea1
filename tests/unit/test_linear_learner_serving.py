"""The model server over real loopback connections."""

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from array import array
from functools import partial

import numpy as np
import pytest

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.linear_learner.model import LinearModel, load
from sagewright.engine.algorithms.serving import answer
from sagewright.engine.model_server.listening import Server
from sagewright.vocabulary.recordio import Record, Tensor, read_records, write_record

JSON, LINES, CSV, RECORDIO = (
    "application/json",
    "application/jsonlines",
    "text/csv",
    "application/x-recordio-protobuf",
)
REGRESSOR = LinearModel("regressor", np.array([[2.0, -1.0]]), np.array([0.5]))
BINARY = LinearModel("binary_classifier", np.array([[2.0, -1.0]]), np.array([0.0]), threshold=0.9)
MULTICLASS = LinearModel("multiclass_classifier", np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.zeros(3))
# The row (1, 4) in every form; the regressor answers 2 * 1 - 4 + 0.5 = -1.5.
ROW = {
    "csv": (CSV, b"1,4\n"),
    "csv with a label": ("text/csv; label_size=1", b"77,1,4\n"),
    "no content type": (None, b"1,4"),
    "dense json": (JSON, b'{"instances": [{"features": [1, 4]}]}'),
    "json under data": (JSON, b'{"instances": [{"data": {"features": {"values": [1, 4]}}, "configuration": {}}]}'),
    "sparse json": (JSON, b'{"instances": [{"data": {"features": {"keys": [1, 0], "shape": [2], "values": [4, 1]}}}]}'),
    "json lines": (LINES, b'{"features": [1, 4]}\n'),
    "recordio": (RECORDIO, write_record(Record({"values": Tensor(array("f", [1, 4]))}))),
    "sparse recordio": (RECORDIO, write_record(Record({"values": Tensor(array("d", [4, 1]), [1, 0], [2])}))),
}


@pytest.fixture
def connect():
    """Return what serves a model and gives a connection to it."""
    opened: list[Server] = []
    clients: list[http.client.HTTPConnection] = []
    threads: list[threading.Thread] = []

    def serve(model=REGRESSOR):
        server = Server(partial(answer, model), 0)
        thread = threading.Thread(target=server.serve)
        thread.start()
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        opened.append(server)
        threads.append(thread)
        clients.append(client)
        return client

    yield serve
    for client, server, thread in zip(clients, opened, threads, strict=True):
        client.close()
        server.stop()
        thread.join()


def post(client, body, content_type=CSV, accept=None):
    headers = {"Content-Type": content_type, "Accept": accept}
    client.request("POST", "/invocations", body, {name: value for name, value in headers.items() if value})
    response = client.getresponse()
    return response.status, response.getheader("Content-Type"), response.read()


@pytest.mark.parametrize("form", ROW)
def test_a_row_in_every_form_has_one_answer(connect, form):
    content_type, body = ROW[form]
    assert post(connect(), body, content_type) == (200, JSON, b'{"predictions": [{"score": -1.5}]}')


def test_rows_are_answered_in_order(connect):
    status, _, body = post(connect(), b"1,4\r\n0,0\n\n1,0\n")
    assert status == 200
    assert json.loads(body) == {"predictions": [{"score": -1.5}, {"score": 0.5}, {"score": 2.5}]}


def test_dense_and_sparse_lines_may_be_mixed(connect):
    lines = ROW["json lines"][1] + b'{"data": {"features": {"keys": [0], "shape": [2], "values": [1]}}}\n'
    _, _, body = post(connect(), lines, LINES)
    assert json.loads(body) == {"predictions": [{"score": -1.5}, {"score": 2.5}]}


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("application/json", JSON, b'{"predictions": [{"score": -1.5}]}'),
        ("*/*", JSON, b'{"predictions": [{"score": -1.5}]}'),
        ("application/jsonlines", LINES, b'{"score": -1.5}\n'),
        ("text/csv", CSV, b"-1.5\n"),
        ("image/png, application/jsonlines;q=0.5", LINES, b'{"score": -1.5}\n'),
    ],
)
def test_the_answer_has_the_accepted_form(connect, accept, content_type, body):
    assert post(connect(), b"1,4", accept=accept) == (200, content_type, body)


def test_recordio_answers_hold_the_scores_and_the_label(connect):
    _, content_type, body = post(connect(MULTICLASS), b"1,4\n4,1", accept=RECORDIO)
    assert content_type == RECORDIO
    first, second = read_records(io.BytesIO(body))
    assert list(first.label["predicted_label"].values) == [1.0]
    assert list(second.label["predicted_label"].values) == [0.0]
    assert sum(first.label["score"].values) == pytest.approx(1)
    assert first.label["score"].values.typecode == "f"


def test_a_binary_label_follows_the_calibrated_threshold(connect):
    _, _, body = post(connect(BINARY), b"1,0\n2,0")  # probabilities 0.88 and 0.98, threshold 0.9
    low, high = json.loads(body)["predictions"]
    assert (low["predicted_label"], high["predicted_label"]) == (0, 1)
    assert low["score"] == pytest.approx(1 / (1 + np.exp(-2)))


def test_a_multiclass_answer_has_one_score_per_class(connect):
    _, _, body = post(connect(MULTICLASS), b"1,4")
    (answer,) = json.loads(body)["predictions"]
    assert len(answer["score"]) == 3
    assert answer["predicted_label"] == 1


@pytest.mark.parametrize(
    ("content_type", "body", "status", "message"),
    [
        ("application/x-npy", b"1,4", 415, "Content-type application/x-npy is not supported"),
        (CSV, b"1,4\n1,2,3", 400, "row 2 has 3 features; the model was trained with 2 per row"),
        (CSV, b"1,four", 400, "could not convert string to float: 'four'"),
        (CSV, b"1,nan", 400, "row 1, feature 2: not a finite number"),
        (CSV, b"", 400, "the request holds no row"),
        (CSV, b"\xff\xfe", 400, "utf-8"),
        (JSON, b"{", 400, "unable to evaluate payload provided as application/json"),
        (JSON, b"[[1, 4]]", 400, '"instances"'),
        (JSON, b'{"instances": [{"values": [1, 4]}]}', 400, "'data' is missing"),
        (JSON, b'{"instances": [3]}', 400, "unable to evaluate"),
        (
            JSON,
            b'{"instances": [{"data": {"features": {"keys": [-1], "shape": [2], "values": [1]}}}]}',
            400,
            "outside of the shape",
        ),
        (
            JSON,
            b'{"instances": [{"data": {"features": {"keys": [0], "shape": [99999999999], "values": [1]}}}]}',
            400,
            "has the shape",
        ),
        (RECORDIO, b"1,4,5,6,7", 400, "this is not RecordIO"),
    ],
)
def test_bad_requests_are_told_and_the_connection_lives_on(connect, content_type, body, status, message):
    client = connect()
    got, answer_type, answer = post(client, body, content_type)
    assert (got, answer_type) == (status, JSON)
    assert message in json.loads(answer)["error"]
    assert post(client, b"1,4")[0] == 200


def test_an_accept_that_cannot_be_written_is_told(connect):
    status, _, body = post(connect(), b"1,4", accept="image/png")
    assert status == 400
    assert "Accept type image/png is not supported" in json.loads(body)["error"]


def test_ping_and_execution_parameters(connect):
    client = connect()
    client.request("GET", "/ping")
    response = client.getresponse()
    assert (response.status, response.read()) == (200, b"")
    client.request("GET", "/execution-parameters")
    assert json.loads(client.getresponse().read()) == {
        "MaxConcurrentTransforms": 1,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }
    client.request("GET", "/elsewhere")
    response = client.getresponse()
    assert response.status == 404
    response.read()


def test_a_large_body_and_its_answer_pass(connect):
    row = b"1,4." + b"0" * 59 + b"\n"
    rows = row * (6 * 1024 * 1024 // len(row))
    status, _, body = post(connect(), rows, accept=CSV)
    assert status == 200
    assert body == b"-1.5\n" * (len(rows) // len(row))


def raw(client, data):
    with socket.create_connection((client.host, client.port), timeout=10) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /invocations HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST /invocations HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", b"400"),
        (b"POST /invocations HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"400"),
        (b"POST /invocations HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET /ping HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"GET /ping HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n", b"200"),
    ],
)
def test_a_connection_that_cannot_go_on_is_answered_and_closed(connect, data, status):
    assert raw(connect(), data).startswith(b"HTTP/1.1 " + status + b" ")


def test_two_requests_in_one_packet_have_two_answers(connect):
    ping = b"GET /ping HTTP/1.1\r\n\r\n"
    assert raw(connect(), ping + ping[:-2] + b"Connection: close\r\n\r\n").count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize("model", [REGRESSOR, BINARY, MULTICLASS], ids=lambda model: model.predictor_type)
def test_a_saved_model_is_loaded_as_it_was(tmp_path, model):
    model.save(tmp_path)
    loaded = load(tmp_path)
    rows = np.array([[1.0, 4.0], [3.0, -2.0]])
    assert loaded.predict(rows) == model.predict(rows)


def npy():
    """Return a NumPy file that is no archive."""
    stream = io.BytesIO()
    np.save(stream, np.zeros(3))
    return stream.getvalue()


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04broken", b"\x80\x04.", npy()])
def test_a_file_that_is_no_model_is_told(tmp_path, data):
    (tmp_path / "model_algo-1").write_bytes(data)
    with pytest.raises(CustomerError, match="'model_algo-1' is not a model of linear-learner"):
        load(tmp_path)


def test_a_missing_model_is_told(tmp_path):
    with pytest.raises(CustomerError, match="holds no file 'model_algo-1'"):
        load(tmp_path)


def test_the_served_process_answers_and_ends_cleanly_on_sigterm(tmp_path):
    (tmp_path / "model").mkdir()
    REGRESSOR.save(tmp_path / "model")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path), "SAGEMAKER_BIND_TO_PORT": str(port)}
    command = [sys.executable, "-m", "sagewright.engine.algorithms.linear_learner", "serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert f"serving on port {port}" in process.stdout.readline()
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            assert post(client, b"1,4")[0] == 200
            process.send_signal(signal.SIGTERM)  # with a connection still open
            assert process.wait(10) == 0
            client.close()
        finally:
            process.kill()


def test_serving_without_a_model_fails_with_its_reason(tmp_path):
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "sagewright.engine.algorithms.linear_learner", "serve"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "ClientError: The model archive holds no file 'model_algo-1'" in ended.stderr
