"""The batch engine over a real HTTP server: outputs are the same whatever the limits say."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagewright.engine.batch.instance import failure_reason, transform
from sagewright.engine.batch.limits import Limits, execution_parameters, limits_of
from sagewright.engine.batch.transforming import ServerGone
from sagewright.engine.engine import Engine
from sagewright.engine.planning.batch import Batch, Capture

STARTED = 1_700_000_000.0


class Model(http.server.ThreadingHTTPServer):
    """Adds 1 to the first number of each line; does what words in them say."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: Counter[str] = Counter()
        self.parameters: dict[str, Any] | None = None
        self.lock = threading.Lock()
        self.at_once = self.most_at_once = 0
        self.last_headers: dict[str, str] = {}

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that did not wait."""

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Model
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        said = self.server.parameters
        self.answer(404 if said is None else 200, json.dumps(said).encode())

    def do_POST(self):
        server = self.server
        with server.lock:
            server.at_once += 1
            server.most_at_once = max(server.at_once, server.most_at_once)
        text = self.given().decode()
        with server.lock:
            server.requests[text] += 1
            server.last_headers = dict(self.headers)
        status, said = self.respond(text)
        with server.lock:
            server.at_once -= 1
        self.answer(status, said)

    def respond(self, text):
        if "slow" in text:
            time.sleep(0.5)
        if "bad" in text:
            return 400, b"bad input"
        if "broken" in text or ("once" in text and self.server.requests[text] == 1):
            return 500, b"broken"
        if "lonely" in text and "\n3" in text and text.startswith("1"):
            return 400, b"not together"
        text = text.replace("none\n", "").replace("none", "")
        answers = [
            line.replace("lonely", "0").replace("slow", "0").replace("once", "0") for line in text.split("\n") if line
        ]
        return 200, "\n".join(str(float(line.split(",")[0]) + 1) for line in answers).encode()

    def given(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with Model() as model:
        thread = threading.Thread(target=model.serve_forever, args=(0.02,))
        thread.start()
        yield model
        model.shutdown()
        thread.join()


@pytest.fixture
def model(server):
    server.requests.clear()
    server.parameters, server.most_at_once = None, 0
    return server


class Job:
    """A transform job of one instance on an engine in memory."""

    def __init__(self, model, folder):
        self.parts, self.model, self.folder, self.lines = Engine.in_memory().parts, model, folder, []
        self.parts.objects.create_bucket("b", "us-east-1", "me")

    def run(self, objects, addresses=None, is_up=lambda: True, **changes):
        for key, body in objects.items():
            self.parts.objects.put("b", key, body)
        described: dict[str, Any] = {"job": "t", "arn": "arn:t", "servers": ["algo-1"], "bucket": "b", "prefix": "in/"}
        more: dict[str, Any] = {
            "output_bucket": "b",
            "output_prefix": "out/",
            "started_at": STARTED,
            "split_type": "Line",
        }
        batch = Batch(**{**described, **more, "line_ends": True, "content_type": "text/csv", **changes})
        self.done = transform(
            self.parts, batch, addresses or [self.model.address], self.folder, self.lines.extend, is_up
        )
        return self.outputs()

    def outputs(self, prefix="out/"):
        found = self.parts.objects.list("b", prefix).objects
        return {info.key.removeprefix(prefix): self.parts.objects.open("b", info.key)[1].read() for info in found}

    @property
    def told(self):
        return [line.partition(":[sagemaker logs]: ")[2] for line in self.lines]


@pytest.fixture
def job(model, tmp_path):
    return Job(model, tmp_path)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.integers(0, 99), max_size=9), min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from([1, 2, 7]),
    st.booleans(),
)
def test_the_output_is_the_same_whatever_the_limits(model, tmp_path, objects, single, concurrent, join):
    bodies = {f"in/{n}.csv": "\n".join(map(str, rows)).encode() for n, rows in enumerate(objects)}
    found = Job(model, tmp_path).run(bodies, single=single, max_concurrent=concurrent, join=join)

    row = (lambda x: f"{x},{x + 1}.0\n") if join else (lambda x: f"{x + 1}.0\n")
    assert found == {f"{n}.csv.out": "".join(map(row, rows)).encode() for n, rows in enumerate(objects)}


def test_answers_are_taken_in_order_though_the_first_is_the_last(job, model):
    body = b"slow\n" + b"\n".join(b"%d" % n for n in range(1, 40))
    found = job.run({"in/a": body}, single=True, max_concurrent=4)

    assert found == {"a.out": b"".join(b"%d.0\n" % (n + 1) for n in range(40))}
    assert 1 < model.most_at_once <= 4


def test_only_so_much_is_read_ahead(job, model):
    """Of an object whose first answer is slow no more requests are made than twice as many as go at a time."""
    body = b"slow\n" + b"\n".join(b"%d" % n for n in range(200))
    began = threading.Timer(0.3, lambda: job.lines.append(f"x:[sagemaker logs]: {sum(model.requests.values())}"))
    began.start()
    job.run({"in/a": body}, single=True, max_concurrent=2)
    began.join()

    assert int(job.told[1]) <= 4


def test_a_failing_object_gets_no_output_and_the_others_do(job):
    found = job.run({"in/a": b"1", "in/b": b"1\n2\nbad\n4\nbad", "in/c": b"3"}, max_concurrent=3)

    assert found == {"a.out": b"2.0\n", "c.out": b"4.0\n"}
    assert [failure.where for _, failure in job.done.failed] == ["record 3"]
    assert "b/in/b: record 3: Bad HTTP status received from algorithm: 400" in job.told
    assert str(failure_reason(job.done, "t/i/data-log")).startswith(
        "ClientError: See job logs for more information\nhint: 1 of 3 objects could not be transformed, the first is "
        "s3://b/in/b: record 3: "
    )


def test_a_record_without_an_answer_is_found_by_asking_for_fewer(job):
    found = job.run({"in/a": b"1\n2\nnone\n4", "in/b": b"5"}, join=True)

    assert found == {"b.out": b"5,6.0\n"}
    ((_, failure),) = job.done.failed
    assert failure.told == [
        "record 3: Failed to parse output from the algorithm as CSV: it has 0 records, of 1 that it was sent"
    ]
    assert failure.kind == "AlgorithmError"


def test_records_that_only_fail_together_are_named_together(job):
    job.run({"in/a": b"1\nlonely\n3"})
    ((_, failure),) = job.done.failed
    assert failure.where == "records 1 to 3"


def test_a_5xx_is_tried_again_and_a_4xx_is_not(job, model):
    assert job.run({"in/a": b"once"}, max_retries=1) == {"a.out": b"1.0\n"}
    job.run({"in/b": b"broken", "in/c": b"bad"}, max_retries=2)
    assert (model.requests["broken"], model.requests["bad"]) == (3, 1)
    assert [failure.kind for _, failure in job.done.failed] == ["AlgorithmError", "ClientError"]


def test_an_answer_that_takes_too_long_fails_the_record(job):
    job.run({"in/a": b"1\nslow"}, single=True, timeout_s=0.1, max_retries=0)
    ((_, failure),) = job.done.failed
    assert failure.told == ["record 2: Model server did not respond to /invocations request within 0.1 seconds"]


def test_servers_that_have_ended_end_the_work(job):
    with pytest.raises(ServerGone):
        job.run({"in/a": b"1"}, addresses=["127.0.0.1:1"], is_up=lambda: False)


def test_a_record_that_is_too_large_is_named(job):
    found = job.run({"in/a": b"1\n" + b"1" * (1 << 20) + b"0", "in/b": b"1"}, max_payload_mb=1)
    assert found == {"b.out": b"2.0\n"}
    assert job.told[1].startswith("b/in/a: record 2: Too much data for max payload size: ")


def test_objects_are_expanded_streamed_and_passed_through_several_containers(job, model):
    assert job.run({"in/a.gz": gzip.compress(b"1\n2")}, gunzip=True) == {"a.gz.out": b"2.0\n3.0\n"}
    assert job.run({"in/b": b"1\n2"}, gunzip=True)["a.gz.out"]
    assert job.told[-1].startswith("b/in/b: Bad input: the object cannot be expanded")
    twice = job.run({"on/c": b"5"}, prefix="on/", addresses=[model.address, model.address], accept="text/csv")
    assert twice["c.out"] == b"7.0\n"
    job.run({"on/c": b"5\n6"}, prefix="on/", max_payload_mb=0, line_ends=False)
    assert job.outputs()["c.out"] == b"6.0\n7.0"
    assert model.last_headers["Transfer-Encoding"] == "chunked"
    job.run({"on/c": b"no gzip"}, prefix="on/", max_payload_mb=0, gunzip=True)
    assert job.told[-1].startswith("b/on/c: Bad input: the object cannot be expanded")


def test_a_manifest_names_the_objects_and_instances_take_turns(job):
    manifest = [{"prefix": "s3://b/in/"}, "a", "deep/b", "missing"]
    objects = {"in/a": b"1", "in/deep/b": b"2", "list": json.dumps(manifest).encode()}
    found = job.run(objects, data_type="ManifestFile", prefix="list", share=1, shares=2)
    assert found == {"deep/b.out": b"3.0\n"}
    job.run({}, data_type="ManifestFile", prefix="list", share=0, shares=2)
    assert job.told[-1] == "b/in/missing: Bad input: the object does not exist"


def test_a_job_that_writes_beneath_its_input_does_not_read_its_own_output(job):
    job.run({"in/a": b"1"}, output_prefix="in/", started_at=0.0)
    job.run({}, output_prefix="in/", started_at=0.0)
    assert job.outputs("in/") == {"a": b"1", "a.out": b"2.0\n"}


def test_inference_ids_do_not_depend_on_how_records_travel(job):
    capture = Capture("b", "captured/", inference_ids=True)
    one = job.run({"in/a": b"1\n2\n3"}, capture=capture)
    other = job.run({}, capture=capture, single=True, max_concurrent=3)

    assert one == other
    rows = [line.split(b",") for line in one["a.out"].splitlines()]
    assert len({row[1] for row in rows}) == 3
    assert {row[2] for row in rows} == {b"2023-11-14T22:13:20Z"}
    assert json.loads(job.outputs("captured/")["input/2023/11/14/22/t-1.json"]) == [{"prefix": "s3://b/in/"}, "a"]


def batch(**changes):
    described: dict[str, Any] = {"job": "t", "arn": "arn:t", "servers": ["algo-1"], "bucket": "b", "prefix": "in/"}
    return Batch(**described, output_bucket="b", output_prefix="", started_at=0.0, **changes)


@pytest.mark.parametrize(
    ("asked", "said", "limits"),
    [
        ({}, {}, Limits(single=False, max_payload_mb=6, max_concurrent=1)),
        (
            {},
            {"MaxConcurrentTransforms": 4, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 2},
            Limits(single=True, max_payload_mb=2, max_concurrent=4),
        ),
        ({"single": False, "max_payload_mb": 0}, {"BatchStrategy": "SINGLE_RECORD"}, Limits(False, 0, 1)),
        ({"max_concurrent": 0}, {"MaxConcurrentTransforms": 96}, Limits(False, 6, 16)),
        ({"max_concurrent": 50}, {}, Limits(False, 2, 50)),
        ({}, {"MaxConcurrentTransforms": "many", "MaxPayloadInMB": -1}, Limits(False, 6, 1)),
    ],
)
def test_the_request_stands_above_the_server_and_that_above_the_defaults(asked, said, limits):
    assert limits_of(batch(**asked), said) == limits


def test_a_server_need_not_say_anything():
    assert execution_parameters(404, b"{}") == execution_parameters(200, b"<html>") == {}
    assert execution_parameters(200, b'{"BatchStrategy": "MULTI_RECORD"}') == {"BatchStrategy": "MULTI_RECORD"}


def test_the_document_of_a_client_survives_the_disk():
    full = batch(capture=Capture("b", "c/", inference_ids=True), single=True, join=True)
    from dataclasses import asdict

    assert Batch.from_json(json.loads(json.dumps(asdict(full)))) == full
