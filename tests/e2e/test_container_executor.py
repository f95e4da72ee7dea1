"""Images that run as they are, in containers of a real engine."""

from __future__ import annotations

import contextlib
import json
import os
import signal

import pytest

from sagewright import cli
from sagewright.engine.executors.container import engines
from sagewright.engine.steward.loop import steward_pid
from tests.container_engine import IMAGE
from tests.container_engine import held as held_by
from tests.e2e.conftest import ROLE, channel, wait_until

TRAIN = """
import json, os, sys
parameters = json.load(open("/opt/ml/input/config/hyperparameters.json"))
rows = open("/opt/ml/input/data/train/rows.csv").read().split()
model = {"rows": len(rows), "leaves": parameters["leaves"], "argv": sys.argv[1:]}
json.dump(model, open("/opt/ml/model/model.json", "w"))
print("loss=0.25;", os.path.exists("/work"), os.environ["COLOUR"], os.environ["AWS_REGION"], "PYTHONPATH" in os.environ)
print("to stderr", file=sys.stderr)
"""
SERVE = """
import http.server, signal, socket
signal.signal(signal.SIGTERM, lambda *_: exit(0))  # the first process of a container has no handler by itself
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body=b""):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer()
    def do_POST(self):
        given = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            socket.create_connection(("192.0.2.1", 9), timeout=0.2)
        except OSError as error:
            outside = type(error).__name__
        self.answer(open("/opt/ml/model/model.json", "rb").read() + f" {given.decode()} {outside}".encode())
http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
"""
DEAF = """
import signal, time
def end(*_):
    print("asked", flush=True)
    open("/opt/ml/model/asked", "w").close()
    raise SystemExit
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def held(container_engine, monkeypatch, home):
    """Lead jobs to the engine; return what names the containers and networks that it holds for them."""
    for name, value in container_engine.items():
        monkeypatch.setenv(name, value)

    def names():
        with contextlib.closing(engines.connect(container_engine)) as client:
            return held_by(client)

    yield names
    for name in names():
        engines.remove(container_engine, [name], [name])


def submit(cloud, code, name="own", count=1, **changes):
    cloud.s3.put_object(Bucket="bucket", Key=f"code/{name}/program.py", Body=code.encode())
    cloud.submit(
        name,
        AlgorithmSpecification={"TrainingImage": IMAGE, **changes.pop("specification", {})},
        InputDataConfig=[channel(), channel(f"s3://bucket/code/{name}/", "code")],
        HyperParameters=changes.pop("parameters", {"leaves": "5"}),
        Environment={"COLOUR": "blue"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": count, "VolumeSizeInGB": 1},
        **changes,
    )


def run(cloud, code, **changes):
    submit(cloud, code, **changes)
    return cloud.end_of("own")


def test_an_image_trains_and_serves_as_it_is(cloud, held):
    specification = {"MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]}
    job = run(cloud, TRAIN, specification=specification)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert sorted(cloud.log("own")) == ["loss=0.25; False blue us-east-1 False", "to stderr"]
    assert [metric["Value"] for metric in job["FinalMetricDataList"]] == [0.25]
    assert held() == []

    model = job["ModelArtifacts"]["S3ModelArtifacts"]
    serve(cloud, model)
    stored, given, _ = cloud.invoke("own", b"x").rsplit(b" ", 2)
    assert (json.loads(stored), given) == ({"rows": 200, "leaves": "5", "argv": ["train"]}, b"x")
    assert len(held()) == 1

    serve(cloud, model, "apart", EnableNetworkIsolation=True)
    assert cloud.invoke("apart", b"x").endswith(b" x OSError")  # unreachable, not timed out
    for name in ("own", "apart"):
        cloud.sagemaker.delete_endpoint(EndpointName=name)
    wait_until(lambda: held() == [])


def serve(cloud, model, name="own", **changes):
    container = {"Image": IMAGE, "ModelDataUrl": model, "Environment": {"SERVE": SERVE}}
    cloud.sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE, **changes)
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    cloud.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    cloud.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    endpoint = cloud.end_of_creation(name)
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")


def test_a_container_transforms(cloud, held):
    assert cloud.s3
    container = {"Image": IMAGE, "Environment": {"SERVE": SERVE.replace("/opt/ml/model/model.json", "/etc/hosts")}}
    cloud.sagemaker.create_model(ModelName="own", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train/"}}
    cloud.sagemaker.create_transform_job(
        TransformJobName="t",
        ModelName="own",
        TransformInput={"DataSource": source, "ContentType": "text/csv"},
        TransformOutput={"S3OutputPath": "s3://bucket/t"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    sagemaker = cloud.sagemaker
    job = wait_until(
        lambda: (j := sagemaker.describe_transform_job(TransformJobName="t")).get("TransformEndTime") and j
    )
    assert job["TransformJobStatus"] == "Completed", job
    assert b"1,0,0" in cloud.s3.get_object(Bucket="bucket", Key="t/rows.csv.out")["Body"].read()
    assert held() == []


def test_a_container_reads_a_pipe(cloud, held):
    program = ["/usr/bin/python3", "-c", "print(len(open('/opt/ml/input/data/train_0').read().split()))"]
    specification = {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe", "ContainerEntrypoint": program}
    job = cloud.run("own", AlgorithmSpecification=specification, InputDataConfig=[channel()], HyperParameters={})
    assert (job["TrainingJobStatus"], cloud.log("own")) == ("Completed", ["200"]), job.get("FailureReason")


def test_an_image_with_a_script_mode_of_its_own_finds_the_script(cloud, held):
    cloud.s3.put_object(Bucket="bucket", Key="source/sourcedir.tar.gz", Body=b"archive")
    code = """
