"""Jobs and endpoints of a shared engine act as their roles, through the server and with temporary credentials."""

from __future__ import annotations

import io
import json
import os
import signal
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import processes_of
from tests.e2e.conftest import LINEAR_LEARNER, ROLE, ROWS, Cloud, channel, wait_until
from tests.e2e.shared_engine import SharedEngine, shared_engine, start

ACCOUNT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
OWN_BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::bucket/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket"},
    ],
}

# Says who it is and what it may do, as one line of JSON.
ASK = """
import json, os, time
import boto3
from botocore.exceptions import ClientError

def tried(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"

s3 = boto3.client("s3")
print("TOLD " + json.dumps({
    "arn": boto3.client("sts").get_caller_identity()["Arn"],
    "method": boto3.Session().get_credentials().method,
    "own": tried(s3.put_object, Bucket="bucket", Key="from-the-job", Body=b"1"),
    "other": tried(s3.get_object, Bucket="other", Key="secret"),
    "roles": tried(boto3.client("iam").list_roles),
    "home": os.listdir(os.environ["HOME_OF_THE_ENGINE"]),
}))
"""


@dataclass
class RemoteCloud(Cloud):
    """boto3 on a shared engine."""

    engine: SharedEngine | None = None

    def client(self, service: str) -> Any:
        assert self.engine
        if service not in self._clients:
            self._clients[service] = self.engine.client(service)
        return self._clients[service]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedEngine]:
    home = tmp_path_factory.mktemp("roles") / "home"
    with shared_engine(home) as engine:
        prepare(engine)
        yield engine
    for pid in processes_of(home):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def cloud(running: SharedEngine) -> RemoteCloud:
    return RemoteCloud(running.home, engine=running)


def prepare(engine: SharedEngine) -> None:
    """Make two buckets, and a role that may use one of them."""
    s3, iam = engine.client("s3"), engine.client("iam")
    s3.create_bucket(Bucket="other")
    s3.put_object(Bucket="other", Key="secret", Body=ROWS.encode())
    name = ROLE.rpartition("/")[2]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(OWN_BUCKET))


def told(cloud: Cloud, name: str) -> list[Mapping[str, Any]]:
    lines = [line for line in cloud.log(name) if line.startswith("TOLD ")]
    return [json.loads(line.removeprefix("TOLD ")) for line in lines]


def test_a_job_is_its_role_and_may_do_what_that_may(cloud: RemoteCloud) -> None:
    job = cloud.run("asks", ASK, Environment={"HOME_OF_THE_ENGINE": str(cloud.home)})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    [said] = told(cloud, "asks")
    assert said == {
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/SageMakerExecutionRole/SageMaker",
        "method": "container-role",
        "own": "done",
        "other": "AccessDenied",
        "roles": "AccessDenied",
        "home": [],
    }
    assert cloud.s3.get_object(Bucket="bucket", Key="from-the-job")["Body"].read() == b"1"


def test_hosts_with_a_network_of_their_own_reach_the_engine_too(cloud: RemoteCloud) -> None:
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
    job = cloud.run("two", ASK, Environment={"HOME_OF_THE_ENGINE": str(cloud.home)}, ResourceConfig=resources)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert [said["own"] for said in told(cloud, "two")] == ["done", "done"]


def test_input_that_the_role_may_not_read_fails_the_job(cloud: RemoteCloud) -> None:
    job = cloud.run("forbidden", InputDataConfig=[channel("s3://other/secret")])
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Data download failed:User: ")
    assert "s3:ListBucket" in job["FailureReason"]
    assert "no identity-based policy allows" in job["FailureReason"]


def test_output_that_the_role_may_not_write_fails_the_job(cloud: RemoteCloud) -> None:
    job = cloud.run("exporting", "print(1)", OutputDataConfig={"S3OutputPath": "s3://other/out"})
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Artifact upload failed:User: ")
    assert [item["Key"] for item in cloud.s3.list_objects_v2(Bucket="other")["Contents"]] == ["secret"]


def test_an_endpoint_serves_a_model_that_its_role_may_read(cloud: RemoteCloud) -> None:
    cloud.deploy("served")
    assert json.loads(cloud.invoke("served"))["predictions"]


