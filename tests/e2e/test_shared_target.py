"""The target `http://`: the SDK and users' scripts on a shared engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sagewright as sagemaker
from sagewright import targets
from tests.conftest import processes_of
from tests.e2e.conftest import LINEAR_LEARNER, OVER, ROLE, ROWS, wait_until
from tests.e2e.shared_engine import SharedEngine, shared_engine

LISTINGS = Path(__file__).parent / "listings"
TABLE = "\n".join(
    f"{sum(k * ((x * k) % 11) for k in range(10))}," + ",".join(str((x * k) % 11) for k in range(10))
    for x in range(300)
)

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedEngine]:
    home = tmp_path_factory.mktemp("shared") / "home"
    with shared_engine(home) as engine:
        s3 = engine.client("s3")
        s3.create_bucket(Bucket="your-bucket")
        s3.put_object(Bucket="your-bucket", Key="path/to/training-data.csv", Body=TABLE.encode())
        s3.put_object(Bucket="your-bucket", Key="rows.csv", Body=ROWS.encode())
        engine.client("sns").create_topic(Name="training-job-notifications")
        iam, role = engine.client("iam"), ROLE.rpartition("/")[2]
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
        iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
        yield engine
    for pid in processes_of(home):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def engine(running: SharedEngine, monkeypatch: pytest.MonkeyPatch) -> SharedEngine:
    for name, value in running.exports.items():
        if name != "AWS_ENDPOINT_URL":  # the target alone shall lead there
            monkeypatch.setenv(name, value)
    return running


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sagewright.cli", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)


def jobs_of(engine: SharedEngine) -> set[str]:
    summaries = engine.client("sagemaker").list_training_jobs(MaxResults=100)["TrainingJobSummaries"]
    return {job["TrainingJobName"] for job in summaries}


def end_of(engine: SharedEngine, name: str) -> str:
    sagemaker_ = engine.client("sagemaker")

    def over() -> str | None:
        job = sagemaker_.describe_training_job(TrainingJobName=name)
        return str(job["TrainingJobStatus"]) if job["TrainingJobStatus"] in OVER else None

    return wait_until(over)


@pytest.mark.parametrize("listing", ["1_boto3.py", "2_sdk.py", "3_hybrid.py"])
def test_users_scripts_run_there_unedited(engine, home, listing):
    before = jobs_of(engine)

    done = run("--target", engine.url, str(LISTINGS / listing))

    assert done.returncode == 0, done.stderr
    (job,) = jobs_of(engine) - before
    assert end_of(engine, job) == "Completed"
    assert not home.exists()  # nothing happened on this machine's own engine


def test_keys_of_no_role_have_the_engine_s_role(engine, home):
    assert sagemaker.get_execution_role() == "arn:aws:iam::123456789012:role/SagewrightExecutionRole"


def test_an_estimator_trains_and_serves_there(engine, home):
    session = sagemaker.Session()
    estimator = sagemaker.estimator.Estimator(
        image_uri=LINEAR_LEARNER,
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path="s3://your-bucket/out",
        sagemaker_session=session,
        hyperparameters={"predictor_type": "regressor", "mini_batch_size": "50"},
    )
    estimator.fit(
        {"train": sagemaker.inputs.TrainingInput("s3://your-bucket/rows.csv", content_type="text/csv")}, logs="None"
    )
    predictor = estimator.deploy(1, "ml.m5.large", serializer=sagemaker.serializers.CSVSerializer())
    answer = predictor.predict([[10, 3]])
    predictor.delete_predictor()

    assert estimator.latest_training_job is not None
    assert estimator.latest_training_job.name in jobs_of(engine)
    assert b"predictions" in answer
    assert session.default_bucket() == "sagemaker-us-east-1-123456789012"
    assert not home.exists()


def test_a_program_that_was_led_there_reaches_nothing_else(engine, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import boto3, botocore.httpsession, botocore.awsrequest\n"
        "sts = boto3.client('sts', region_name='eu-west-1', endpoint_url='https://sts.eu-west-1.amazonaws.com')\n"
        "print(sts.get_caller_identity()['Account'], sts.meta.endpoint_url)\n"
        "request = botocore.awsrequest.AWSRequest('GET', 'https://sts.amazonaws.com/').prepare()\n"
        "try:\n"
        "    botocore.httpsession.URLLib3Session().send(request)\n"
        "except RuntimeError as error:\n"
        "    print(error)\n"
    )

    done = run("--target", engine.url, str(program))

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"123456789012 {engine.url}"
    assert f"would go to Amazon, but the target is {engine.url}" in done.stdout


def test_a_notebook_leads_its_clients_there(engine, tmp_path):
    program = "import boto3, sagewright.targets as t; t.route_everything(); print(boto3.client('s3').meta.endpoint_url)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == engine.url, done.stderr


def test_status_says_what_is_under_way_there(engine):
    command = [sys.executable, "-m", "sagewright.cli", "status"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert f"target     {engine.url}" in done.stdout
    assert "jobs       " in done.stdout


def test_without_keys_there_is_a_hint(engine, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(targets.NoCredentials, match="hint: set AWS_ACCESS_KEY_ID"):
        sagemaker.Session().default_bucket()
