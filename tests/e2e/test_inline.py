"""Jobs in the calling interpreter, for debuggers: `SAGEWRIGHT_EXECUTOR=inline`."""

from __future__ import annotations

import os
import sys
import traceback

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(autouse=True)
def inline(monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_EXECUTOR", "inline")


def test_a_job_runs_in_this_very_process_and_ends_as_any_other(cloud):
    code = "import os, sys; sys.inline_job_ran_in = os.getpid(); print('here')"
    job = cloud.run("inline", code, AlgorithmSpecification=in_folder("inline"))

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert vars(sys).pop("inline_job_ran_in") == os.getpid()
    assert cloud.log("inline") == ["here"]


def test_its_arguments_environment_and_folder_are_given_back(cloud):
    before = (list(sys.argv), dict(os.environ), os.getcwd(), list(sys.path))
    cloud.run(
        "inline",
        "import os, sys; os.environ['X'] = '1'; sys.argv.append('x'); os.chdir('/')",
        AlgorithmSpecification=in_folder("inline"),
    )

    assert (list(sys.argv), dict(os.environ), os.getcwd(), list(sys.path)) == before


def test_a_failure_is_a_failure(cloud):
    job = cloud.run("inline", "raise ValueError('inline')", AlgorithmSpecification=in_folder("inline"))

    assert job["FailureReason"] == "AlgorithmError: , exit code: 1"
    assert cloud.log("inline")[-1] == "ValueError: inline"


def test_a_program_of_another_kind_is_refused(cloud):
    specification = {"ContainerEntrypoint": ["/bin/sh", "-c", "true"]}
    with pytest.raises(ClientError, match="cannot run in the calling interpreter"):
        cloud.submit("shell", "pass", AlgorithmSpecification=specification)


def in_folder(name: str) -> dict[str, list[str]]:
    """The program by its place below the job's own folder: there is no /opt/ml in this process."""
    return {"ContainerEntrypoint": ["python", "input/data/code/program.py"]}


def test_nobody_knows_whom_to_signal(cloud):
    code = (
        "import pathlib; home = pathlib.Path.cwd().parents[3]; "
        "from sagewright.engine.executors.process.folder import HostFolder; "
        "(folder,) = home.glob('executions/*/*/'); host = HostFolder(folder); "
        "print(host.is_alive(), host.has_started(), host.pid())"
    )
    cloud.run("inline", code, AlgorithmSpecification=in_folder("inline"))

    assert cloud.log("inline") == ["True True None"]  # or the steward, which clears up, would kill this process


def test_what_comes_before_the_program_is_no_part_of_its_traceback(cloud):
    cloud.run("inline", "def f():\n    raise ValueError('inline')\nf()", AlgorithmSpecification=in_folder("inline"))
    said = cloud.log("inline")

    assert said[0] == "Traceback (most recent call last):"
    assert said[1].endswith('program.py", line 3, in <module>')
    assert traceback.extract_tb(sys.last_traceback)[-1].name == "f", "where `pdb.pm()` begins"


def test_ctrl_c_ends_the_job_and_reaches_the_caller(cloud):
    with pytest.raises(KeyboardInterrupt):
        cloud.submit("inline", "raise KeyboardInterrupt", AlgorithmSpecification=in_folder("inline"))

    assert cloud.end_of("inline")["FailureReason"] == "AlgorithmError: , exit code: 130"
