"""What script mode makes of a job's configuration (`contract.md` 1.12, 1.13)."""

from __future__ import annotations

import json
import os

import pytest

from sagewright.engine.script_mode import images, in_place, launching, requirements
from sagewright.engine.script_mode.facts import read
from sagewright.engine.script_mode.faults import ExecuteUserScriptError, last_words, write_failure
from sagewright.engine.script_mode.secrets import is_secret, masked
from sagewright.engine.script_mode.variables import arguments, variables
from sagewright.vocabulary.script_mode import IMAGE_VERSIONS

TWO_HOSTS = {
    "current_host": "algo-2",
    "current_group_name": "workers",
    "hosts": ["algo-1", "algo-2"],
    "instance_groups": [
        {"instance_group_name": "workers", "instance_type": "ml.m5.large", "hosts": ["algo-1", "algo-2"]}
    ],
    "network_interface_name": "eth0",
}


@pytest.fixture
def job(tmp_path):
    def facts(hyperparameters=None, resources=None, environment=None, files=()):
        config = tmp_path / "input/config"
        config.mkdir(parents=True, exist_ok=True)
        encoded = {name: json.dumps(value) for name, value in (hyperparameters or {}).items()}
        given = {"sagemaker_program": '"train.py"', **encoded}
        (config / "hyperparameters.json").write_text(json.dumps(given))
        (config / "resourceconfig.json").write_text(json.dumps(resources or {}))
        (config / "inputdataconfig.json").write_text(json.dumps({"train-Set": {}, "a": {}}))
        (tmp_path / "code").mkdir(exist_ok=True)
        for name in files:
            (tmp_path / "code" / name).touch()
        return read(tmp_path, environment or {})

    return facts


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (0.5, "0.5"), (True, "True"), (None, ""), ("a b", "a b"), ([1], "[1]"), ({"b": 2, "a": 1}, "a=1,b=2")],
)  # fmt: skip
def test_values_become_arguments(value, text):
    assert arguments({"name": value, "n": value}) == ["-n", text, "--name", text]


def test_reserved_names_stay_with_the_platform(job):
    facts = job({"lr": 0.1, "sagemaker_mpi_enabled": True, "_tuning_objective_metric": "loss", "sagemaker_region": "r"})
    assert facts.hyperparameters == {"lr": 0.1}
    given = variables(facts)
    assert given["SM_FRAMEWORK_PARAMS"] == '{"sagemaker_mpi_enabled":true}'
    assert given["SM_HPS"] == '{"lr":0.1}'
    assert given["SM_USER_ARGS"] == '["--lr","0.1"]'


def test_channels_and_names_are_upper_cased_and_nothing_else(job):
    given = variables(job({"learning-rate": "1e-3"}))
    assert given["SM_CHANNELS"] == '["a","train-Set"]'
    assert given["SM_CHANNEL_TRAIN-SET"].endswith("/input/data/train-Set")
    assert given["SM_HP_LEARNING-RATE"] == "1e-3"


def test_the_environment_counts_more_than_hyperparameters(job):
    environment = {"SAGEMAKER_PROGRAM": "other.py", "SAGEMAKER_CONTAINER_LOG_LEVEL": "40"}
    facts = job({"sagemaker_container_log_level": 10}, environment=environment)
    assert (facts.entry_point, facts.log_level) == ("other.py", 40)


def test_hosts_and_groups_are_told(job):
    given = variables(job(resources=TWO_HOSTS))
    assert given["SM_HOSTS"] == '["algo-1","algo-2"]'
    assert given["SM_CURRENT_HOST"] == "algo-2"
    assert given["SM_CURRENT_INSTANCE_GROUP"] == "workers"
    assert given["SM_IS_HETERO"] == "false"
    assert json.loads(given["SM_TRAINING_ENV"])["is_master"] is False


def test_secrets_are_told_by_whole_words():
    assert all(map(is_secret, ["api_key", "API-KEY", "dbPassword", "HF_TOKEN", "aws_secret_access_key"]))
    assert not any(map(is_secret, ["max_tokens", "tokenizer", "key", "monkey", "author"]))


