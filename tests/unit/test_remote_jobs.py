"""Functions that run as jobs, up to the request: settings, dependencies, scripts, calls, and the job's surroundings."""

from __future__ import annotations

import ast
import json
import logging
import os
import pickle
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sagewright.alias import AliasFinder
from sagewright.engine.images import MODEL_SERVER, SCRIPT_MODE, resolve
from sagewright.engine.planning.training import FUNCTION, command
from sagewright.engine.remote_functions.surroundings import command_of, surround
from sagewright.remote_function import RemoteExecutor, SparkConfig, remote
from sagewright.remote_function import settings as settings_module
from sagewright.remote_function.call_checks import check_call
from sagewright.remote_function.dependencies import REQUIREMENT, check_version, dependencies_of
from sagewright.remote_function.entry_points import driver_of
from sagewright.remote_function.job import _JobSettings
from sagewright.remote_function.runtime_environment import bootstrap_runtime_environment as bootstrap
from sagewright.remote_function.runtime_environment import runtime_environment_manager as managing

SCRIPTS = Path(bootstrap.__file__).parent
ENTRY_POINT = ["/bin/bash", "/opt/ml/input/data/sagemaker_remote_function_bootstrap/job_driver.sh"]


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.name)
def test_scripts_of_the_job_are_of_python_3_8(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all("sagewright" not in name for name in imported if name != _OWN), "they run without this package"
    unions = [
        node
        for statement in ast.walk(tree)
        if isinstance(statement, (ast.Assign, ast.Call))
        for node in ast.walk(statement)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)
    ]
    assert unions == []


_OWN = "sagewright.remote_function.runtime_environment.runtime_environment_manager"


