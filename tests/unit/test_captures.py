from __future__ import annotations

import json
import multiprocessing
import re
import threading
from dataclasses import replace

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.hosting import gates
from sagewright.engine.hosting.capture import spool
from sagewright.engine.hosting.capture.lines import Exchange, Side, capture_line
from sagewright.engine.hosting.connections import close_all
from sagewright.engine.steward.captures import AGE_S, CaptureReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.model_servers import SCOPE, invoke, put_endpoint, response, serving

CONFIG = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/captured/",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
}
BATCH = ("bucket", "captured")


def the_batch(home):
    (waiting,) = spool.spools(home)
    batch = spool.batch_of(waiting)
    assert batch is not None
    return batch


def line_of(config=None, **changes):
    exchange = Exchange("e-1", 1704164645.9, Side("text/csv", b"1,2,3"), Side("text/csv; charset=utf-8", b"0.1"))
    return capture_line({**CONFIG, **(config or {})}, replace(exchange, **changes))


def test_a_line_is_as_aws_writes_it():
    assert json.loads(line_of(inference_id="i-1", custom_attributes="a=b")) == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": "1,2,3",
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "text/csv; charset=utf-8",
                "mode": "OUTPUT",
                "data": "0.1",
                "encoding": "CSV",
            },
        },
        "eventMetadata": {
            "eventId": "e-1",
            "customAttributes": ["a=b"],
            "inferenceId": "i-1",
            "inferenceTime": "2024-01-02T03:04:05Z",
        },
        "eventVersion": "0",
    }


@pytest.mark.parametrize(
    ("content_type", "header", "encoding", "data"),
    [
        ("application/json", None, "JSON", "1,2,3"),
        ("application/x-npy", None, "BASE64", "MSwyLDM="),
        (None, None, "BASE64", "MSwyLDM="),
        ("own/csv", {"CsvContentTypes": ["own/csv"]}, "CSV", "1,2,3"),
        ("text/csv", {"CsvContentTypes": ["own/csv"]}, "BASE64", "MSwyLDM="),
        ("application/json", {"CsvContentTypes": ["own/csv"]}, "JSON", "1,2,3"),
    ],
)
def test_bytes_are_written_as_their_type_says(content_type, header, encoding, data):
    line = line_of({"CaptureContentTypeHeader": header}, input=Side(content_type, b"1,2,3"))
    side = json.loads(line)["captureData"]["endpointInput"]
    assert (side["encoding"], side["data"]) == (encoding, data)


@pytest.mark.parametrize(
    ("modes", "sides"),
    [
        (["Input"], ["endpointInput"]),
        (["Output"], ["endpointOutput"]),
        (["InputAndOutput"], ["endpointInput", "endpointOutput"]),
    ],
)
def test_only_the_sides_that_were_asked_for_appear(modes, sides):
    line = line_of({"CaptureOptions": [{"CaptureMode": mode} for mode in modes]})
    assert list(json.loads(line)["captureData"]) == sides


def test_of_an_error_only_the_input_is_known():
    assert list(json.loads(line_of(output=None))["captureData"]) == ["endpointInput"]
    assert line_of({"CaptureOptions": [{"CaptureMode": "Output"}]}, output=None) is None


