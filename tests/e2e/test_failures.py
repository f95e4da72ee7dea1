"""What goes wrong in a job, and what its status, its reason and the exception say of it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from botocore.exceptions import ClientError

import sagewright as sagemaker
from sagewright.estimator import Estimator
from sagewright.exceptions import UnexpectedStatusException
from sagewright.inputs import TrainingInput
from sagewright.sklearn import SKLearn
from tests.conftest import processes_of
from tests.e2e.conftest import LINEAR_LEARNER, ROLE
from tests.e2e.failing import IN_PLAIN_PYTHON, IN_SCRIPT_MODE

REGRESSOR = {"predictor_type": "regressor"}
OURS = re.compile(r"sagewright/(engine|estimator|following|session)")


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory):
    """A home for all of these tests, so that not each of them waits for a steward."""
    folder = tmp_path_factory.mktemp("failures") / "home"
    yield folder
    while left := processes_of(folder):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


@pytest.fixture
def session(shared_home, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(shared_home))
    monkeypatch.setenv("SAGEWRIGHT_PREFLIGHT", "warn")  # else it would find some of this before anything starts
    return sagemaker.Session()


def in_plain_python(session, folder, program, **arguments):
    """Return an estimator for a program, and the inputs to fit it with."""
    (folder / "train.py").write_text(program)
    command = ["python", "/opt/ml/input/data/code/train.py"]
    common = {"sagemaker_session": session, "container_entry_point": command, "base_job_name": "failing"}
    estimator = Estimator("python:3", ROLE, 1, "ml.m5.large", **{**common, **arguments})
    return estimator, {"code": str(folder / "train.py")}


def script(session, folder, program, **arguments):
    """Return the estimator of a script of scikit-learn's image."""
    (folder / "train.py").write_text(program)
    given = {"entry_point": str(folder / "train.py"), "base_job_name": "failing", **arguments}
    return SKLearn(
        framework_version="1.2-1", role=ROLE, instance_type="ml.m5.large", sagemaker_session=session, **given
    )


def failure_of(estimator, inputs=None):
    """Return the exception that fitting ends in, and the job's description."""
    with pytest.raises(UnexpectedStatusException) as caught:
        estimator.fit(inputs)
    return str(caught.value), estimator.latest_training_job.describe()


@pytest.mark.parametrize("name", IN_PLAIN_PYTHON)
def test_a_program_that_goes_wrong(name, session, tmp_path, monkeypatch):
    failing = IN_PLAIN_PYTHON[name]
    for variable, value in failing.environment:
        monkeypatch.setenv(variable, value)
    said, job = failure_of(*in_plain_python(session, tmp_path, failing.program))

    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", failing.reason)
    assert f"Reason: {failing.reason}" in said
    for text in failing.shown:
        assert text in said
    assert not OURS.search(said), "the user's own lines, none of ours"
    assert len(said) < 20_000


@pytest.mark.parametrize("name", IN_SCRIPT_MODE)
def test_a_script_of_a_framework_that_goes_wrong(name, session, tmp_path, monkeypatch):
    failing = IN_SCRIPT_MODE[name]
    for variable, value in failing.environment:
        monkeypatch.setenv(variable, value)
    said, job = failure_of(script(session, tmp_path, failing.program))

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(failing.reason)
    for text in failing.shown:
        assert text in said
    assert not OURS.search(said), "the user's own lines, none of ours"