@pytest.mark.parametrize(
    "kinds", [(False, False, False), (False, True, False), (False, False, True), (True, False, False)]
)
def test_drivers_are_shell_scripts(kinds: tuple[bool, bool, bool]) -> None:
    checked = subprocess.run(["bash", "-n"], input=driver_of(*kinds).encode(), capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_driver_prepares_the_job_and_calls_the_function_where_its_files_are(tmp_path: Path) -> None:
    scripts = tmp_path / "input/data/sagemaker_remote_function_bootstrap"
    scripts.mkdir(parents=True)
    (scripts / "job_driver.sh").write_text(driver_of(False, False, False))
    python = tmp_path / "bin/python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\necho "$PWD" "$WORD" "$@" >> "$SAGEMAKER_BASE_DIR/told"\n')
    python.chmod(0o755)
    (tmp_path / "input/sm_training.env").write_text("export WORD=told\n")
    (tmp_path / "sagemaker_remote_function_workspace").mkdir()
    variables = {"PATH": f"{python.parent}:{os.environ['PATH']}", "SAGEMAKER_BASE_DIR": str(tmp_path), "WORD": "none"}
    words = ["bash", str(scripts / "job_driver.sh"), "--region", "a b"]
    subprocess.run(words, cwd=tmp_path, env=variables, check=True)
    first, second = (tmp_path / "told").read_text().splitlines()
    assert first == f"{tmp_path} none {scripts}/bootstrap_runtime_environment.py --region a b"
    place = f"{tmp_path}/sagemaker_remote_function_workspace"
    assert second == f"{place} told -m sagemaker.remote_function.invoke_function --region a b"


def test_requirements_go_along_with_sagemaker_and_stay_as_they_are(tmp_path: Path) -> None:
    listed = tmp_path / "needs.txt"
    listed.write_text("numpy")
    found = dependencies_of(str(listed))
    found.copy_to(tmp_path / "..")
    assert (found.name, found.content) == ("needs.txt", f"numpy\n{REQUIREMENT}\n")
    assert listed.read_text() == "numpy"
    assert dependencies_of(None).content == f"{REQUIREMENT}\n"
    with pytest.raises(ValueError, match='No dependencies file named "absent.txt" was found'):
        dependencies_of("absent.txt")
    with pytest.raises(ValueError, match='Invalid dependencies provided: "poetry.lock"'):
        dependencies_of("poetry.lock")


@pytest.mark.parametrize(
    ("requirement", "is_refused"),
    [
        ("sagemaker", False),
        ("sagemaker>=2.200.0", False),
        ("sagemaker==2.255.0", True),
        ("sagemaker==2.256.0", False),
        ("sagemaker<=2.255.1", True),
        ("sagemaker<2.256.0", True),
        ("sagemaker<2.256.1", False),
        ("sagemaker>=2.256.0,<3.0.0", False),
        ("sagemaker>=2.200.0,<2.250.0", True),
        ("sagemaker==3.1.0", True),
        ("sagemaker>=3.2.0,<4.0.0", False),
        ("sagemaker<3.2.0", True),
    ],
)
def test_versions_that_check_pickles_otherwise_are_refused(requirement: str, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(ValueError, match="HMAC-based integrity checks"):
            check_version(requirement)
    else:
        check_version(requirement)


def test_calls_are_checked_as_python_does() -> None:
    def function(a: int, b: int = 1, *, c: int, d: int = 2) -> None: ...

    def takes_any(*args: int, **kwargs: int) -> None: ...

    check_call(function, (1,), {"c": 1})
    check_call(takes_any, (1, 2), {"x": 1})
    for args, kwargs, message in (
        ((1, 2, 3), {"c": 1}, r"takes 2 positional arguments but 3 were given\."),
        ((), {"c": 1}, "missing 1 required positional argument: 'a'"),
        ((1,), {"a": 1, "c": 1}, "got multiple values for argument 'a'"),
        ((1,), {"c": 1, "e": 1}, "got an unexpected keyword argument 'e'"),
        ((1,), {}, "missing 1 required keyword-only argument: 'c'"),
    ):
        with pytest.raises(TypeError, match=message):
            check_call(function, args, kwargs)


def test_what_contradicts_itself_or_does_not_exist_is_refused() -> None:
    for arguments, error, message in (
        ({}, ValueError, "instance_type is a required parameter!"),
        ({"instance_type": "ml.m5.large", "instance_count": 2}, ValueError, "Please provide instance_count = 1"),
        ({"instance_type": "ml.m5.large", "max_parallel_jobs": 0}, ValueError, "greater than 0"),
        ({"instance_typ": "ml.m5.large"}, TypeError, "did you mean `instance_type`"),
        ({"instance_type": "ml.m5.large", "spark_config": SparkConfig()}, NotImplementedError, "Amazon's image for"),
    ):
        with pytest.raises(error, match=message):
            RemoteExecutor(**arguments)
    with pytest.raises(ValueError, match="Only one of pre_execution_commands"):
        remote(instance_type="ml.m5.large", pre_execution_commands=["a"], pre_execution_script="b")(print)
    with pytest.raises(NotImplementedError, match="use_torchrun"):
        _JobSettings(instance_type="ml.m5.large", use_mpirun=True, instance_count=2)


def test_settings_show_no_values_of_variables_and_can_be_pickled() -> None:
    settings = _JobSettings(instance_type="ml.m5.large", environment_variables={"API_KEY": "hunter2"})
    assert "API_KEY" in repr(settings)
    assert "hunter2" not in repr(settings)
    assert pickle.loads(pickle.dumps(settings)).environment_variables == settings.environment_variables


def test_image_of_another_python_is_told_before_the_job(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_module, "asks_engine", lambda _: False)
    image = "1.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-38:1.0"
    with caplog.at_level(logging.WARNING):
        _JobSettings(instance_type="ml.m5.large", image_uri=image)
    assert "has Python 3.8" in caplog.text
    caplog.clear()
    _JobSettings(instance_type="ml.m5.large", image_uri=image, job_conda_env="own")
    assert caplog.text == ""


def test_variables_of_the_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINING_JOB_NAME", "job")
    resources: dict[str, Any] = {
        "current_host": "algo-2",
        "current_instance_type": "ml.p4d.24xlarge",
        "hosts": ["algo-2", "algo-1"],
        "network_interface_name": "eth0",
    }
    bootstrap.set_env(resources, "torchrun", "2", str(tmp_path / "variables"))
    script = f". {tmp_path}/variables; python3 -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    found = json.loads(subprocess.check_output(["bash", "-c", script]))
    assert (found["SM_CURRENT_HOST_RANK"], found["SM_HOST_COUNT"], found["SM_NPROC_PER_NODE"]) == ("1", "2", "2")
    assert json.loads(found["SM_TRAINING_ENV"])["hosts"] == ["algo-1", "algo-2"]
    assert (found["FI_PROVIDER"], found["NCCL_SOCKET_IFNAME"]) == ("efa", "eth0")
    bootstrap.set_env(resources, "mpirun", "2", str(tmp_path / "variables"))
    assert "export SM_HOSTS_LIST=algo-1:2,algo-2:2\n" in (tmp_path / "variables").read_text()


def test_job_of_another_python_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "FAILURE_REASON_PATH", str(tmp_path / "failure"))
    with pytest.raises(SystemExit) as caught:
        bootstrap.main(["--client_python_version", "2.7"])
    assert caught.value.code == 1
    told = (tmp_path / "failure").read_text()
    assert told.startswith("RuntimeEnvironmentError: Python version found in the container is '3.")
    assert "does not match python version '2.7'" in told


def test_requirements_that_are_met_ask_no_index() -> None:
    assert managing._is_satisfied("# a comment\nbotocore>=1  # another\n\nno-such-package; python_version < '3'\n")
    for text in ("no-such-package", "botocore<1", "-r other.txt", "./folder"):
        assert not managing._is_satisfied(text)


def test_commands_before_the_function_that_fail_are_told(tmp_path: Path) -> None:
    script = tmp_path / "pre_exec.sh"
    script.write_text("echo fine\nls /no-such-folder\n")
    with pytest.raises(managing.RuntimeEnvironmentError, match="while running pre-execution commands.*no-such-folder"):
        managing.RuntimeEnvironmentManager().run_pre_exec_script(str(script))


def test_job_has_an_environment_of_its_own_in_which_sagemaker_is_installed(tmp_path: Path) -> None:
    given = {"PATH": "/usr/bin:/bin", "PIP_TARGET": "/elsewhere", "HOME": str(tmp_path)}
    variables = surround(tmp_path / "environment", given)
    assert "PIP_TARGET" not in variables
    script = "import sys, importlib.metadata as m; print(sys.prefix, m.version('sagemaker'), m.version('botocore'))"
    told = subprocess.check_output(["python", "-c", script], env=variables, text=True).split()
    assert told[:2] == [str(tmp_path / "environment"), "2.257.7"]
    assert command_of(["bash", "/opt/ml/a", "b"], tmp_path) == ["bash", f"{tmp_path}/a", "b"]
    assert command_of(["bash", "/opt/ml/a"], Path("/opt/ml")) == ["bash", "/opt/ml/a"]


def test_engine_runs_images_with_nothing_but_python() -> None:
    image = resolve("236514542706.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-311:1.0")
    assert (image.script_command, image.script_server) == (SCRIPT_MODE, MODEL_SERVER)
    specification = {"ContainerEntrypoint": ENTRY_POINT, "ContainerArguments": ["--region", "x"]}
    assert command({"AlgorithmSpecification": specification}, image) == [*FUNCTION, *ENTRY_POINT, "--region", "x"]


def test_module_by_its_other_name_can_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [AliasFinder(), *sys.meta_path])
    monkeypatch.setattr(sys, "argv", ["x", "--version"])
    for name in [name for name in sys.modules if name.partition(".")[0] == "sagemaker"]:
        monkeypatch.delitem(sys.modules, name)
    found = runpy.run_module("sagemaker.vocabulary.remote_functions", run_name="other")
    assert (found["__name__"], found["RUNTIME_CHANNEL"]) == ("other", "sagemaker_remote_function_bootstrap")
    for name in [name for name in sys.modules if name.partition(".")[0] == "sagemaker"]:
        monkeypatch.delitem(sys.modules, name)
