"""Scripts of the user's in jobs: what they are given, and what becomes of them (`contract.md` 1.12, 1.13)."""

from __future__ import annotations

import importlib.util
import json

import pytest
from botocore.exceptions import ClientError

import sagewright as sagemaker
from sagewright.estimator import Estimator
from sagewright.sklearn import SKLearn
from tests.e2e.conftest import ROLE, wait_until
from tests.e2e.scripts import PYTHON, SKLEARN, TELL, run, submit, told


def test_a_script_is_given_its_arguments_variables_and_folders(cloud):
    values = {
        "epochs": 3,
        "rate": 0.5,
        "name": "a b; $(false)",
        "deep": True,
        "none": None,
        "map": {"b": 2, "a": 1},
        "x": "1",
    }
    job = run(cloud, "given", TELL, image=SKLEARN, hyperparameters=values, Environment={"MINE": "yes"})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    given = told(cloud, "given")
    expected = "--deep True --epochs 3 --map a=1,b=2 --name|a b; $(false)|--none||--rate 0.5 -x 1"
    words = [word for part in expected.split("|")[::2] for word in part.split()]
    words.insert(words.index("--name") + 1, "a b; $(false)")
    words.insert(words.index("--none") + 1, "")
    assert given["argv"] == words
    env = given["env"]
    assert env["MINE"] == "yes"
    assert json.loads(env["SM_HPS"]) == values
    assert env["SM_HP_DEEP"] == "true"
    assert env["SM_HP_MAP"] == '{"a":1,"b":2}'
    assert env["SM_HP_NONE"] == ""
    assert env["SM_CHANNELS"] == '["train"]'
    assert env["SM_CHANNEL_TRAIN"].endswith("/input/data/train")
    assert env["SM_MODEL_DIR"].endswith("/model")
    assert env["SM_USER_ENTRY_POINT"] == "train.py"
    assert env["SM_MODULE_NAME"] == "train"
    assert env["SM_MODULE_DIR"] == "s3://bucket/given/source/sourcedir.tar.gz"
    assert env["SM_FRAMEWORK_MODULE"] == "sagemaker_sklearn_container.training:main"
    assert env["SM_CURRENT_HOST"] == "algo-1"
    assert json.loads(env["SM_TRAINING_ENV"])["hyperparameters"] == values
    assert not [name for name in env if name.startswith("SM_HP_SAGEMAKER")]
    assert env["PYTHONPATH"].split(":")[0] == given["cwd"] == given["path"][0]
    log = cloud.log("given")
    assert any("Invoking user script" in line for line in log)
    assert any(line.endswith("INFO     Reporting training SUCCESS") for line in log)
    assert any("the image has 1.2-1" in line for line in log)


def test_secrets_are_given_and_not_printed(cloud):
    run(cloud, "secrets", "import sys; assert 'hunter2' in sys.argv", hyperparameters={"api_key": "hunter2"})
    assert cloud.describe("secrets")["TrainingJobStatus"] == "Completed"
    assert "hunter2" not in "\n".join(cloud.log("secrets"))


def test_a_model_is_kept_and_modules_beside_the_script_are_found(cloud):
    files = {
        "src/train.py": "import os, sibling; open(os.environ['SM_MODEL_DIR'] + '/model.txt', 'w').write(sibling.WORD)",
        "sibling.py": "WORD = 'found'",
    }
    job = run(cloud, "kept", files, program="src/train.py")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://bucket/out/kept/output/model.tar.gz"


def test_a_shell_script_gets_arguments_whole(cloud):
    for name, first_line in (("with", "#!/bin/sh"), ("without", "# no interpreter named")):
        script = f'{first_line}\nfor word in "$@"; do echo "word:$word"; done\n'
        submit(cloud, name, {"run.sh": script}, program="run.sh", hyperparameters={"name": "a b; exit 3"})
    for name in ("with", "without"):
        job = cloud.end_of(name)
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert [line for line in cloud.log(name) if line.startswith("word:")] == ["word:--name", "word:a b; exit 3"]


FAILURES = {
    "syntax": ("def f(:\n", "ExitCode 1", "SyntaxError"),
    "import": ("import no_such_module_anywhere", "ExitCode 1", "ModuleNotFoundError: No module named"),
    "exception": ("raise ValueError('bad rate')", "ExitCode 1", "ValueError: bad rate"),
    "exit": ("import sys; sys.stderr.write('gone\\n'); sys.exit(7)", "ExitCode 7", 'ErrorMessage "gone"'),
    "memory": ("import os; os.kill(os.getpid(), 9)", "ExitCode 137", 'ExtraInfo "OutOfMemory: Process killed by SIG'),
}


