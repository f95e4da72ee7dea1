"""`%load_ext sagewright`, and logs that fold: with a kernel's shell and display in the place of IPython's."""

from __future__ import annotations

import subprocess
import sys
import types
from typing import Any

import pytest

from sagewright import folding, notebook


class ZMQInteractiveShell:
    """A kernel's shell, by its name."""


class Display:
    """IPython's display: remembers the last that an output showed."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}
        self.updates = 0

    def __call__(self, data: dict[str, str], *, raw: bool, display_id: bool) -> Display:
        assert raw
        assert display_id
        self.last = data
        return self

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        self.last, self.updates = data, self.updates + 1


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Display:
    shown, ipython, displays = Display(), types.ModuleType("IPython"), types.ModuleType("IPython.display")
    vars(ipython)["get_ipython"] = ZMQInteractiveShell
    vars(displays)["display"] = shown
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", displays)
    return shown


def test_a_log_folds_when_all_went_well(display: Display, capsys: pytest.CaptureFixture[str]) -> None:
    with folding.folded("Training job x"):
        print("\x1b[34mepoch 1 <b>\x1b[0m")
        print("done")
    assert display.last["text/plain"] == "epoch 1 <b>\ndone\n"
    assert display.last["text/html"].startswith("<details><summary>Training job x: done</summary>")
    assert "epoch 1 &lt;b&gt;" in display.last["text/html"]
    assert capsys.readouterr().out == ""


def test_a_log_stays_open_where_the_job_fails(display: Display) -> None:
    @folding.folds("Training job")
    def follow(session: None, job: str) -> None:
        print("the last line")
        raise ValueError("it failed")

    with pytest.raises(ValueError, match="it failed"):
        follow(None, "x")
    assert display.last["text/html"].startswith("<details open><summary>Training job x: the last line</summary>")


def test_a_long_log_shows_its_end(display: Display) -> None:
    with folding.folded("x"):
        for number in range(5000):
            print(number)
    assert "... 3001 lines before" in display.last["text/html"]
    assert display.last["text/plain"].endswith("\n4999\n")
    assert display.updates < 100


def test_elsewhere_a_log_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    with folding.folded("x"):
        print("\x1b[34mas it is\x1b[0m")
    assert capsys.readouterr().out == "\x1b[34mas it is\x1b[0m\n"


def test_magic_tells_the_target_and_runs_commands(home: Any, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.magic("")
    assert f"target: local ({home})" in capsys.readouterr().out
    notebook.magic("status")
    assert "SAGEWRIGHT_HOME" in capsys.readouterr().out
    notebook.magic("no-such-command")
    assert "invalid choice" in capsys.readouterr().err
    with pytest.raises(ValueError, match="hint: use a terminal"):
        notebook.magic("up --port 1")


PROGRAM = """
class Shell:
    magics = {}
    def register_magic_function(self, function, kind, name):
        self.magics[name] = kind
import sagewright
sagewright.load_ipython_extension(Shell())
import sagemaker, boto3
assert sagemaker is sagewright and Shell.magics == {"sagewright": "line"}
print(boto3.client("sts").get_caller_identity()["Account"])
"""


def test_extension_is_what_run_is_for_a_script(home: Any) -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr
    assert told.stdout == "123456789012\n"
    assert told.stderr == f"sagewright: running on the target local ({home})\n"
