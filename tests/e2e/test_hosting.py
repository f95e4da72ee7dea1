"""Endpoints, from boto3 to the servers behind them, in real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.executors.process.folder import HostFolder
from tests.conftest import processes_of
from tests.e2e.conftest import LINEAR_LEARNER, ROLE, wait_until


def servers(cloud):
    return [HostFolder(path.parent) for path in cloud.home.glob("executions/ep-*/*/started")]


def listens(address):
    try:
        host, port = address.split(":")
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def test_an_endpoint_answers_and_leaves_no_process_behind(cloud):
    cloud.deploy(count=2)

    (prediction,) = json.loads(cloud.invoke())["predictions"]
    assert prediction["score"] == pytest.approx(31.0, abs=0.5)
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="e",
        ContentType="application/json",
        Accept="text/csv",
        Body=b'{"instances": [{"features": [10, 3]}]}',
    )
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/csv", "AllTraffic")
    assert float(answer["Body"].read()) == pytest.approx(31.0, abs=0.5)
    assert len([folder for folder in servers(cloud) if folder.is_alive()]) == 2

    cloud.sagemaker.delete_endpoint(EndpointName="e")
    cloud.sagemaker.get_waiter("endpoint_deleted").wait(
        EndpointName="e", WaiterConfig={"Delay": 0.05, "MaxAttempts": 400}
    )
    wait_until(lambda: servers(cloud) == [])
    with pytest.raises(ClientError, match="Endpoint e of account 123456789012 not found"):
        cloud.invoke()


def test_another_process_finds_the_endpoint(cloud):
    cloud.deploy()
    script = (
        "from sagewright.predictor import Predictor; from sagewright.serializers import CSVSerializer; "
        "print(Predictor('e', serializer=CSVSerializer()).predict([10, 3]).decode())"
    )
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout

    assert json.loads(told)["predictions"][0]["score"] == pytest.approx(31.0, abs=0.5)


def test_what_the_model_cannot_answer_is_a_model_error(cloud):
    cloud.deploy()
    with pytest.raises(ClientError) as caught:
        cloud.invoke(body=b"1,2,3,4")

    error: dict[str, Any] = dict(caught.value.response)
    assert error["Error"]["Code"] == "ModelError"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert error["OriginalStatusCode"] == 400
    assert "row 1 has 4 features" in error["OriginalMessage"]
    assert "Received client error (400) from primary with message" in error["Error"]["Message"]
    assert "#logEventViewer:group=/aws/sagemaker/Endpoints/e in account" in error["Error"]["Message"]


@pytest.mark.parametrize("victim", ["program", "host"])
def test_a_server_that_is_killed_is_replaced(cloud, victim):
    cloud.deploy()
    (folder,) = servers(cloud)
    host = folder.pid()
    with open(f"/proc/{host}/task/{host}/children") as file:
        program = int(file.read().split()[0])
    address = folder.address()
    os.kill(program if victim == "program" else host, signal.SIGKILL)
    wait_until(lambda: not listens(address))  # a request that it had taken would be lost

    assert json.loads(cloud.invoke())["predictions"][0]["score"] == pytest.approx(31.0, abs=0.5)
    assert cloud.sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "InService"
    wait_until(lambda: [f.pid() for f in servers(cloud) if f.is_alive()] not in ([], [host]))


def test_a_model_that_cannot_be_served_fails_the_endpoint(cloud):
    cloud.s3.put_object(Bucket="bucket", Key="bad.tar.gz", Body=b"no archive")
    container = {"Image": LINEAR_LEARNER, "ModelDataUrl": "s3://bucket/bad.tar.gz"}
    cloud.sagemaker.create_model(ModelName="bad", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "v", "ModelName": "bad", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="bad", ProductionVariants=[variant])
    cloud.sagemaker.create_endpoint(EndpointName="bad", EndpointConfigName="bad")

    endpoint = cloud.end_of_creation("bad")
    assert endpoint["EndpointStatus"] == "Failed"
    assert "production variant v did not pass the ping health check" in endpoint["FailureReason"]
    assert "cannot be extracted" in endpoint["FailureReason"]
    wait_until(lambda: servers(cloud) == [])


def test_a_request_too_large_is_refused(cloud):
    cloud.deploy()
    with pytest.raises(ClientError, match="6291456"):
        cloud.invoke(body=b"1" * (6291456 + 1))


def test_a_home_that_is_removed_leaves_no_process_behind(cloud):
    cloud.deploy()
    assert processes_of(cloud.home)
    shutil.rmtree(cloud.home)

    wait_until(lambda: not processes_of(cloud.home), seconds=20)