def test_masked_facts_derive_no_secret(job):
    facts = masked(job({"hf_token": "hunter2", "epochs": 1}))
    assert "hunter2" not in json.dumps(variables(facts))
    assert arguments(facts.hyperparameters) == ["--epochs", "1", "--hf_token", "***"]


def test_a_reason_holds_the_end_of_the_last_traceback():
    noise = "warning\n" * 500
    trace = "Traceback (most recent call last):\n" + '  File "x"\n' * 300 + "ValueError: in the end"
    text = str(ExecuteUserScriptError("python train.py", 1, noise + trace))
    assert len(text) <= 1000
    assert text.startswith('ExecuteUserScriptError:\nExitCode 1\nErrorMessage "')
    assert text.endswith('ValueError: in the end"\nCommand "python train.py"')
    assert last_words("short", 100) == "short"


def test_a_failure_that_the_script_has_told_stays(tmp_path):
    write_failure(tmp_path, "first")
    write_failure(tmp_path, "second")
    assert (tmp_path / "output/failure").read_text() == "first"


def test_entry_points_are_told_apart(job):
    assert launching.kind_of(job()) == launching.PYTHON_PROGRAM
    assert launching.kind_of(job({"sagemaker_program": "run.sh"})) == launching.COMMAND
    assert launching.kind_of(job(files=["setup.py"])) == launching.PYTHON_PACKAGE
    assert launching.command(job({"a": 1}), "python") == ["python", "-m", "train", "-a", "1"]


def test_the_code_comes_first_on_the_path_of_imports(job):
    startup, facts = "/startup", job()
    found = launching.environment(facts, {"PYTHONPATH": startup})["PYTHONPATH"]
    assert found.split(os.pathsep)[:2] == [str(facts.code), startup]
    found = launching.environment(job(files=["sitecustomize.py"]), {"PYTHONPATH": startup})["PYTHONPATH"]
    assert found.split(os.pathsep)[:2] == [startup, str(facts.code)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy", True),
        ("numpy>=1.20  # comment\n\n--extra-index-url https://example.com\n", True),
        ("numpy<1", False),
        ("no-such-package", False),
        ("no-such-package; python_version < '3'", True),
        ("numpy[extra]", False),
        ("-r other.txt", False),
        ("./wheels/one.whl", False),
        ("numpy @ https://example.com/numpy.whl", False),
    ],
)
def test_what_is_installed_is_known_without_pip(text, expected):
    pytest.importorskip("packaging")
    assert requirements.is_satisfied(text) is expected


def test_a_digest_follows_the_files_that_a_list_names(tmp_path):
    def digest(text: str) -> str:
        (tmp_path / "requirements.txt").write_text(text)
        want = requirements.wanted(tmp_path, launching.PYTHON_PROGRAM)
        assert want is not None
        return requirements.digest(want, tmp_path)

    (tmp_path / "constraints.txt").write_text("a==1")
    plain, reading = digest("a"), digest("a\n-c constraints.txt")
    (tmp_path / "constraints.txt").write_text("a==2")
    assert digest("a") == plain
    assert digest("a\n-c constraints.txt") != reading


def test_versions_that_differ_are_told_in_one_line():
    line = images.difference({IMAGE_VERSIONS: json.dumps({"numpy": "0.1-1", "Python": "2.7", "absent": "1"})})
    assert line is not None
    assert "the image has 0.1-1" in line
    assert "the image has 2.7" in line
    assert "absent" not in line
    assert "\n" not in line
    assert images.difference({}) is None


def test_an_error_in_place_is_told_from_the_script_on(tmp_path, monkeypatch):
    (tmp_path / "train.py").write_text("def f():\n    raise ValueError('here')\nf()\n")
    for name in ("environ", "argv", "path"):
        monkeypatch.setattr(os if name == "environ" else __import__("sys"), name, type_copy(name))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(in_place.Raised) as caught:
        in_place.run(["python", "train.py"], {}, tmp_path, None)
    lines = in_place.text_of(caught.value.error).splitlines()
    assert lines[1].endswith('train.py", line 3, in <module>')
    assert lines[-1] == "ValueError: here"


def type_copy(name: str):
    import sys

    return {"environ": os.environ.copy(), "argv": list(sys.argv), "path": list(sys.path)}[name]
