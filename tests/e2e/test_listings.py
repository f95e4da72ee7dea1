"""Scripts as users have them, unedited, under `sagewright run`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sagewright import targets
from tests.e2e.conftest import Cloud, wait_until

LISTINGS = Path(__file__).parent / "listings"
KEY = "path/to/training-data.csv"
TOPIC = "arn:aws:sns:us-east-1:123456789012:training-job-notifications"


@pytest.fixture
def prepared(cloud: Cloud) -> Cloud:
    """Return a cloud with the table that the listings train on, and the topic that they publish to."""
    rows = "\n".join(
        f"{sum(k * ((x * k) % 11) for k in range(10))}," + ",".join(str((x * k) % 11) for k in range(10))
        for x in range(300)
    )
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="your-bucket")
    s3.put_object(Bucket="your-bucket", Key=KEY, Body=rows.encode())
    cloud.client("sns").create_topic(Name="training-job-notifications")
    return cloud


def run(listing: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sagewright.cli", "run", str(LISTINGS / listing)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_raw_boto3(prepared):
    done = run("1_boto3.py")

    assert done.returncode == 0, done.stderr
    job = prepared.end_of("linear-learner-house-prices")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    model = "path/to/output/linear-learner-house-prices/output/model.tar.gz"
    assert prepared.client("s3").head_object(Bucket="your-bucket", Key=model)["ContentLength"] > 0


def test_the_sdk(prepared):
    done = run("2_sdk.py")

    assert done.returncode == 0, done.stderr
    assert "Completed - Training job completed" in done.stdout
    assert "Training seconds: " in done.stdout
    assert "On AWS it would be read as application/x-recordio-protobuf" in done.stdout
    assert done.stderr.count("sagewright: running on the target local") == 1


def test_hybrid(prepared):
    done = run("3_hybrid.py")

    assert done.returncode == 0, done.stderr
    (job,) = prepared.sagemaker.list_training_jobs()["TrainingJobSummaries"]
    assert prepared.end_of(job["TrainingJobName"])["TrainingJobStatus"] == "Completed"
    topics = prepared.client("sns").list_topics()["Topics"]
    assert topics == [{"TopicArn": TOPIC}]
    assert wait_until(lambda: published(job["TrainingJobName"]))


def published(job: str) -> bool:
    """Tell whether the message is still in the topic, in the state that moto's backends are kept in."""
    from moto.backends import get_backend

    assert targets.boto_session().client("sns").list_topics()["Topics"]
    backend = get_backend("sns")["123456789012"]["us-east-1"]
    return any(f"Training job {job} started." in str(item) for item in backend.topics[TOPIC].sent_notifications)