def test_a_script_that_the_archive_does_not_hold(session, tmp_path):
    with tarfile.open(tmp_path / "sourcedir.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("other.py"))
    uri = session.upload_data(str(tmp_path / "sourcedir.tar.gz"), key_prefix="wrong-entry-point")
    said, job = failure_of(script(session, tmp_path, "pass", source_dir=uri, entry_point="train.py"))

    assert "There is no `train.py` in the job's code, which holds other.py." in job["FailureReason"]
    assert "There is no `train.py`" in said


def test_a_script_that_is_not_there(session, tmp_path):
    with pytest.raises((ValueError, FileNotFoundError), match="nowhere.py"):
        script(session, tmp_path, "pass", source_dir=str(tmp_path), entry_point="nowhere.py").fit()


def test_a_program_that_hangs_is_stopped_when_its_time_is_over(session, tmp_path, caplog):
    estimator, inputs = in_plain_python(session, tmp_path, "import time\ntime.sleep(600)\n", max_run=1)
    estimator.fit(inputs)
    job = estimator.latest_training_job.describe()

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert "FailureReason" not in job
    assert "Job ended with status 'Stopped' rather than 'Completed'" in caplog.text


def test_a_model_that_was_deleted_is_an_empty_one(session, tmp_path):
    program = "import os\nos.rmdir('/opt/ml/model')\n"
    estimator, inputs = in_plain_python(session, tmp_path, program)
    estimator.fit(inputs)
    bucket, key = sagemaker.s3.parse_s3_url(estimator.model_data)
    body = session.s3_client.get_object(Bucket=bucket, Key=key)["Body"].read()

    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getmembers() == []


def test_a_model_that_cannot_be_stored(session, tmp_path):
    session.s3_client.create_bucket(Bucket="short-lived")
    program = (
        "import boto3\nboto3.client('s3').delete_bucket(Bucket='short-lived')\n"
        "open('/opt/ml/model/weights', 'w').write('1')\n"
    )
    estimator, _ = in_plain_python(session, tmp_path, program, output_path="s3://short-lived/models")
    inputs = {"code": session.upload_data(str(tmp_path / "train.py"), key_prefix="short-lived")}
    _, job = failure_of(estimator, inputs)

    assert job["FailureReason"] == "ClientError: Artifact upload failed:The bucket `short-lived` does not exist."


def test_data_that_are_gone_when_the_job_comes_to_fetch_them(session, tmp_path):
    estimator, inputs = in_plain_python(session, tmp_path, "pass")
    inputs["train"] = f"s3://{session.default_bucket()}/nowhere/"
    with pytest.raises(ClientError, match="No S3 objects found under S3 URL"):
        estimator.fit(inputs)


@pytest.mark.parametrize(
    ("rows", "hyperparameters", "reason"),
    [
        ("1,2\n3,4\n", {}, "'predictor_type' is a required property"),
        ("one,two\nthree,four\n", REGRESSOR, "'rows.csv', line 1, column 1: 'one' is not a number."),
        ("1,2\n3\n", REGRESSOR, "'rows.csv', line 2: it has 1 columns, the lines before have 2."),
        (
            "1,2\n3,4\n",
            {**REGRESSOR, "mini_batch_size": "a few"},
            "'a few' is not valid under any of the given schemas",
        ),
    ],
)
def test_a_built_in_that_goes_wrong(rows, hyperparameters, reason, session, tmp_path):
    uri = session.upload_string_as_file_body(rows, session.default_bucket(), f"{tmp_path.name}/rows.csv")
    estimator = Estimator(LINEAR_LEARNER, ROLE, 1, "ml.m5.large", sagemaker_session=session, base_job_name="built-in")
    estimator.set_hyperparameters(**hyperparameters)
    said, job = failure_of(estimator, {"train": TrainingInput(uri, content_type="text/csv")})

    assert job["FailureReason"].startswith(f"ClientError: {reason}")
    assert job["FailureReason"] in said


def test_a_content_type_that_a_built_in_does_not_take(session, tmp_path):
    uri = session.upload_string_as_file_body("1,2\n", session.default_bucket(), f"{tmp_path.name}/rows.csv")
    estimator = Estimator(LINEAR_LEARNER, ROLE, 1, "ml.m5.large", sagemaker_session=session, base_job_name="built-in")
    estimator.set_hyperparameters(predictor_type="regressor")
    _, job = failure_of(estimator, {"train": TrainingInput(uri, content_type="image/png")})

    assert "image/png" in job["FailureReason"]


FILL = """
import sagewright as sagemaker
from sagewright.estimator import Estimator
command = ["python", "/opt/ml/input/data/code/train.py"]
role = "arn:aws:iam::123456789012:role/r-o-l-e"
estimator = Estimator("python:3", role, 1, "ml.m5.large", container_entry_point=command)
try:
    estimator.fit({"code": "train.py"})
except ValueError as error:
    print("RAISED", error)
"""


def test_a_program_that_fills_the_disk(home, tmp_path, monkeypatch):
    """On a disk of 24 MiB that nobody else sees."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.call([unshare, "--mount", "true"]) != 0:
        pytest.skip("mounting a small disk is not allowed here")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(
        "with open('/opt/ml/output/data/big', 'wb') as file:\n    while True:\n        file.write(b'x' * 100_000)\n"
    )
    (tmp_path / "fit.py").write_text(FILL)
    home.mkdir()
    mounted = f"mount -t tmpfs -o size=24m disk {home} && exec {sys.executable} fit.py"
    said = subprocess.check_output([unshare, "--mount", "sh", "-c", mounted], text=True, timeout=60)

    assert "RAISED Error for Training job" in said
    assert "Failed. Reason: AlgorithmError: , exit code: 1." in said
    assert "OSError: [Errno 28] No space left on device" in said.partition("RAISED")[2]