class TestSpool:
    def test_lines_of_an_hour_become_one_object(self, tmp_path):
        firsts = [spool.add(tmp_path, SCOPE, "e", "v", BATCH, 1704164645.9 + n, f"{n}\n") for n in range(3)]
        batch = the_batch(tmp_path)
        assert (batch.bucket, batch.lines) == ("bucket", b"0\n1\n2\n")
        assert firsts == [True, False, False]
        assert re.fullmatch(r"captured/e/v/2024/01/02/03/04-05-900-[0-9a-f-]{36}\.jsonl", batch.key)

    def test_another_hour_is_another_object(self, tmp_path):
        for n in range(2):
            spool.add(tmp_path, SCOPE, "e", "v", BATCH, 1704164645.0 + n * 3600, "x\n")
        assert [waiting.hour for waiting in spool.spools(tmp_path)] == ["2024010203", "2024010204"]

    def test_a_line_that_a_full_disk_has_torn_is_left_out(self, tmp_path):
        spool.add(tmp_path, SCOPE, "e", "v", BATCH, 0.0, "whole\n")
        (waiting,) = spool.spools(tmp_path)
        with waiting.path.open("a") as file:
            file.write("torn")
        assert the_batch(tmp_path).lines == b"whole\n"

    def test_nothing_is_lost_between_writers_and_who_takes(self, tmp_path):
        taken, over = [], threading.Event()

        def take():
            while True:
                last = over.is_set()
                for waiting in map(spool.seal, spool.spools(tmp_path)):
                    if batch := spool.batch_of(waiting):
                        taken.append(batch.lines)
                    waiting.path.unlink()
                if last:
                    return

        taker = threading.Thread(target=take)
        taker.start()
        context = multiprocessing.get_context("spawn")
        writers = [context.Process(target=write_many, args=(tmp_path, number)) for number in range(2)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        over.set()
        taker.join()
        lines = b"".join(taken).decode().split()
        assert sorted(lines) == sorted(f"{w}-{n}" for w in range(2) for n in range(500))


def write_many(home, writer):
    for n in range(500):
        spool.add(home, SCOPE, "e", "v", BATCH, 0.0, f"{writer}-{n}\n")


@pytest.fixture
def captured(house, tmp_path):
    house = replace(house, engine=Engine(replace(house.parts, home=tmp_path)))
    (tmp_path / "executions" / "x-0").mkdir(parents=True)
    gates.make(tmp_path, "x-0")

    def answer(got):
        return response(b"bad", 400) if got.body == b"bad" else response(b"0.5", Content_Type="text/csv")

    with serving(answer) as server:
        put_endpoint(house, server.address, config={"DataCaptureConfig": CONFIG})
        house.address = server.address
        yield house
    close_all()


def objects(house):
    listing = house.parts.objects.list("bucket", "captured/")
    return [house.parts.objects.open("bucket", info.key)[1].read().decode() for info in listing.objects]


def test_invocations_become_objects_when_they_are_old_enough(captured):
    reconciler = CaptureReconciler(captured.parts)
    invoke(captured, ContentType="text/csv", InferenceId="i-1")
    invoke(captured, ContentType="text/csv")
    assert reconciler.tick()
    assert objects(captured) == []
    captured.parts.clock.sleep(AGE_S)
    assert not reconciler.tick()

    (lines,) = objects(captured)
    first, second = map(json.loads, lines.splitlines())
    assert first["captureData"]["endpointInput"]["data"] == "1,2"
    assert first["captureData"]["endpointOutput"]["data"] == "0.5"
    assert first["eventMetadata"]["inferenceId"] == "i-1"
    assert first["eventMetadata"]["eventId"] != second["eventMetadata"]["eventId"]
    assert not reconciler.tick()
    assert len(objects(captured)) == 1


def test_an_endpoint_that_goes_leaves_its_captures_at_once(captured):
    invoke(captured)
    put_endpoint(captured, captured.address, endpoint_status="Deleting")
    CaptureReconciler(captured.parts).tick()
    assert len(objects(captured)) == 1


def test_a_steward_that_was_killed_before_it_removed_the_file_writes_the_same_object_again(captured, tmp_path):
    invoke(captured)
    (waiting,) = map(spool.seal, spool.spools(tmp_path))
    data = waiting.path.read_bytes()
    CaptureReconciler(captured.parts).tick()
    waiting.path.write_bytes(data)
    CaptureReconciler(captured.parts).tick()
    assert len(objects(captured)) == 1


def test_captures_without_a_bucket_wait_and_keep_no_steward(captured, tmp_path):
    config = {"DataCaptureConfig": {**CONFIG, "DestinationS3Uri": "s3://later/c"}}
    put_endpoint(captured, captured.address, config=config)
    invoke(captured)
    captured.parts.clock.sleep(AGE_S)
    reconciler = CaptureReconciler(captured.parts)
    assert not reconciler.tick()
    invoke(captured)
    captured.parts.clock.sleep(AGE_S)
    assert not reconciler.tick()
    assert len(spool.spools(tmp_path)) == 2
    captured.parts.objects.create_bucket("later", "us-east-1", "1")
    reconciler.tick()
    assert not spool.spools(tmp_path)
    assert len(captured.parts.objects.list("later", "c/e/v/").objects) == 2


def test_of_an_error_the_input_is_captured(captured, tmp_path):
    with pytest.raises(ApiError):
        invoke(captured, b"bad", ContentType="text/csv")
    batch = the_batch(tmp_path)
    assert list(json.loads(batch.lines)["captureData"]) == ["endpointInput"]


@pytest.mark.parametrize("change", [{"InitialSamplingPercentage": 0}, {"EnableCapture": False}])
def test_what_is_not_in_the_sample_is_not_captured(captured, tmp_path, change):
    put_endpoint(captured, captured.address, config={"DataCaptureConfig": {**CONFIG, **change}})
    invoke(captured)
    assert spool.spools(tmp_path) == []


def test_a_sample_is_drawn(captured, tmp_path):
    put_endpoint(captured, captured.address, config={"DataCaptureConfig": {**CONFIG, "InitialSamplingPercentage": 50}})
    for _ in range(60):
        invoke(captured)
    batch = the_batch(tmp_path)
    assert 5 < batch.lines.count(b"\n") < 55


def test_a_stream_is_captured_whole(captured, tmp_path):
    body = invoke(captured, operation="InvokeEndpointWithResponseStream")["Body"]
    list(body)
    batch = the_batch(tmp_path)
    assert json.loads(batch.lines)["captureData"]["endpointOutput"]["data"] == "0.5"
