"""Bring-your-own-container projects without a container: `sagewright images map`."""

from __future__ import annotations

import json

import pytest

from sagewright import cli
from tests.e2e.conftest import ROLE, channel
from tests.e2e.scripts import run

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/decision-trees:latest"

# Shaped as AWS's scikit_bring_your_own: executables without a suffix, hard-coded paths, `/opt/program`.
TRAIN = """#!/usr/bin/env python
import json, os, sys
prefix = "/opt/ml/"
parameters = json.load(open(os.path.join(prefix, "input/config/hyperparameters.json")))
rows = open(os.path.join(prefix, "input/data/training/rows.csv")).read().split()
sys.path.insert(0, "/opt/program")
import naming
with open(os.path.join(prefix, "model", "model.json"), "w") as out:
    json.dump({"rows": len(rows), "leaves": parameters["leaves"], "cwd": os.getcwd(), "argv": sys.argv[1:]}, out)
print(naming.DONE, os.environ["FROM_THE_DOCKERFILE"])
"""
SERVE = """#!/usr/bin/env python
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404)
    def do_POST(self):
        given = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, open("/opt/ml/model/model.json", "rb").read() + b" " + given)
http.server.ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
"""


@pytest.fixture
def program(tmp_path):
    folder = tmp_path / "container" / "decision_trees"
    folder.mkdir(parents=True)
    for name, text in (
        ("train", TRAIN),
        ("serve", SERVE.replace("PORT", "8080")),
        ("serve-where-told", SERVE.replace("PORT", 'int(os.environ["SAGEMAKER_BIND_TO_PORT"])')),
        ("naming.py", "DONE = 'trained'"),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def map_image(program, *arguments):
    options = ["--dir", str(program), "--env", "FROM_THE_DOCKERFILE=yes", *arguments]
    assert cli.main(["images", "map", IMAGE, *options]) == 0


def train(cloud, **changes):
    return cloud.run(
        "trees",
        InputDataConfig=[channel(name="training")],
        HyperParameters={"leaves": "5"},
        AlgorithmSpecification={"TrainingImage": IMAGE, **changes},
    )


def serve(cloud, model, **changes):
    container = {"Image": IMAGE, "ModelDataUrl": model}
    cloud.sagemaker.create_model(ModelName="trees", PrimaryContainer=container, ExecutionRoleArn=ROLE, **changes)
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "trees",
        "InitialInstanceCount": 2,
        "InstanceType": "ml.m5.large",
    }
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="trees", ProductionVariants=[variant])
    cloud.sagemaker.create_endpoint(EndpointName="trees", EndpointConfigName="trees")
    return cloud.end_of_creation("trees")


def test_a_project_trains_and_serves_on_its_port_twice(cloud, program):
    map_image(program, "--command", "./train", "--serve", "python serve", "--port", "8080")
    job = train(cloud)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert cloud.log("trees") == ["trained yes"]

    endpoint = serve(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    model, given = cloud.invoke("trees", b"x").rsplit(b" ", 1)
    assert json.loads(model) == {"rows": 200, "leaves": "5", "cwd": "/opt/program", "argv": []}
    assert given == b"x"


def test_a_server_binds_the_port_it_is_told_and_is_reached_through_network_isolation(cloud, program):
    map_image(program, "--command", "python train", "--serve", "python serve-where-told")
    job = train(cloud, ContainerArguments=["--fast"])
    endpoint = serve(cloud, job["ModelArtifacts"]["S3ModelArtifacts"], EnableNetworkIsolation=True)

    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    assert json.loads(cloud.invoke("trees", b"{}").rsplit(b" ", 1)[0])["argv"] == ["--fast"]


def test_a_job_keeps_what_its_image_meant(cloud, program):
    map_image(program, "--command", "python train")
    with pytest.raises(Exception, match="starts no model server"):
        serve(cloud, "s3://bucket/none")
    assert train(cloud)["TrainingJobStatus"] == "Completed"
    cli.main(["images", "unmap", IMAGE])
    assert cloud.describe("trees")["AlgorithmSpecification"]["TrainingImage"] == IMAGE


def test_an_image_with_script_mode_of_its_own_runs_the_scripts_of_jobs(cloud):
    assert cli.main(["images", "map", IMAGE, "--scripts", "--env", "FROM_THE_DOCKERFILE=yes"]) == 0
    code = "import os, sys; print('ran:', sys.argv[1:], os.environ['FROM_THE_DOCKERFILE'], os.environ['SM_HP_RATE'])"
    job = run(cloud, "scripted", code, image=IMAGE, hyperparameters={"rate": 0.5})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert "ran: ['--rate', '0.5'] yes 0.5" in cloud.log("scripted")
