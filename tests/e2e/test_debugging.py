"""A debugger in a job: `debug=True`, in a terminal of its own."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time

import pytest

pty = pytest.importorskip("pty")

TRAIN = """\
import os
rate = 0.5
breakpoint()
print("the rate is", rate)
open(os.environ["SAGEMAKER_BASE_DIR"] + "/model/weights", "w").write(str(rate))
"""
FIT = """\
from sagewright.estimator import Estimator
estimator = Estimator("python:3", "arn:aws:iam::123456789012:role/r-o-l-e", 1, "local", debug=True,
                      container_entry_point=["python", "/opt/ml/input/data/code/train.py"])
estimator.fit({"code": "train.py"})
print("ended as", estimator.latest_training_job.describe()["TrainingJobStatus"])
"""


class Terminal:
    """A program in a terminal, and what a person would read and type there."""

    def __init__(self, *command):
        self.text = ""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.execv(command[0], command)

    def read_until(self, words, seconds=40.0):
        """Return what has appeared, the words included."""
        deadline = time.monotonic() + seconds
        while words not in self.text:
            ready, _, _ = select.select([self.screen], [], [], max(0.0, deadline - time.monotonic()))
            piece = b""
            with contextlib.suppress(OSError):  # the program has ended
                piece = os.read(self.screen, 4096) if ready else b""
            assert piece, f"`{words}` did not appear:\n{self.text}"
            self.text += piece.decode(errors="replace")
        read, _, self.text = self.text.partition(words)
        return read + words

    def type(self, line):
        os.write(self.screen, line.encode() + b"\n")

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.screen)


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Return a terminal in which `fit.py` trains with `train.py`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "fit.py").write_text(FIT)
    terminal = Terminal(sys.executable, "fit.py")
    yield terminal
    terminal.close()


def test_a_person_looks_around_changes_a_value_and_goes_on(session):
    assert "train.py(4)<module>()" in session.read_until("(Pdb) ")
    session.type("p rate * 2")
    assert "1.0" in session.read_until("(Pdb) ")
    session.type("rate = 7")
    session.read_until("(Pdb) ")
    session.type("c")

    assert "the rate is 7" in session.read_until("ended as Completed")


def test_leaving_the_debugger_fails_the_job(session):
    session.read_until("(Pdb) ")
    session.type("q")

    said = session.read_until("LocalJobFailed: ")
    assert "bdb.BdbQuit" in said
    assert "exit code: 1" in session.read_until("exit code: 1")
