"""Training jobs, from boto3 to the objects they leave, in real processes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.executors.process.folder import HostFolder
from sagewright.engine.steward.loop import steward_pid
from tests.conftest import processes_of
from tests.e2e.conftest import channel, wait_until

SHOW = """
import json, os, pathlib
ml = pathlib.Path("/opt/ml")
seen = {str(p.relative_to(ml)): p.read_text() for p in ml.rglob("*") if p.is_file()}
(ml / "model/seen.json").write_text(json.dumps([seen, dict(os.environ), os.getcwd()]))
(ml / "output/data/more.txt").write_text("more")
print("loss=0.25")
"""
HANG = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("up", flush=True)
time.sleep(60)
"""


def archive(cloud, uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body = cloud.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers() if member.isfile()}
        return {name: file.read() for name, file in files.items() if file is not None}


def test_a_program_sees_a_container_s_opt_ml_and_leaves_a_model(cloud):
    job = cloud.run(
        "show",
        SHOW,
        HyperParameters={"a": "1"},
        Environment={"MINE": "yes"},
        InputDataConfig=[channel(), channel("s3://bucket/train/rows.csv", "one")],
    )

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    model = archive(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    seen, environment, folder = json.loads(model["seen.json"])
    assert json.loads(seen["input/config/hyperparameters.json"]) == {"a": "1"}
    assert json.loads(seen["input/config/resourceconfig.json"])["hosts"] == ["algo-1"]
    assert json.loads(seen["input/config/inputdataconfig.json"])["train"]["ContentType"] == "text/csv"
    assert seen["input/data/train/rows.csv"] == seen["input/data/one/rows.csv"]
    assert environment["MINE"] == "yes"
    assert environment["TRAINING_JOB_NAME"] == "show"
    assert folder == "/opt/ml"
    assert archive(cloud, "s3://bucket/out/show/output/output.tar.gz") == {"more.txt": b"more"}
    assert cloud.log("show") == ["loss=0.25"]


def test_a_job_s_own_aws_calls_come_back_to_the_engine(cloud):
    code = "import boto3; boto3.client('s3').put_object(Bucket='bucket', Key='from-the-job', Body=b'hello')"
    assert cloud.run("caller", code)["TrainingJobStatus"] == "Completed"
    assert cloud.s3.get_object(Bucket="bucket", Key="from-the-job")["Body"].read() == b"hello"


def test_metrics_in_the_log_are_kept(cloud):
    code = "print('epoch 1 loss=0.5'); print('epoch 2 loss=0.25')"
    definitions = {"MetricDefinitions": [{"Name": "loss", "Regex": r"loss=(\S+)"}]}
    job = cloud.run("metrics", code, AlgorithmSpecification=definitions)

    assert [(m["MetricName"], m["Value"]) for m in job["FinalMetricDataList"]] == [("loss", 0.25)]
    found = cloud.client("cloudwatch").list_metrics(Namespace="/aws/sagemaker/TrainingJobs")["Metrics"]
    assert [metric["Dimensions"] for metric in found if metric["MetricName"] == "loss"] == [
        [{"Name": "TrainingJobName", "Value": "metrics"}]
    ]


def test_linear_learner_without_a_content_type_reads_csv_and_says_what_aws_would_need(cloud):
    untyped = {name: value for name, value in channel().items() if name != "ContentType"}
    job = cloud.run("untyped", InputDataConfig=[untyped])

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    told = [line for line in cloud.log("untyped") if "names no content type" in line]
    assert len(told) == 1
    assert "application/x-recordio-protobuf" in told[0]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(3)", "AlgorithmError: , exit code: 3"),
        (
            "open('/opt/ml/output/failure', 'w').write('it is the data'); raise SystemExit(1)",
            "AlgorithmError: it is the data, exit code: 1",
        ),
    ],
)
def test_a_program_that_fails_says_why(cloud, code, reason):
    job = cloud.run("fails", code)

    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", reason)


def test_a_traceback_is_in_the_log(cloud):
    cloud.run("raises", "raise ValueError('no such column')")

    assert cloud.log("raises")[-1] == "ValueError: no such column"


def test_bad_hyperparameters_and_rows_fail_as_the_customer_s(cloud):
    cloud.s3.put_object(Bucket="bucket", Key="bad/rows.csv", Body=b"1,2,3\n1,x,3\n")
    wrong = {"predictor_type": "regressor", "mini_batch_siz": "5"}
    job = cloud.run("typo", HyperParameters=wrong)
    assert job["FailureReason"].startswith("ClientError: Additional properties are not allowed ('mini_batch_siz'")
    assert "did you mean 'mini_batch_size'" in job["FailureReason"]

    job = cloud.run("rows", InputDataConfig=[channel("s3://bucket/bad/")])
    assert "'rows.csv', line 2, column 2: 'x' is not a number." in job["FailureReason"]


def test_stopping_ends_the_program_in_its_own_way(cloud):
    cloud.submit("stopped", HANG)
    wait_until(lambda: cloud.describe("stopped")["SecondaryStatus"] == "Training")
    wait_until(lambda: "up" in cloud.log("stopped"))
    cloud.sagemaker.stop_training_job(TrainingJobName="stopped")

    job = cloud.end_of("stopped")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert [t["Status"] for t in job["SecondaryStatusTransitions"]][-2:] == ["Stopping", "Stopped"]


def test_running_out_of_time(cloud):
    job = cloud.run("slow", HANG, StoppingCondition={"MaxRuntimeInSeconds": 1})

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def host_of(cloud):
    return wait_until(lambda: next((HostFolder(p.parent) for p in cloud.home.glob("executions/tr-*/*/started")), None))


