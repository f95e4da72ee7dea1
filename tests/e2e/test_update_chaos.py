"""Processes are killed at random moments of endpoints' updates; an endpoint is always whole, old or new.

Part of `make chaos`; CHAOS_ROUNDS and CHAOS_SEED choose the rounds.
"""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.steward.loop import steward_pid
from tests.e2e.conftest import wait_until
from tests.e2e.serving import configure, map_server, settled

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "100"))
SEED = int(os.environ.get("CHAOS_SEED", "20"))


def test_an_endpoint_whose_processes_are_killed_is_whole(cloud, tmp_path):
    map_server(tmp_path / "served")
    dice = random.Random(SEED)
    for number in range(4):
        configure(cloud, f"m{number}", count=1 + number % 2, STARTS_IN_S="0.2")
    cloud.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="m0")
    assert settled(cloud)["EndpointStatus"] == "InService"
    for _ in range(ROUNDS):
        change_something(cloud, dice)
        time.sleep(dice.uniform(0.0, 1.5))
        kill_something(cloud, dice)
        described = settled(cloud)
        assert described["EndpointStatus"] == "InService", described
        assert answers(cloud) == described["EndpointConfigName"]
        nothing_is_left(cloud, described["ProductionVariants"][0]["DesiredInstanceCount"])


def change_something(cloud, dice):
    if dice.random() < 0.7:
        cloud.sagemaker.update_endpoint(EndpointName="e", EndpointConfigName=f"m{dice.randrange(4)}")
    else:
        change = [{"VariantName": "v", "DesiredInstanceCount": dice.randint(1, 3)}]
        cloud.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e", DesiredWeightsAndCapacities=change)


def kill_something(cloud, dice):
    victims = [steward_pid(cloud.home)]
    for folder in alive(cloud):
        victims += [folder.pid(), *children_of(folder.pid())]
    for victim in dice.sample(victims, k=min(len(victims), dice.choice((1, 1, 1, 2)))):
        if victim:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue


def answers(cloud):
    """Ask until nothing is in the way any more: a server that was killed may have had a request in flight."""
    for _ in range(20):
        try:
            return cloud.invoke().decode()
        except ClientError:
            time.sleep(0.1)
    return cloud.invoke().decode()


def nothing_is_left(cloud, count):
    """Wait until there are as many instances as there shall be, and no more; who looks brings a steward back."""

    def whole():
        settled(cloud)
        return len(executions(cloud)) == len(alive(cloud)) == count

    wait_until(whole)


def executions(cloud):
    return [path for path in cloud.home.glob("executions/ep-*") if path.is_dir()]


def alive(cloud):
    folders = [HostFolder(path.parent) for path in cloud.home.glob("executions/ep-*/*/started")]
    return [folder for folder in folders if folder.is_alive()]


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []
