"""The executors keep the contract; the process executor is seen at work."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sagewright.engine.clock import FakeClock
from sagewright.engine.engine import Engine
from sagewright.engine.executors.container import engines
from sagewright.engine.executors.process.executor import ProcessExecutor
from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.executors.process.launcher import Launcher
from sagewright.engine.planning.document import Container, Fetch, Server, Unpack, Upload
from sagewright.engine.steward.bell import PIPE
from sagewright.engine.steward.loop import take_lock
from sagewright.testing.execution import LOG_GROUP, ExecutorContract, eventually, plan
from sagewright.testing.executors import FakeExecutor
from tests.container_engine import IMAGE, held

GIB = 1 << 30
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


def be_the_steward(home: Path) -> tuple[int, int]:
    """Hold the steward's lock of a home and listen to its bell; return the two descriptors."""
    lock = take_lock(home)
    assert lock is not None
    os.mkfifo(home / PIPE)
    return lock, os.open(home / PIPE, os.O_RDWR | os.O_NONBLOCK)


class TestFakeExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self):
        return FakeExecutor(FakeClock())


@contextlib.contextmanager
def process_executor(home: Path) -> Iterator[ProcessExecutor]:
    home.mkdir()
    lock, bell = be_the_steward(home)  # a real one would clear away what no record names
    launcher = Launcher.start(home)
    executor = ProcessExecutor(home, launcher, 2, GIB)
    yield executor
    for execution in executor.executions():
        executor.release(execution)
    launcher.close()
    os.close(bell)
    os.close(lock)


class InContainers:
    """The process executor, with every program in a container of an image that has nothing but Python."""

    def __init__(self, executor, engine):
        self._executor, self._engine = executor, engine

    def start(self, plan):
        program = ["/usr/bin/python3", "-c", "import time; time.sleep(60)"]
        container = Container(IMAGE, self._engine, program, pull="never")
        hosts = [replace(document, command=[], container=container) for document in plan.hosts]
        self._executor.start(replace(plan, hosts=hosts))

    def __getattr__(self, name):
        return getattr(self._executor, name)


class TestProcessExecutorWithContainers(ExecutorContract):
    @pytest.fixture
    def executor(self, home: Path, container_engine):
        with process_executor(home) as executor:
            yield InContainers(executor, container_engine)
        with contextlib.closing(engines.connect(container_engine)) as client:
            assert held(client) == []


class TestProcessExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self, home: Path):
        with process_executor(home) as executor:
            yield executor

    @pytest.fixture
    def engine(self, home, executor):
        engine = Engine.open(home)
        yield engine
        engine.close()

    def run(self, executor, command, **changes):
        """Run one host to its end; return what can be seen of it."""
        todo = plan(command=command)
        executor.start(replace(todo, python=sys.executable, hosts=[replace(todo.hosts[0], **changes)]))
        eventually(lambda: any(host.outcome for host in executor.observe("tr-1")))
        return executor.observe("tr-1")[0]

    def lines(self, engine):
        return [event.message for event in engine.parts.logs.read(LOG_GROUP, "tr-1/algo-1")[0]]

    def test_a_host_leaves_phases_log_and_outcome(self, executor, engine):
        host = self.run(executor, ["{python}", "-c", "print('hello'); raise SystemExit(3)"])
        assert [phase for phase, _ in host.phases] == ["Downloading", "Training"]
        assert (host.outcome["exit_code"], host.outcome["reason"]) == (3, "AlgorithmError: , exit code: 3")
        assert self.lines(engine) == ["hello"]

    def test_input_comes_and_output_goes(self, executor, engine):
        engine.parts.objects.create_bucket("b", "r", "o")
        engine.parts.objects.put("b", "in/a/x.txt", b"data")
        host = self.run(
            executor,
            ["/bin/sh", "-c", "cp /opt/ml/input/x/a/x.txt /opt/ml/model/"],
            fetches=[Fetch("x", "b", "in/", "input/x")],
            uploads=[Upload("model", "b", "out/model.tar.gz", required=True)],
        )
        assert host.outcome["reason"] is None
        assert host.outcome["artifacts"] == {"model": "s3://b/out/model.tar.gz"}

    def test_a_model_that_is_not_there_in_time_ends_its_server(self, executor, engine):
        engine.parts.objects.create_bucket("b", "r", "o")
        files = io.BytesIO()
        with tarfile.open(fileobj=files, mode="w:gz") as archive:
            for number in range(3000):
                archive.addfile(tarfile.TarInfo(f"file-{number}"))
        engine.parts.objects.put("b", "model.tar.gz", files.getvalue())
        model = Unpack("b", "model.tar.gz", "model")
        host = self.run(executor, ["sleep", "60"], server=Server(download_s=0.02), unpacks=[model])

        assert host.outcome["reason"] == "ClientError: The model data was not there in time."
        assert (host.outcome["stopped"], host.outcome["exit_code"]) == (None, None)

    def test_a_model_that_unfolds_to_too_much_is_refused(self, executor, engine):
        engine.parts.objects.create_bucket("b", "r", "o")
        files = io.BytesIO()
        with tarfile.open(fileobj=files, mode="w:gz") as archive:
            bomb = tarfile.TarInfo("bomb")
            bomb.size = 1 << 20
            archive.addfile(bomb, io.BytesIO(bytes(bomb.size)))
        engine.parts.objects.put("b", "model.tar.gz", files.getvalue())
        model = Unpack("b", "model.tar.gz", "model", max_bytes=1000)
        host = self.run(executor, ["sleep", "60"], server=Server(), unpacks=[model])

        assert "its files come to more than 1000 bytes" in host.outcome["reason"]

    def test_a_server_that_does_not_answer_in_time_is_ended(self, executor, engine):
        host = self.run(executor, ["sleep", "60"], server=Server(startup_s=0.3))

        assert host.outcome["reason"] == "AlgorithmError: the server did not pass the ping health check in time"
        assert "port_lost" not in host.outcome

    def test_a_server_whose_port_another_has_taken_says_so(self, executor, engine, home):
        loser = (
            "import os, pathlib, time; model = pathlib.Path('/opt/ml/model')\n"
            "(model / 'draft').write_text(os.environ['SAGEMAKER_BIND_TO_PORT'])\n"
            "(model / 'draft').rename(model / 'port')\n"
            "while not (model / 'go').exists(): time.sleep(0.01)\n"
            "raise SystemExit(1)"
        )
        todo = plan(command=["{python}", "-c", loser])
        executor.start(replace(todo, python=sys.executable, hosts=[replace(todo.hosts[0], server=Server())]))
        model = home / "executions/tr-1/algo-1/ml/model"
        eventually((model / "port").exists)
        with socket.create_server(("127.0.0.1", int((model / "port").read_text()))):
            (model / "go").touch()
            eventually(lambda: any(host.outcome for host in executor.observe("tr-1")))
        assert executor.observe("tr-1")[0].outcome["port_lost"] is True

    def test_stopping_asks_first_and_kills_when_the_grace_is_over(self, executor, engine):
        executor.start(replace(plan(command=["{python}", "-c", DEAF]), python=sys.executable))
        eventually(lambda: bool(executor.observe("tr-1")) and "up" in self.log(engine))
        executor.stop("tr-1", 0.3)
        eventually(lambda: any(host.outcome for host in executor.observe("tr-1")))
        assert executor.observe("tr-1")[0].outcome["stopped"] == "order"

    def log(self, engine):
        try:
            return self.lines(engine)
        except KeyError:
            return []

    def test_releasing_leaves_neither_process_nor_folder(self, executor, home):
        executor.start(plan())
        eventually(lambda: any(host.phases for host in executor.observe("tr-1")))
        folder = HostFolder(home / "executions/tr-1/algo-1")
        pid = folder.pid()
        executor.release("tr-1")
        assert not (home / "executions/tr-1").exists()
        eventually(
            lambda: not os.path.exists(f"/proc/{pid}") or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]
        )