def test_a_model_that_the_role_may_not_read_is_not_served(cloud: RemoteCloud) -> None:
    model = cloud.run("hidden")["ModelArtifacts"]["S3ModelArtifacts"]
    key = model.removeprefix("s3://bucket/")
    cloud.s3.copy_object(Bucket="other", Key="model.tar.gz", CopySource={"Bucket": "bucket", "Key": key})
    container = {"Image": LINEAR_LEARNER, "ModelDataUrl": "s3://other/model.tar.gz"}
    cloud.sagemaker.create_model(ModelName="hidden", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "v", "ModelName": "hidden", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="hidden", ProductionVariants=[variant])
    cloud.sagemaker.create_endpoint(EndpointName="hidden", EndpointConfigName="hidden")
    endpoint = cloud.end_of_creation("hidden")
    assert endpoint["EndpointStatus"] == "Failed"
    assert "not authorized to perform: s3:GetObject" in endpoint["FailureReason"]
    cloud.sagemaker.delete_endpoint(EndpointName="hidden")


# Tries to see what lies under the empty folder.
UNCOVER = """
import ctypes, os
home = os.environ["HOME_OF_THE_ENGINE"]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.umount2(home.encode(), 2) == -1, "the cover could be lifted"
assert os.listdir(home) == []
"""


def test_a_program_cannot_lift_what_hides_the_home(cloud: RemoteCloud) -> None:
    job = cloud.run("uncovers", UNCOVER, Environment={"HOME_OF_THE_ENGINE": str(cloud.home)})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")


FUNCTION = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    s3 = boto3.client("s3")
    s3.put_object(Bucket="bucket", Key="from-the-function", Body=b"2")
    try:
        s3.get_object(Bucket="other", Key="secret")
    except ClientError as error:
        return [boto3.client("sts").get_caller_identity()["Arn"], error.response["Error"]["Code"]]
"""


def test_a_function_acts_as_its_role(cloud: RemoteCloud) -> None:
    assert cloud.s3
    iam, functions = cloud.client("iam"), cloud.client("lambda")
    trust = json.dumps(TRUST).replace("sagemaker.amazonaws.com", "lambda.amazonaws.com")
    role = iam.create_role(RoleName="runs-code", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="runs-code", PolicyName="own", PolicyDocument=json.dumps(OWN_BUCKET))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("asking.py", FUNCTION)
    functions.create_function(
        FunctionName="asks",
        Runtime="python3.12",
        Role=role,
        Handler="asking.handler",
        Timeout=60,
        Code={"ZipFile": archive.getvalue()},
    )
    answer = functions.invoke(FunctionName="asks")
    said = json.loads(answer["Payload"].read())
    assert said == [f"arn:aws:sts::{ACCOUNT}:assumed-role/runs-code/asks", "AccessDenied"]
    iam.delete_role_policy(RoleName="runs-code", PolicyName="own")
    iam.delete_role(RoleName="runs-code")
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        functions.invoke(FunctionName="asks")


def test_a_job_goes_on_while_its_server_is_killed_and_comes_back(tmp_path: Path) -> None:
    code = """
import time, boto3
s3 = boto3.client("s3")
for number in range(60):
    s3.put_object(Bucket="bucket", Key=f"beat-{number:02}", Body=b"1")
    time.sleep(0.1)
"""
    first = start(tmp_path / "home")
    prepare(first)
    cloud = RemoteCloud(first.home, engine=first)
    cloud.submit("beats", code)
    wait_until(lambda: cloud.s3.list_objects_v2(Bucket="bucket", Prefix="beat-")["KeyCount"])
    first.stop(signal.SIGKILL)
    first.process.stdout and first.process.stdout.close()
    with shared_engine(tmp_path / "home") as second:
        cloud = RemoteCloud(second.home, engine=second)
        job = cloud.end_of("beats")
        assert job["TrainingJobStatus"] == "Completed", cloud.log("beats")
        assert cloud.s3.list_objects_v2(Bucket="bucket", Prefix="beat-")["KeyCount"] == 60
    for pid in processes_of(tmp_path / "home"):
        os.kill(pid, signal.SIGKILL)
