"""Invocations in every form, from boto3 to servers that real processes are."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagewright import cli
from tests.e2e.conftest import ROLE, wait_until

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/teller:1"

# Tells what it was asked, as a server for one model and, with `/models`, for many.
SERVE = """
import http.server, json, os, signal, sys, threading, time
LOADED = {}

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/models":
            models = [{"modelName": name, "modelUrl": url} for name, (url, _) in LOADED.items()]
            return self.answer(200, json.dumps({"models": models}).encode())
        known = self.path == "/ping" or self.path.removeprefix("/models/") in LOADED
        self.answer(200 if known else 404)

    def do_DELETE(self):
        self.answer(200 if LOADED.pop(self.path.removeprefix("/models/"), None) else 404)

    def do_POST(self):
        given = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/models":
            asked = json.loads(given)
            if len(LOADED) >= 2:
                return self.answer(507)
            base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
            path = asked["url"].replace("/opt/ml", base) + "/text"
            LOADED[asked["model_name"]] = asked["url"], open(path).read()
            return self.answer(200)
        if self.path.startswith("/models/"):
            name = self.path.split("/")[2]
            if name not in LOADED:
                return self.answer(404)
            return self.answer(200, LOADED[name][1].encode())
        if given == b"die":
            os._exit(3)
        if given == b"fail":
            return self.answer(500, b"Traceback (most recent call last): ValueError: the cause", "text/plain")
        if given.startswith(b"stream"):
            return self.stream(int(given.split()[1]))
        name = os.environ.get("NAME", "?")
        self.answer(200, f"{name}({given.decode()})".encode(), "text/csv")

    def stream(self, parts):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(parts):
            self.wfile.write(b"3\\r\\n%03d\\r\\n" % number)
            time.sleep(0.02)
        self.wfile.write(b"0\\r\\n\\r\\n")

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(0.05)
"""


@pytest.fixture(autouse=True)
def image(tmp_path):
    folder = tmp_path / "teller"
    folder.mkdir()
    (folder / "serve.py").write_text(SERVE)
    assert cli.main(["images", "map", IMAGE, "--dir", str(folder), "--serve", "python serve.py"]) == 0


def container(name="told", **changes):
    return {"Image": IMAGE, "Environment": {"NAME": name}, **changes}


def variant(name="v", model="m", **changes):
    return {
        "VariantName": name,
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": 1.0,
        **changes,
    }


def deploy(cloud, models, **config):
    """Bring endpoint `e` into service on models (name -> members of its CreateModel)."""
    for name, members in models.items():
        cloud.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, **members)
    config.setdefault("ProductionVariants", [variant()])
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="e", **config)
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="e")
    endpoint = cloud.end_of_creation("e")
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")


def statistic(cloud, name, variant="v"):
    now = datetime.now(timezone.utc)
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=name,
        Dimensions=[{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": variant}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600 * 3,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


def test_streams_errors_and_metrics_of_one_container(cloud):
    deploy(cloud, {"m": {"PrimaryContainer": container()}})
    assert cloud.invoke(body=b"1") == b"told(1)"

    with pytest.raises(ClientError) as caught:
        cloud.invoke(body=b"fail")
    error = dict(caught.value.response)
    assert error["OriginalStatusCode"] == 500
    assert "ValueError: the cause" in str(caught.value)

    stream = cloud.client("sagemaker-runtime").invoke_endpoint_with_response_stream(EndpointName="e", Body=b"stream 3")
    assert [event["PayloadPart"]["Bytes"] for event in stream["Body"]] == [b"000", b"001", b"002"]

    with pytest.raises(ClientError, match=r"Received server error \(0\) from primary"):
        cloud.invoke(body=b"die")
    assert cloud.invoke(body=b"2") == b"told(2)"  # by its replacement

    assert statistic(cloud, "Invocations") == 5
    assert statistic(cloud, "Invocation5XXErrors") == 2
    assert statistic(cloud, "InvocationModelErrors") == 2
    assert statistic(cloud, "ModelLatency") > 40_000  # the stream alone took 60 ms


def test_a_pipeline_and_what_fails_in_it(cloud):
    containers = [container("scale", ContainerHostname="scale"), container("model")]
    deploy(cloud, {"m": {"Containers": containers}})
    assert cloud.invoke(body=b"1") == b"model(scale(1))"
    with pytest.raises(ClientError, match=r"Received server error \(500\) from scale"):
        cloud.invoke(body=b"fail")


def test_invocations_that_are_captured_and_shadowed(cloud):
    assert cloud.s3
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://bucket/captured",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
    }
    deploy(
        cloud,
        {
            "m": {"PrimaryContainer": container()},
            "shadow": {"PrimaryContainer": container("shadow")},
        },
        ShadowProductionVariants=[variant("s", "shadow")],
        DataCaptureConfig=capture,
    )
    runtime = cloud.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="e", Body=b"1", ContentType="text/csv", InferenceId="i-1")
    assert answer["Body"].read() == b"told(1)"
    assert wait_until(lambda: statistic(cloud, "Invocations", "s")) == 1
    with pytest.raises(ClientError, match=r"Received server error \(500\) from primary"):
        runtime.invoke_endpoint(EndpointName="e", Body=b"fail")

    cloud.sagemaker.delete_endpoint(EndpointName="e")

    def lines():
        listing = cloud.s3.list_objects_v2(Bucket="bucket", Prefix="captured/e/").get("Contents", [])
        bodies = [cloud.s3.get_object(Bucket="bucket", Key=item["Key"])["Body"].read() for item in listing]
        found = [json.loads(line) for body in bodies for line in body.splitlines()]
        return found if len(found) >= 4 else None

    found = wait_until(lines, seconds=20)
    outputs = sorted(
        line["captureData"]["endpointOutput"]["data"] for line in found if "endpointOutput" in line["captureData"]
    )
    assert outputs == ["shadow(1)", "told(1)"]


def test_containers_that_are_asked_directly(cloud):
    containers = [container(name, ContainerHostname=name) for name in ("one", "two")]
    deploy(cloud, {"m": {"Containers": containers, "InferenceExecutionConfig": {"Mode": "Direct"}}})
    assert cloud.invoke(body=b"1", TargetContainerHostname="two") == b"two(1)"
    assert cloud.invoke(body=b"1", TargetContainerHostname="one") == b"one(1)"
    with pytest.raises(ClientError, match="one of one, two"):
        cloud.invoke()


def test_many_models_behind_one_server(cloud):
    assert cloud.s3
    for letter in "abc":
        cloud.s3.put_object(Bucket="bucket", Key=f"models/{letter}.tar.gz", Body=archive(letter))
    many = container(Mode="MultiModel", ModelDataUrl="s3://bucket/models/")
    deploy(cloud, {"m": {"PrimaryContainer": many}})

    answers = []
    threads = [threading.Thread(target=lambda: answers.append(cloud.invoke(TargetModel="a.tar.gz"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"a"] * 4
    assert [cloud.invoke(TargetModel=f"{letter}.tar.gz") for letter in "bcab"] == [b"b", b"c", b"a", b"b"]
    with pytest.raises(ClientError, match="Failed to download model data"):
        cloud.invoke(TargetModel="none.tar.gz")
    assert statistic(cloud, "LoadedModelCount") > 0


def archive(text):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        info = tarfile.TarInfo("text")
        info.size = len(text)
        file.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_inference_components_share_an_endpoint(cloud):
    cloud.sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container("one"))
    production = {"VariantName": "v", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_endpoint_config(
        EndpointConfigName="e", ExecutionRoleArn=ROLE, ProductionVariants=[production]
    )
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="e")
    cloud.end_of_creation("e")
    served: dict[str, dict[str, Any]] = {"one": {"ModelName": "m"}, "two": {"Container": container("two")}}
    for name, specification in served.items():
        specification["ComputeResourceRequirements"] = {"MinMemoryRequiredInMb": 128}
        cloud.sagemaker.create_inference_component(
            InferenceComponentName=name,
            EndpointName="e",
            VariantName="v",
            Specification=specification,
            RuntimeConfig={"CopyCount": 1},
        )

    def in_service():
        found = cloud.sagemaker.list_inference_components(EndpointNameEquals="e")["InferenceComponents"]
        return all(component["InferenceComponentStatus"] == "InService" for component in found) or None

    assert wait_until(in_service)
    assert cloud.invoke(body=b"1", InferenceComponentName="two") == b"two(1)"
    assert cloud.invoke(body=b"1", InferenceComponentName="one") == b"one(1)"
    with pytest.raises(ClientError, match="Inference Component Name header is required"):
        cloud.invoke()
