"""Serverless endpoints in real processes: none until somebody asks, none when nobody has asked for long."""

from __future__ import annotations

import threading

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sagewright import targets
from sagewright.engine.executors.process.folder import HostFolder
from tests.e2e.conftest import wait_until
from tests.e2e.servers import IMAGE, deploy, map_server

SERVERLESS = {"MemorySizeInMB": 1024, "MaxConcurrency": 2}


def servers(cloud):
    folders = [HostFolder(path.parent) for path in cloud.home.glob("executions/ep-*/*/started")]
    return [folder for folder in folders if folder.is_alive()]


def test_a_process_comes_with_the_first_request_and_goes_when_idle(cloud, tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_SERVERLESS_IDLE_S", "1")
    map_server(tmp_path)
    deploy(cloud, {"ServerlessConfig": SERVERLESS})
    assert servers(cloud) == []

    first = cloud.invoke(body=b"abc").decode().split()
    assert (first[0], len(servers(cloud))) == ("3", 1)
    wait_until(lambda: servers(cloud) == [])
    second = cloud.invoke(body=b"abcd").decode().split()
    assert second[0] == "4"
    assert second[1] != first[1]
    described = cloud.sagemaker.describe_endpoint(EndpointName="e")
    assert described["EndpointStatus"] == "InService"
    assert described["ProductionVariants"][0]["CurrentServerlessConfig"] == SERVERLESS


def test_more_requests_at_once_than_agreed_are_turned_away(cloud, tmp_path):
    map_server(tmp_path)
    deploy(cloud, {"ServerlessConfig": SERVERLESS}, pause_s=1.5)
    cloud.invoke()
    runtime = targets.boto_session().client("sagemaker-runtime", config=Config(retries={"max_attempts": 0}))
    ends = []

    def ask():
        try:
            runtime.invoke_endpoint(EndpointName="e", Body=b"x")
            ends.append("answered")
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            ends.append(f"{error.response['Error']['Code']} {status}")

    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(ends) == ["ThrottlingException 429"] * 2 + ["answered"] * 2


def test_a_server_that_cannot_start_fails_the_request(cloud, tmp_path):
    map_server(tmp_path)
    deploy(cloud, {"ServerlessConfig": SERVERLESS})
    (tmp_path / "counter" / "serve.py").write_text("raise SystemExit('no model here')")
    assert IMAGE
    with pytest.raises(ClientError, match="The container exited") as caught:
        cloud.invoke()
    assert caught.value.response["Error"]["Code"] == "ModelError"
