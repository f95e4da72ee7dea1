"""Endpoints that change, and fail, while they are asked.

`make updates` sends 10,000 requests during updates; UPDATE_REQUESTS and ENDPOINTS choose other numbers.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time

import pytest

from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.steward.loop import steward_pid
from tests.e2e.conftest import ROLE, wait_until
from tests.e2e.serving import configure, load, map_server, settled

REQUESTS = int(os.environ.get("UPDATE_REQUESTS", "600"))
ENDPOINTS = int(os.environ.get("ENDPOINTS", "12"))


@pytest.fixture
def cloud(cloud, tmp_path):
    map_server(tmp_path / "served")
    return cloud


def deploy(cloud, name="one", **changes):
    configure(cloud, name, **changes)
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName=name)
    assert settled(cloud)["EndpointStatus"] == "InService"


def update(cloud, name, **changes):
    cloud.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName=name, **changes)
    return settled(cloud)


def hosts(cloud):
    while True:
        with contextlib.suppress(FileNotFoundError):  # the steward removes meanwhile what has ended
            folders = [HostFolder(path.parent) for path in cloud.home.glob("executions/ep-*/*/started")]
            return [folder for folder in folders if folder.is_alive()]


def program_of(folder):
    pid = folder.pid()
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return int(file.read().split()[0])


def kill_one(cloud):
    """Kill a model server, and wait for the one that takes its place."""
    victim = hosts(cloud)[0]
    os.kill(program_of(victim), signal.SIGKILL)
    wait_until(lambda: not victim.is_alive() and len(hosts(cloud)) == 2)


def go_on(told):
    """Wait until more requests have been answered."""
    before = sum(told.said.values())
    wait_until(lambda: sum(told.said.values()) > before + 20)


@pytest.mark.timeout(1800)
def test_updates_under_load_lose_no_request(cloud):
    deploy(cloud, "v0", count=2, TAKES_S="0.005")
    with load(cloud, threads=4) as told:
        for number in itertools.count(1):
            configure(cloud, f"v{number}", count=2, TAKES_S="0.005")
            described = update(cloud, f"v{number}")
            assert described["EndpointConfigName"] == f"v{number}", described
            if number >= 2 and sum(told.said.values()) >= REQUESTS:
                break
            count = 1 + number % 3
            change = [{"VariantName": "v", "DesiredInstanceCount": count}]
            cloud.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e", DesiredWeightsAndCapacities=change)
            assert settled(cloud)["ProductionVariants"][0]["CurrentInstanceCount"] == count

    assert told.failures == []
    assert set(told.said) <= {f"v{i}" for i in range(number + 1)}
    assert cloud.invoke().decode() == f"v{number}"
    wait_until(lambda: len(hosts(cloud)) == 2)


def test_a_request_that_takes_long_is_answered_by_the_instance_that_has_it(cloud):
    deploy(cloud, "slow", TAKES_S="2")
    configure(cloud, "two")
    with load(cloud, threads=1) as told:
        time.sleep(0.3)
        update(cloud, "two")
        wait_until(lambda: told.said["two"])

    assert told.failures == []
    assert told.said["slow"] >= 1


def test_a_steward_that_is_killed_loses_neither_requests_nor_the_update(cloud):
    deploy(cloud, "one")
    configure(cloud, "two", STARTS_IN_S="0.5")
    with load(cloud, threads=2) as told:
        cloud.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="two")
        wait_until(lambda: len(hosts(cloud)) == 2)
        steward = steward_pid(cloud.home)
        assert steward
        os.kill(steward, signal.SIGKILL)
        go_on(told)
        assert settled(cloud)["EndpointConfigName"] == "two"
    assert told.failures == []
    wait_until(lambda: len(hosts(cloud)) == 1)


def test_a_model_that_crashes_leaves_the_endpoint_as_it_was(cloud):
    deploy(cloud, "one")
    configure(cloud, "crash", variant="w")
    with load(cloud, threads=1) as told:
        described = update(cloud, "crash")

    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "one")
    assert "production variant w did not pass the ping health check" in described["FailureReason"]
    assert "cannot load the model" in described["FailureReason"]
    assert (told.failures, set(told.said)) == ([], {"one"})
    wait_until(lambda: len(hosts(cloud)) == 1)


def test_a_model_that_crashes_at_its_start_fails_the_endpoint_soon(cloud):
    configure(cloud, "crash")
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="crash")
    described = settled(cloud)

    (last,) = cloud.client("logs").filter_log_events(logGroupName="/aws/sagemaker/Endpoints/e")["events"]
    assert described["LastModifiedTime"].timestamp() - last["timestamp"] / 1000 < 3
    assert described["EndpointStatus"] == "Failed"
    assert described["FailureReason"].splitlines()[-1] == "cannot load the model"
    assert "exit code: 3" in described["FailureReason"]


def test_an_inference_component_is_asked_updated_and_taken_off(cloud):
    variant = {"VariantName": "v", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    cloud.sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant], ExecutionRoleArn=ROLE)
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    compute = {"MinMemoryRequiredInMb": 128}

    def specified(model):
        configure(cloud, model)
        return {"ModelName": model, "ComputeResourceRequirements": compute}

    def settled_component(name):
        def over():
            found = cloud.sagemaker.describe_inference_component(InferenceComponentName=name)
            return found if found["InferenceComponentStatus"] not in ("Creating", "Updating") else None

        return wait_until(over)

    for name in ("one", "two"):
        cloud.sagemaker.create_inference_component(
            InferenceComponentName=name,
            EndpointName="e",
            VariantName="v",
            Specification=specified(name),
            RuntimeConfig={"CopyCount": 1},
        )
    for name in ("one", "two"):
        assert settled_component(name)["InferenceComponentStatus"] == "InService"
        assert cloud.invoke("e", InferenceComponentName=name).decode() == name
    cloud.sagemaker.update_inference_component(InferenceComponentName="one", Specification=specified("three"))
    assert settled_component("one")["Specification"]["ModelName"] == "three"
    assert cloud.invoke("e", InferenceComponentName="one") == b"three"

    cloud.sagemaker.delete_endpoint(EndpointName="e")
    wait_until(lambda: not cloud.sagemaker.list_inference_components()["InferenceComponents"])
    wait_until(lambda: not hosts(cloud))


def test_servers_that_are_killed_under_load_are_replaced(cloud):
    deploy(cloud, "one", count=2)
    with load(cloud, threads=2) as told:
        for _ in range(2):
            kill_one(cloud)
            go_on(told)

    assert len(told.failures) <= 4  # what was in flight, on one connection of each thread
    assert settled(cloud)["EndpointStatus"] == "InService"


def test_endpoints_that_are_made_at_once_answer_for_themselves(cloud):
    names = [f"n{number}" for number in range(ENDPOINTS)]
    for name in names:
        configure(cloud, name)
        cloud.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert {settled(cloud, name)["EndpointStatus"] for name in names} == {"InService"}

    assert [cloud.invoke(name).decode() for name in names] == names
    for name in names:
        cloud.sagemaker.delete_endpoint(EndpointName=name)
    wait_until(lambda: not hosts(cloud))
