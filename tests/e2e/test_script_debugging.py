"""Scripts in the calling interpreter, for debuggers."""

from __future__ import annotations

import json
import os
import sys
import traceback

import pytest

from tests.e2e.scripts import run


@pytest.fixture(autouse=True)
def inline(monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_EXECUTOR", "inline")


def test_a_script_runs_in_this_process_with_all_that_it_is_given(cloud):
    seen = "[os.getpid(), sys.argv[1:], os.environ['SM_HP_A'], sibling.X]"
    code = f"import json, os, sys, sibling\nsys.seen = json.dumps({seen})"
    before = (list(sys.argv), dict(os.environ), os.getcwd(), list(sys.path))
    for number in (1, 2):
        content = {"train.py": code, "sibling.py": f"X = {number}"}
        job = run(cloud, f"here-{number}", content, hyperparameters={"a": number})
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert json.loads(vars(sys).pop("seen")) == [os.getpid(), ["-a", str(number)], str(number), number]
    assert (list(sys.argv), dict(os.environ), os.getcwd(), list(sys.path)) == before


def test_a_failure_has_its_text_and_its_traceback(cloud):
    job = run(cloud, "here", "def f():\n    raise ValueError('inline')\nf()")
    assert job["FailureReason"].startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n")
    assert "ValueError: inline" in job["FailureReason"]
    assert traceback.extract_tb(sys.last_traceback)[0].filename.endswith("train.py"), "where `pdb.pm()` goes up to"
    assert traceback.extract_tb(sys.last_traceback)[-1].name == "f", "where it begins"


def test_an_exit_code_passes(cloud):
    assert "ExitCode 7" in run(cloud, "seven", "raise SystemExit(7)")["FailureReason"]
