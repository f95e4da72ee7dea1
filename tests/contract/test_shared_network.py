"""Several hosts where the kernel gives them no network of their own, or no namespace at all."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest

from sagewright.engine.engine import Engine
from sagewright.engine.executors.process import isolation, networks
from sagewright.engine.executors.process.executor import ProcessExecutor
from sagewright.engine.executors.process.launcher import Launcher
from sagewright.engine.executors.process.placing import SHARED_NAMES, SHARED_PORTS
from sagewright.engine.planning.hosts import RESOURCE_CONFIG, addresses_of, groups_of, resource_config_file
from sagewright.testing.execution import LOG_GROUP, eventually, plan
from tests.contract.test_executors import GIB, be_the_steward

# Two hosts meet on the first one's address, by the name that they are given for it.
MEET = """
import json, os, pathlib, socket, time
base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
config = json.loads((base / "input/config/resourceconfig.json").read_text())
assert config["network_interface_name"] == "lo"
me, first, other = config["current_host"], *config["hosts"]
with socket.create_server((me, 27777)) as server:
    if me == first:
        print(server.accept()[0].makefile().read(), flush=True)
    else:
        while True:
            try:
                with socket.create_connection((first, 27777), timeout=5) as one:
                    one.sendall(f"{me} {socket.gethostbyname(me)}".encode())
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
"""


def meeting():
    groups = groups_of({"InstanceType": "ml.m5.large", "InstanceCount": 2})
    todo = plan(hosts=2, command=["{python}", "-c", MEET])
    documents = [
        replace(
            document,
            files={RESOURCE_CONFIG: resource_config_file(document.host, groups)},
            addresses=addresses_of(groups[0].hosts),
        )
        for document in todo.hosts
    ]
    return replace(todo, python=sys.executable, hosts=documents)


@pytest.mark.parametrize(
    ("kinds", "notice", "heard"),
    [
        ((), SHARED_NAMES, "127.0.0.2 127.0.0.2"),
        pytest.param(
            ("mount", "pid", "network"),
            SHARED_PORTS,
            "algo-2 127.0.0.2",
            marks=pytest.mark.skipif(not isolation.probe(), reason="the kernel gives no namespaces"),
        ),
    ],
)
def test_hosts_meet_on_loopback_addresses(home, monkeypatch, kinds, notice, heard):
    def refuse(_addresses):
        raise OSError(1, "no bridges here")

    monkeypatch.setattr(isolation, "probe", lambda: kinds)
    monkeypatch.setattr(networks, "build", refuse)
    home.mkdir()
    lock, bell = be_the_steward(home)
    launcher = Launcher.start(home)
    executor = ProcessExecutor(home, launcher, 2, GIB)
    try:
        executor.start(meeting())
        eventually(lambda: len([host for host in executor.observe("tr-1") if host.outcome]) == 2)
        outcomes = [host.outcome for host in executor.observe("tr-1")]
        engine = Engine.open(home)
        lines = [event.message for event in engine.parts.logs.read(LOG_GROUP, "tr-1/algo-1")[0]]
        engine.close()
    finally:
        executor.release("tr-1")
        launcher.close()
        os.close(bell)
        os.close(lock)
    assert [(outcome["reason"], outcome["exit_code"]) for outcome in outcomes if outcome] == [(None, 0)] * 2, lines
    assert lines == [notice, heard]
