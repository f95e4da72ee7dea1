"""From an object to a queue, through the steward's own process; and through its death."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

import pytest

from sagewright import targets
from sagewright.engine.steward.loop import steward_pid
from tests.e2e.conftest import wait_until

pytest.importorskip("moto")


@pytest.fixture
def clients():
    session = targets.boto_session()
    s3, sqs = session.client("s3"), session.client("sqs")
    s3.create_bucket(Bucket="bucket")
    return s3, sqs, sqs.create_queue(QueueName="q")["QueueUrl"]


def tell(s3, sqs, url):
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    queue = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"QueueConfigurations": [queue]}
    )
    return arn


def received(sqs, url, count):
    """Return the events of the queue, in the order in which they came, when there are `count` of them."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + 30
    while len(found) < count and time.monotonic() < deadline:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", ()):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += json.loads(message["Body"]).get("Records", ())
    return [(record["eventName"], record["s3"]["object"]["key"]) for record in found]


def test_a_queue_hears_of_objects_even_if_the_steward_is_killed(clients, home):
    s3, sqs, url = clients
    with pytest.raises(s3.exceptions.ClientError, match="Unable to validate the following destination"):
        s3.put_bucket_notification_configuration(
            Bucket="bucket",
            NotificationConfiguration={
                "QueueConfigurations": [
                    {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:none", "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )
    tell(s3, sqs, url)
    s3.put_object(Bucket="bucket", Key="a b", Body=b"1")
    s3.copy_object(Bucket="bucket", Key="c", CopySource="bucket/a b")
    s3.delete_object(Bucket="bucket", Key="a b")
    happened = [("ObjectCreated:Put", "a+b"), ("ObjectCreated:Copy", "c"), ("ObjectRemoved:Delete", "a+b")]
    assert received(sqs, url, 3) == happened

    pid = steward_pid(home)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: steward_pid(home) is None)  # until it is dead it seems to listen
    s3.put_object(Bucket="bucket", Key="d", Body=b"1")
    assert received(sqs, url, 1) == [("ObjectCreated:Put", "d")]


def test_a_queue_hears_of_what_jobs_store(clients, cloud):
    s3, sqs, url = clients
    tell(s3, sqs, url)
    assert cloud.s3  # which stores the job's input
    job = cloud.run("tells")
    assert job["TrainingJobStatus"] == "Completed"
    model = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://bucket/")
    assert ("ObjectCreated:Put", model) in received(sqs, url, 2)
