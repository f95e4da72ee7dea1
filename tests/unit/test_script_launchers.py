"""The commands of launchers, and the launch agent between hosts."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from sagewright.engine.script_mode import agent, launchers, mpi
from sagewright.engine.script_mode.facts import read
from sagewright.engine.script_mode.faults import ClientFault
from sagewright.engine.script_mode.journal import Journal


@pytest.fixture
def facts(tmp_path):
    def of(hosts, current="algo-1", program="train.py", interface="eth0", groups=None, **hyperparameters):
        documents = {
            "hyperparameters": {"sagemaker_program": program, "rate": "1", **hyperparameters},
            "resourceconfig": {
                "current_host": current,
                "hosts": hosts,
                "network_interface_name": interface,
                "current_group_name": next(
                    (name for name, members in (groups or {}).items() if current in members), "homogeneousCluster"
                ),
                "instance_groups": [
                    {"instance_group_name": name, "instance_type": "ml.m5.large", "hosts": members}
                    for name, members in (groups or {"homogeneousCluster": hosts}).items()
                ],
            },
            "inputdataconfig": {},
        }
        (tmp_path / "input/config").mkdir(parents=True, exist_ok=True)
        (tmp_path / "code").mkdir(exist_ok=True)
        (tmp_path / "code" / program).touch()
        for name, document in documents.items():
            (tmp_path / f"input/config/{name}.json").write_text(json.dumps(document))
        return read(tmp_path, {"PATH": ""})

    return of


def test_mpirun_starts_the_same_number_of_processes_on_every_host(facts):
    found = facts(
        ["algo-1", "algo-2"],
        sagemaker_mpi_enabled="true",
        sagemaker_mpi_num_of_processes_per_host="3",
        sagemaker_mpi_custom_mpi_options="'-verbose --NCCL_DEBUG=WARN -x \\\"A=b c\\\"'".replace("'", '"'),
    )
    command = launchers.command(found, "python", {"SM_HOSTS": "[]", "PATH": "/bin", "OTHER": "x"})
    text = " ".join(command)
    assert text.startswith("mpirun --host algo-1:3,algo-2:3 -np 6 ")
    assert text.endswith("-verbose -x A=b c -x PATH -x SM_HOSTS python -m mpi4py train.py --rate 1")
    assert "A=b c" in command
    assert "NCCL_DEBUG=WARN" in command
    assert "-mca btl_tcp_if_include eth0 -mca oob_tcp_if_include eth0" in text


@pytest.mark.parametrize(
    ("current", "hosts", "expected"),
    [
        ("algo-2", ["algo-1", "algo-2"], "--master_addr algo-1 --master_port 7777 --node_rank 1 train.py --rate 1"),
        ("algo-1", ["algo-1"], "--node_rank 0 train.py --rate 1"),
    ],
)
def test_torchrun_on_each_host(facts, current, hosts, expected):
    found = facts(hosts, current, sagemaker_torch_distributed_enabled="true")
    text = " ".join(launchers.command(found, "python", {}))
    assert text.startswith(f"python -m torch.distributed.run --nnodes {len(hosts)} --nproc_per_node 1 --master_addr ")
    assert text.endswith(expected)


def test_torchrun_starts_python_alone(facts):
    found = facts(["algo-1"], program="train.sh", sagemaker_torch_distributed_enabled="true")
    with pytest.raises(ClientFault, match=r"`train\.sh` is none"):
        launchers.command(found, "python", {})


def test_a_host_of_no_group_that_the_launcher_spans_runs_the_script_itself(facts):
    groups = {"trainers": ["algo-1"], "readers": ["algo-2"]}
    chosen = {"sagemaker_mpi_enabled": "true", "sagemaker_distribution_instance_groups": '["trainers"]'}
    outside = facts(["algo-1", "algo-2"], "algo-2", groups=groups, **chosen)
    assert launchers.command(outside, "python", {}) == ["python", "train.py", "--rate", "1"]
    inside = facts(["algo-1", "algo-2"], "algo-1", groups=groups, **chosen)
    assert launchers.command(inside, "python", {})[:3] == ["mpirun", "--host", "algo-1:1"]


def test_mpi_on_several_hosts_needs_their_network(facts):
    found = facts(["127.0.0.1", "127.0.0.2"], "127.0.0.1", interface="lo", sagemaker_mpi_enabled="true")
    with pytest.raises(ClientFault, match="needs a network of their own"):
        mpi.run(found, [], {}, Journal())


def test_the_reason_is_the_first_rank_s_traceback():
    tail = (
        "[1,1]<stderr>:Traceback (most recent call last):\n[1,1]<stderr>:ValueError: first\n"
        "[1,0]<stderr>:Traceback (most recent call last):\n[1,0]<stderr>:ConnectionError: second\n"
        "-----\nMPI_ABORT was invoked on rank 1\n"
    )
    assert mpi.words_of_a_rank(tail) == "Traceback (most recent call last):\nValueError: first"
    assert mpi.words_of_a_rank("no such file\n") == "no such file\n"


SERVE = """
import os, pathlib, sys
from sagewright.engine.script_mode import agent
agent.PORT = int(sys.argv[1])
print(agent.serve({"WHO": "me", "PATH": os.environ["PATH"]}, pathlib.Path("/"), "127.0.0.1"))
"""


@pytest.fixture
def served(monkeypatch):
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setattr(agent, "PORT", port)
    with subprocess.Popen([sys.executable, "-c", SERVE, str(port)], stdout=subprocess.PIPE, text=True) as process:
        agent.wait_for("127.0.0.1")
        yield process
        process.kill()


def test_the_agent_obeys_until_it_is_dismissed(served, capfd):
    codes = []
    orders = [["127.0.0.1", 'test "$WHO"', "= me", "-a $PWD = /"], ["127.0.0.1", "exit 7"]]
    threads = [threading.Thread(target=lambda order=order: codes.append(agent.main(order))) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [0, 7]
    agent.dismiss("127.0.0.1")
    assert served.communicate(timeout=10)[0] == "False\n"
    assert agent.main(["127.0.0.1", "true"]) == 255
    assert "was not reached" in capfd.readouterr().err


def test_an_agent_that_is_told_to_stop_waits_for_the_word_of_the_first_host(served):
    served.terminate()
    assert agent.main(["127.0.0.1", "true"]) == 0
    agent.dismiss("127.0.0.1")
    assert served.communicate(timeout=10)[0] == "True\n"
