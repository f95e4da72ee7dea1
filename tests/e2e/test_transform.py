"""Transform jobs, from boto3 to the objects that they write, in real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import dataclass
from typing import Any

import pytest

from sagewright import cli
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.steward.loop import steward_pid
from tests.conftest import processes_of
from tests.e2e.conftest import LINEAR_LEARNER, OVER, ROLE, Cloud, wait_until

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/doubling:latest"

# Doubles the numbers of each line. Words make it answer with an error, sleep or end.
SERVE = """#!/usr/bin/env python
import http.server, os, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404)
    def given(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)
    def do_POST(self):
        text = self.given().decode()
        if "die" in text:
            os._exit(7)
        if "sleep" in text:
            time.sleep(60)
        if "bad" in text:
            self.answer(400, b"I cannot double `bad`.")
            return
        lines = [",".join(str(2 * float(x)) for x in line.split(",")) for line in text.split("\\n")]
        self.answer(200, "\\n".join(lines).encode())
    def log_message(self, *_): pass
print("batch:", os.environ.get("SAGEMAKER_BATCH"), os.environ.get("SAGEMAKER_BATCH_STRATEGY"), os.environ.get("WORD"))
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


@dataclass
class Batches:
    """Runs transform jobs."""

    cloud: Cloud

    def put(self, **objects: str) -> None:
        for name, text in objects.items():
            self.cloud.s3.put_object(Bucket="bucket", Key=f"in/{name}.csv", Body=text.encode())

    def submit(self, name: str = "t", **changes: Any) -> None:
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in/"}}
        request = {
            "TransformJobName": name,
            "ModelName": "m",
            "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
            "TransformOutput": {"S3OutputPath": f"s3://bucket/{name}", "Accept": "text/csv", "AssembleWith": "Line"},
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **changes,
        }
        self.cloud.sagemaker.create_transform_job(**request)

    def describe(self, name: str = "t") -> dict[str, Any]:
        return dict(self.cloud.sagemaker.describe_transform_job(TransformJobName=name))

    def end_of(self, name: str = "t") -> dict[str, Any]:
        def over() -> dict[str, Any] | None:
            job = self.describe(name)
            return job if job["TransformJobStatus"] in OVER else None

        return wait_until(over)

    def run(self, name: str = "t", **changes: Any) -> dict[str, Any]:
        self.submit(name, **changes)
        return self.end_of(name)

    def outputs(self, name: str = "t") -> dict[str, str]:
        s3 = self.cloud.s3
        found = s3.list_objects_v2(Bucket="bucket", Prefix=f"{name}/").get("Contents", [])
        keys = [item["Key"] for item in found]
        return {
            key.removeprefix(f"{name}/"): s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode()
            for key in keys
        }

    def log(self, name: str = "t") -> dict[str, list[str]]:
        """Return the lines of each stream; of the data log's, without their times."""
        logs, group = self.cloud.client("logs"), "/aws/sagemaker/TransformJobs"
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
        told = {}
        for stream in (item["logStreamName"] for item in streams):
            events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
            told[stream.split("/")[-1]] = [
                event["message"].partition(":[sagemaker logs]: ")[2] or event["message"] for event in events
            ]
        return told

    def hosts(self) -> list[HostFolder]:
        return [HostFolder(path.parent) for path in self.cloud.home.glob("executions/tf-*/*/started")]


@pytest.fixture
def batches(cloud, tmp_path):
    folder = tmp_path / "doubling"
    folder.mkdir()
    (folder / "serve").write_text(SERVE)
    (folder / "serve").chmod(0o755)
    assert cli.main(["images", "map", IMAGE, "--dir", str(folder), "--serve", "python -u serve"]) == 0
    assert cloud.s3
    cloud.sagemaker.create_model(ModelName="m", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=ROLE)
    return Batches(cloud)


