from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from sagewright.engine.abc import Record
from sagewright.engine.engine import Engine
from sagewright.engine.hosting import serverless
from sagewright.engine.planning.serving import plan_instance
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import IMAGE

SCOPE = "123456789012/us-east-1"
VARIANT: dict[str, Any] = {
    "name": "v",
    "containers": [{"name": "primary"}],
    "serverless": {"MemorySizeInMB": 1024, "MaxConcurrency": 2},
}


@pytest.fixture
def parts(tmp_path):
    engine = Engine.open(tmp_path / "serverless-home")
    yield replace(engine.parts, ring=lambda: None)
    engine.close()


def put(parts, *instances):
    before = parts.state.get("endpoint", SCOPE, "e")
    body = {"endpoint_status": "InService", "variants": [VARIANT], "instances": {"v": list(instances)}}
    record = Record("endpoint", SCOPE, "e", body)
    return parts.state.put(record, expected_version=before.version if before else 0)


def ready(parts):
    return put(parts, {"execution_id": "x", "starts": 1, "addresses": ["127.0.0.1:1"]})


def test_there_is_no_process_until_somebody_asks(parts):
    assert serverless.wanted_count(parts, ready(parts), VARIANT) == 0


def test_provisioned_concurrency_keeps_a_process(parts):
    variant = {**VARIANT, "serverless": {**VARIANT["serverless"], "ProvisionedConcurrency": 1}}
    assert serverless.wanted_count(parts, ready(parts), variant) == 1


def test_a_process_stays_for_a_while_after_the_last_request(parts, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_SERVERLESS_IDLE_S", "30")
    record = ready(parts)
    with serverless.admitted(parts, record, VARIANT):
        assert serverless.wanted_count(parts, record, VARIANT) == 1
    assert serverless.wanted_count(parts, record, VARIANT) == 1
    (path,) = parts.home.glob("serverless/*/last-use")
    os.utime(path, (time.time() - 31, time.time() - 31))
    assert serverless.wanted_count(parts, record, VARIANT) == 0


def test_a_process_stays_while_a_request_lasts(parts, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_SERVERLESS_IDLE_S", "30")
    record = ready(parts)
    with serverless.admitted(parts, record, VARIANT):
        (path,) = parts.home.glob("serverless/*/last-use")
        os.utime(path, (time.time() - 100, time.time() - 100))
        assert serverless.wanted_count(parts, record, VARIANT) == 1


def test_no_more_requests_at_once_than_were_agreed(parts):
    record = ready(parts)
    with (
        serverless.admitted(parts, record, VARIANT),
        serverless.admitted(parts, record, VARIANT),
        pytest.raises(ApiError) as caught,
        serverless.admitted(parts, record, VARIANT),
    ):
        pass
    assert (caught.value.code, caught.value.status) == ("ThrottlingException", 429)
    assert caught.value.message.startswith("Rate exceeded\nhint: ")
    with serverless.admitted(parts, record, VARIANT):
        pass


def test_a_caller_that_is_killed_takes_no_slot_with_it(parts):
    record = ready(parts)
    child = os.fork()
    if not child:
        with serverless.admitted(parts, record, VARIANT), serverless.admitted(parts, record, VARIANT):
            os._exit(9)
    os.waitpid(child, 0)
    with serverless.admitted(parts, record, VARIANT), serverless.admitted(parts, record, VARIANT):
        pass


def test_a_request_waits_for_its_server_and_the_wait_is_measured(parts):
    record = put(parts)
    rung = threading.Event()

    def bring_up():
        assert rung.wait(10)
        assert serverless.wanted_count(parts, record, VARIANT) == 1
        ready(parts)

    steward = threading.Thread(target=bring_up)
    steward.start()
    with serverless.admitted(replace(parts, ring=rung.set), record, VARIANT):
        found = parts.state.get("endpoint", SCOPE, "e")
        assert found.body["instances"]["v"][0]["addresses"]
    steward.join()
    dimensions = {"EndpointName": "e", "VariantName": "v"}
    (datum,) = parts.metrics.query("AWS/SageMaker", "ModelSetupTime", dimensions, 0, 1e12)
    assert datum.value > 0
    assert datum.unit == "Microseconds"


def test_a_server_that_does_not_come_up_fails_the_request(parts):
    record = put(parts, {"execution_id": "x", "starts": 2, "addresses": None, "reason": "AlgorithmError: ImportError"})
    with (
        pytest.raises(ApiError, match="ModelError: .*AlgorithmError: ImportError"),
        serverless.admitted(parts, record, VARIANT),
    ):
        pass


def test_the_folders_of_variants_that_are_gone_are_removed(parts):
    with serverless.admitted(parts, ready(parts), VARIANT):
        pass
    serverless.sweep(parts)
    assert len(list(parts.home.glob("serverless/*"))) == 1
    parts.state.delete("endpoint", SCOPE, "e")
    serverless.sweep(parts)
    assert list(parts.home.glob("serverless/*")) == []


def test_the_program_may_hold_what_the_configuration_says(house):
    container = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz"}
    house.call("CreateModel", ModelName="m", PrimaryContainer=container, ExecutionRoleArn="arn:aws:iam::1:role/r")
    variant = {"VariantName": "v", "ModelName": "m", "ServerlessConfig": VARIANT["serverless"]}
    house.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant])
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    record = house.parts.state.get("endpoint", SCOPE, "e")
    (host,) = plan_instance("e", record.body, record.body["variants"][0], "ep-" + "0" * 32, {}).hosts
    assert host.memory_bytes == 1 << 30