import json
parameters = json.load(open("/opt/ml/input/config/hyperparameters.json"))
print(open(json.loads(parameters["sagemaker_submit_directory"])).read())
"""
    parameters = {"sagemaker_submit_directory": '"s3://bucket/source/sourcedir.tar.gz"'}
    job = run(cloud, code, parameters=parameters)
    assert (job["TrainingJobStatus"], cloud.log("own")) == ("Completed", ["archive"]), job.get("FailureReason")


def test_a_failure_is_told_as_any_other(cloud, held):
    job = run(cloud, "open('/opt/ml/output/failure', 'w').write('no leaves'); print('so far'); exit(7)")
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].splitlines()[0] == "AlgorithmError: no leaves, exit code: 7"
    assert cloud.log("own") == ["so far"]


def test_an_entry_point_replaces_the_images_own_and_one_that_is_not_there_fails_the_job(cloud, held):
    program = ["/usr/bin/python3", "-c", "import sys; print(sys.argv[1:])"]
    job = run(cloud, "", specification={"ContainerEntrypoint": program, "ContainerArguments": ["a", "b"]})
    assert (job["TrainingJobStatus"], cloud.log("own")) == ("Completed", ["['a', 'b']"])

    submit(cloud, "", name="none", specification={"ContainerEntrypoint": ["/no/such"]})
    assert cloud.end_of("none")["FailureReason"].splitlines()[0] == "AlgorithmError: , exit code: 127"
    assert "/no/such" in cloud.log("none")[0]
    assert held() == []


def test_an_image_that_cannot_be_had_fails_the_job(cloud, held, monkeypatch):
    for pull, image in (("never", "sagewright.test/none:1"), ("missing", "localhost:1/linear-lerner:1")):
        monkeypatch.setenv("SAGEWRIGHT_PULL", pull)
        submit(cloud, "", name=pull, specification={"TrainingImage": image})
        assert cloud.end_of(pull)["FailureReason"].startswith(f"ClientError: Cannot pull the image {image}")
    assert "did you mean `linear-learner`" in cloud.describe("missing")["FailureReason"]


def test_stopping_asks_first(cloud, held):
    submit(cloud, DEAF)
    wait_until(lambda: "up" in cloud_log(cloud))
    cloud.sagemaker.stop_training_job(TrainingJobName="own")
    job = cloud.end_of("own")
    assert job["TrainingJobStatus"] == "Stopped"
    assert cloud.log("own") == ["up", "asked"]
    assert "S3ModelArtifacts" in job["ModelArtifacts"]
    assert held() == []


def cloud_log(cloud):
    try:
        return cloud.log("own")
    except cloud.client("logs").exceptions.ResourceNotFoundException:
        return []


def test_a_job_outlives_its_steward_and_its_container_not_its_host(cloud, held, home):
    submit(cloud, "import time; print('up', flush=True); time.sleep(3); print('done')")
    wait_until(lambda: "up" in cloud_log(cloud))
    steward = steward_pid(home)
    assert steward
    os.kill(steward, signal.SIGKILL)
    assert cloud.end_of("own")["TrainingJobStatus"] == "Completed"
    assert cloud.log("own") == ["up", "done"]

    hosts = set(home.glob("executions/*/algo-1/started"))
    submit(cloud, DEAF, name="dying")
    (started,) = wait_until(lambda: set(home.glob("executions/*/algo-1/started")) - hosts)  # its container is there
    os.kill(int(started.read_text()), signal.SIGKILL)
    job = cloud.end_of("dying")
    assert job["TrainingJobStatus"] == "Failed"
    name = f"sagewright-{started.parent.parent.name}-algo-1"
    wait_until(lambda: name not in held())


def test_memory_is_that_of_the_instance(cloud, held, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_MEMORY_MIB", "100")
    job = run(cloud, "held = bytearray(300 << 20); print('never')")
    assert "an instance type with more memory" in job["FailureReason"]
    assert "never" not in cloud_log(cloud)


MEET = """
import json, os, socket, time
config = json.load(open("/opt/ml/input/config/resourceconfig.json"))
if config["current_host"] == "algo-1":
    server = socket.create_server(("0.0.0.0", 5000))
    print("met", server.accept()[0].recv(9).decode())
else:
    for _ in range(100):
        try:
            socket.create_connection(("algo-1", 5000), timeout=2).sendall(socket.gethostname().encode())
            break
        except OSError:
            time.sleep(0.1)
"""


def test_several_hosts_meet_by_name(cloud, held):
    job = run(cloud, MEET, count=2)
    assert job["TrainingJobStatus"] == "Completed", (job.get("FailureReason"), cloud.log("own"))
    assert cloud.log("own") == ["met algo-2"]
    wait_until(lambda: held() == [])


def test_the_command_line_says_where_an_image_runs(held, container_engine, capsys):
    assert cli.main(["images", "show", IMAGE]) == 0
    assert container_engine["DOCKER_HOST"] in capsys.readouterr().out


def test_the_executor_container_runs_what_the_engine_knows_too(cloud, held, monkeypatch, capsys):
    assert cli.main(["images", "show", "python:3"]) == 0
    assert "of this engine" in capsys.readouterr().out
    monkeypatch.setenv("SAGEWRIGHT_EXECUTOR", "container")
    assert cli.main(["images", "show", "python:3"]) == 0
    assert "the image itself" in capsys.readouterr().out