def test_a_trained_model_transforms_and_its_answers_stand_beside_the_input(cloud):
    model = cloud.run("trained")["ModelArtifacts"]["S3ModelArtifacts"]
    container = {"Image": LINEAR_LEARNER, "ModelDataUrl": model}
    cloud.sagemaker.create_model(ModelName="m", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    batches = Batches(cloud)
    batches.put(rows="first,10,3\nsecond,20,1\n")
    job = batches.run(
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    )

    assert job["TransformJobStatus"] == "Completed", job
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    rows = [line.split(",") for line in batches.outputs()["rows.csv.out"].splitlines()]
    assert [name for name, _ in rows] == ["first", "second"]
    assert [float(score) for _, score in rows] == pytest.approx([31.0, 61.0], abs=0.5)
    wait_until(lambda: batches.hosts() == [])


def test_several_instances_share_the_objects(batches):
    batches.put(**{f"rows-{n}": f"{n}\n{n + 1}\n" for n in range(5)}, **{"deep/er": "1.5"})
    job = batches.run(
        BatchStrategy="SingleRecord",
        MaxConcurrentTransforms=4,
        Environment={"WORD": "given"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 2},
    )

    assert job["TransformJobStatus"] == "Completed", job
    expected = {f"rows-{n}.csv.out": f"{2.0 * n}\n{2.0 * n + 2}\n" for n in range(5)}
    assert batches.outputs() == {**expected, "deep/er.csv.out": "3.0\n"}
    told = batches.log()
    assert told["data-log"] == ["MaxConcurrentTransforms=4, MaxPayloadInMB=6, BatchStrategy=SINGLE_RECORD"]
    assert ["batch: true SINGLE_RECORD given"] in told.values()


def test_a_record_that_fails_is_named_and_the_other_objects_are_transformed(batches):
    batches.put(a="1\n2\n", b="\n".join(["1"] * 40 + ["bad"] + ["2"] * 40), c="3")
    job = batches.run()

    assert job["TransformJobStatus"] == "Failed"
    first, hint, *_ = job["FailureReason"].split("\n")
    assert first == "ClientError: See job logs for more information"
    assert hint == (
        "hint: 1 of 3 objects could not be transformed, the first is s3://bucket/in/b.csv: record 41: Bad HTTP status "
        "received from algorithm: 400 I cannot double `bad`."
    )
    assert batches.outputs() == {"a.csv.out": "2.0\n4.0\n", "c.csv.out": "6.0\n"}
    assert batches.log()["data-log"][1:] == [
        "bucket/in/b.csv: record 41: Bad HTTP status received from algorithm: 400",
        "bucket/in/b.csv: ",
        "bucket/in/b.csv: Message:",
        "bucket/in/b.csv: I cannot double `bad`.",
    ]


def test_an_object_can_be_streamed_whatever_its_size(batches):
    batches.put(rows="1\n2\n3")
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in/rows.csv"}}
    job = batches.run(MaxPayloadInMB=0, TransformInput={"DataSource": source, "ContentType": "text/csv"})

    assert job["TransformJobStatus"] == "Completed", job
    assert batches.outputs() == {"rows.csv.out": "2.0\n4.0\n6.0\n"}


def test_a_pipeline_s_containers_answer_one_after_another(batches):
    containers = [{"Image": IMAGE, "ContainerHostname": name} for name in ("first", "second")]
    batches.cloud.sagemaker.create_model(ModelName="two", Containers=containers, ExecutionRoleArn=ROLE)
    batches.put(rows="1\n2")
    job = batches.run(ModelName="two", Environment={"WORD": "x"})

    assert job["TransformJobStatus"] == "Completed", job
    assert batches.outputs() == {"rows.csv.out": "4.0\n8.0\n"}
    assert set(batches.log()) == {"data-log", "first", "second"}
    used = batches.cloud.client("cloudwatch").list_metrics(Namespace="/aws/sagemaker/TransformJobs")["Metrics"]
    (host,) = {metric["Dimensions"][0]["Value"] for metric in used}
    assert host.startswith("t/i-")


def test_captured_data_is_listed_and_every_record_has_an_id(batches):
    batches.put(a="1\n2\n", b="3")
    job = batches.run(DataCaptureConfig={"DestinationS3Uri": "s3://bucket/captured", "GenerateInferenceId": True})

    assert job["TransformJobStatus"] == "Completed", job
    rows = [line.split(",") for text in batches.outputs().values() for line in text.splitlines()]
    assert [row[0] for row in rows] == ["2.0", "4.0", "6.0"]
    assert len({row[1] for row in rows}) == 3
    assert {row[2] for row in rows} == {job["TransformStartTime"].strftime("%Y-%m-%dT%H:%M:%SZ")}
    hour = job["TransformStartTime"].strftime("%Y/%m/%d/%H")
    manifests = batches.outputs("captured")
    assert json.loads(manifests[f"input/{hour}/t-1.json"]) == [{"prefix": "s3://bucket/in/"}, "a.csv", "b.csv"]
    assert json.loads(manifests[f"output/{hour}/t-1.json"]) == [{"prefix": "s3://bucket/t/"}, "a.csv.out", "b.csv.out"]


def test_a_stop_ends_the_job_and_leaves_whole_outputs_only(batches):
    batches.put(a="1\n2\n", b="sleep")
    batches.submit()
    wait_until(lambda: batches.outputs() or None)
    batches.cloud.sagemaker.stop_transform_job(TransformJobName="t")
    job = batches.end_of()

    assert job["TransformJobStatus"] == "Stopped"
    assert batches.outputs() == {"a.csv.out": "2.0\n4.0\n"}
    wait_until(lambda: batches.hosts() == [])


def test_a_server_that_ends_fails_the_job(batches):
    batches.put(a="1", b="die", c="3")
    job = batches.run()

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: ")
    assert "exit code: 7" in job["FailureReason"]
    assert batches.outputs() == {"a.csv.out": "2.0\n"}


@pytest.mark.parametrize("victim", ["batch-2", "algo-1"])
def test_a_process_that_is_killed_fails_the_job(batches, victim):
    batches.put(a="1", b="sleep")
    batches.submit()
    wait_until(lambda: batches.outputs() or None)
    (host,) = [folder for folder in batches.hosts() if folder.path.name == victim]
    os.kill(host.pid() or 0, signal.SIGKILL)
    job = batches.end_of()

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("InternalServerError: ")
    wait_until(lambda: batches.hosts() == [])


def test_a_home_that_is_removed_leaves_no_process_behind(batches):
    batches.put(a="1", b="sleep")
    batches.submit()
    wait_until(lambda: batches.outputs() or None)
    shutil.rmtree(batches.cloud.home)

    wait_until(lambda: not processes_of(batches.cloud.home), seconds=20)


def test_the_job_goes_on_when_the_steward_is_killed(batches):
    batches.put(**{f"rows-{n}": "\n".join(map(str, range(150))) for n in range(3)})
    batches.submit(BatchStrategy="SingleRecord")
    wait_until(lambda: batches.outputs() or None)
    os.kill(steward_pid(batches.cloud.home) or 0, signal.SIGKILL)
    job = batches.end_of()

    assert job["TransformJobStatus"] == "Completed", job
    assert len(batches.outputs()) == 3