def test_a_failure_says_what_failed(cloud):
    for name, (code, *_) in FAILURES.items():
        submit(cloud, name, {"train.py": code}, hyperparameters={"epochs": 3})
    for name, (_, *parts) in FAILURES.items():
        job = cloud.end_of(name)
        assert job["TrainingJobStatus"] == "Failed"
        reason = job["FailureReason"]
        assert reason.startswith("AlgorithmError: ExecuteUserScriptError:\nExitCode "), name
        assert reason.endswith('train.py --epochs 3", exit code: 1'), name
        for part in parts:
            assert part in reason, name


def test_a_script_that_writes_its_own_reason_is_heard(cloud):
    code = "import os; open(os.environ['SM_OUTPUT_DIR'] + '/failure', 'w').write('my own words'); raise SystemExit(1)"
    assert run(cloud, "own", code)["FailureReason"] == "AlgorithmError: my own words, exit code: 1"


def test_a_script_that_writes_much_on_both_streams_ends(cloud):
    code = "import sys\nfor n in range(3000):\n    print(n, 'o' * 100)\n    print(n, 'e' * 100, file=sys.stderr)"
    job = run(cloud, "much", code)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")


def test_a_stop_reaches_the_script(cloud):
    code = """
import signal, sys, time
def handler(*_):
    print("stopping gently", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, handler)
print("ready", flush=True)
time.sleep(60)
"""
    submit(cloud, "stopped", {"train.py": code})
    wait_until(lambda: "ready" in cloud.log("stopped"))
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")
    assert cloud.end_of("stopped")["TrainingJobStatus"] == "Stopped"
    assert cloud.log("stopped").count("stopping gently") == 1


def test_what_cannot_run_is_refused_before_the_job_starts(cloud):
    with pytest.raises(ClientError, match="starts no training program by itself") as caught:
        cloud.submit("bare", AlgorithmSpecification={"TrainingImage": SKLEARN})
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    if importlib.util.find_spec("tensorflow") is None:
        image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-training:2.13-cpu-py310"
        with pytest.raises(ClientError, match="hint: pip install tensorflow"):
            submit(cloud, "missing", {"train.py": ""}, image=image)
    with pytest.raises(ClientError, match="smdistributed"):
        submit(cloud, "d", {"train.py": ""}, hyperparameters={"sagemaker_distributed_dataparallel_enabled": True})


def test_code_that_is_not_there_fails_the_job(cloud):
    values = {"sagemaker_submit_directory": "s3://bucket/nowhere.tar.gz"}
    job = run(cloud, "nowhere", "", hyperparameters=values)
    assert job["FailureReason"] == "ClientError: The code `s3://bucket/nowhere.tar.gz` does not exist."
    job = run(cloud, "other", {"other.py": ""})
    assert "There is no `train.py` in the job's code, which holds other.py." in job["FailureReason"]


def test_the_sdk_trains_with_a_script(home, tmp_path, capsys):
    (tmp_path / "train.py").write_text(
        "import argparse, os\n"
        "from pathlib import Path\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--depth', type=int)\n"
        "depth = parser.parse_args().depth\n"
        "rows = [[float(word) for word in line.split(',')] for line in\n"
        "        (Path(os.environ['SM_CHANNEL_TRAIN']) / 'rows.csv').read_text().split()]\n"
        "tree = DecisionTreeClassifier(max_depth=depth).fit([row[1:] for row in rows], [row[0] for row in rows])\n"
        "print('depth:', tree.get_depth())\n"
        "Path(os.environ['SM_MODEL_DIR'], 'depth.txt').write_text(str(tree.get_depth()))\n"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data/rows.csv").write_text("\n".join(f"{n % 2},{n % 2},{n}" for n in range(50)))
    session = sagemaker.Session()
    for isolated in (False, True):
        tree = SKLearn(
            str(tmp_path / "train.py"),
            framework_version="1.2-1",
            role=ROLE,
            instance_type="ml.m5.large",
            hyperparameters={"depth": 2},
            enable_network_isolation=isolated,
            sagemaker_session=session,
        )
        tree.fit({"train": str(tmp_path / "data")})
        assert "depth: 1" in capsys.readouterr().out
        assert str(tree.model_data).endswith("/output/model.tar.gz")


def test_a_plain_image_runs_a_script_of_an_estimator(home, tmp_path, capsys):
    (tmp_path / "train.py").write_text("import sys; print('args:', sys.argv[1:])")
    estimator = Estimator(
        *(PYTHON, ROLE, 1, "ml.m5.large"),
        entry_point="train.py",
        source_dir=str(tmp_path),
        hyperparameters={"a": 1},
        sagemaker_session=sagemaker.Session(),
    )
    estimator.fit()
    assert "args: ['-a', '1']" in capsys.readouterr().out