def test_a_job_whose_host_is_killed_fails_with_a_reason(cloud):
    cloud.submit("hosted", HANG)
    wait_until(lambda: cloud.describe("hosted")["SecondaryStatus"] == "Training")
    os.kill(host_of(cloud).pid(), signal.SIGKILL)

    assert cloud.end_of("hosted")["FailureReason"].startswith("InternalServerError: ")


def test_a_job_whose_host_is_killed_is_retried_if_it_asks_for_it(cloud):
    code = """
import boto3, time
s3 = boto3.client("s3")
is_first = s3.list_objects_v2(Bucket="bucket", Prefix="mark")["KeyCount"] == 0
s3.put_object(Bucket="bucket", Key="mark", Body=b"")
time.sleep(60 if is_first else 0)
"""
    cloud.submit("again", code, RetryStrategy={"MaximumRetryAttempts": 1})
    wait_until(lambda: cloud.s3.list_objects_v2(Bucket="bucket", Prefix="mark")["KeyCount"])
    os.kill(host_of(cloud).pid(), signal.SIGKILL)

    assert cloud.end_of("again")["TrainingJobStatus"] == "Completed"


def test_jobs_go_on_when_the_steward_is_killed_and_a_new_one_takes_over(cloud):
    cloud.submit("survivor", "import time; time.sleep(1.5); open('/opt/ml/model/x', 'w').write('x')")
    wait_until(lambda: cloud.describe("survivor")["SecondaryStatus"] == "Training")
    killed = steward_pid(cloud.home)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    assert cloud.end_of("survivor")["TrainingJobStatus"] == "Completed"
    assert steward_pid(cloud.home) not in (None, killed)


def test_the_steward_is_single_and_leaves_when_it_is_idle(cloud, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_IDLE_S", "0.5")
    cloud.run("one", "pass")
    assert steward_pid(cloud.home) is not None

    wait_until(lambda: steward_pid(cloud.home) is None, seconds=15)
    wait_until(lambda: not processes_of(cloud.home), seconds=15)
    assert cloud.run("two", "pass")["TrainingJobStatus"] == "Completed"


def test_a_job_goes_on_when_its_script_has_ended(cloud):
    assert cloud.s3
    script = (
        "from sagewright import targets; c = targets.boto_session().client('sagemaker'); c.create_training_job("
        "TrainingJobName='left', AlgorithmSpecification={'TrainingImage': 'python:3', 'TrainingInputMode': 'File', "
        "'ContainerEntrypoint': ['python', '-c', 'import time; time.sleep(0.5)']}, "
        "RoleArn='arn:aws:iam::123456789012:role/r-o-l-e', OutputDataConfig={'S3OutputPath': 's3://bucket/o'}, "
        "ResourceConfig={'InstanceType': 'ml.m5.large', 'InstanceCount': 1, 'VolumeSizeInGB': 1})"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

    assert cloud.end_of("left")["TrainingJobStatus"] == "Completed"


def test_refusals_come_before_anything_starts(cloud):
    for changes, said in (
        ({"InputDataConfig": [channel("s3://bucket/nowhere/")]}, "No S3 objects found under S3 URL"),
        ({"OutputDataConfig": {"S3OutputPath": "s3://none/x"}}, "does not exist"),
        ({"name": "my_job"}, "Value 'my_job' at 'trainingJobName' failed to satisfy constraint"),
    ):
        arguments = {"name": "refused", "code": "pass", **changes}
        with pytest.raises(ClientError, match="ValidationException") as caught:
            cloud.submit(**arguments)
        assert said in str(caught.value)
    assert cloud.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_waiters_and_paginators_of_boto3(cloud):
    for number in range(3):
        cloud.submit(f"p-{number}", "pass")
    waiter = cloud.sagemaker.get_waiter("training_job_completed_or_stopped")
    for number in range(3):
        waiter.wait(TrainingJobName=f"p-{number}", WaiterConfig={"Delay": 0.05, "MaxAttempts": 400})
    pages = cloud.sagemaker.get_paginator("list_training_jobs").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["TrainingJobSummaries"]) for page in pages] == [2, 1]


SUBMIT_25 = """
import sys
from sagewright import targets
sagemaker = targets.boto_session().client("sagemaker")
for number in range(25):
    sagemaker.create_training_job(
        TrainingJobName=f"job-{sys.argv[1]}-{number}",
        AlgorithmSpecification={"TrainingImage": "python:3", "TrainingInputMode": "File",
            "ContainerEntrypoint": ["/bin/sh", "-c", "echo $TRAINING_JOB_NAME > /opt/ml/model/name"]},
        RoleArn="arn:aws:iam::123456789012:role/r-o-l-e", OutputDataConfig={"S3OutputPath": "s3://bucket/o"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1})
"""


@pytest.mark.timeout(300)
def test_200_jobs_of_8_processes_all_complete_and_none_twice(cloud):
    assert cloud.s3
    scripts = [subprocess.Popen([sys.executable, "-c", SUBMIT_25, str(number)]) for number in range(8)]
    assert [script.wait() for script in scripts] == [0] * 8

    def all_over():
        pages = cloud.sagemaker.get_paginator("list_training_jobs").paginate()
        jobs = [job for page in pages for job in page["TrainingJobSummaries"]]
        assert len(jobs) == 200
        return {job["TrainingJobStatus"] for job in jobs} == {"Completed"}

    deadline = time.monotonic() + 240
    while not all_over():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    keys = [
        key["Key"]
        for page in cloud.s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="o/")
        for key in page["Contents"]
    ]
    assert len(keys) == 200
    for name in ("job-0-0", "job-7-24"):
        assert archive(cloud, f"s3://bucket/o/{name}/output/model.tar.gz") == {"name": f"{name}\n".encode()}
