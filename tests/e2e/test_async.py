"""Asynchronous endpoints in real processes: the steward brings requests to servers, and may be killed."""

from __future__ import annotations

import json
import os
import signal

import pytest

from sagewright.engine.steward.loop import steward_pid
from tests.e2e.conftest import wait_until
from tests.e2e.servers import deploy, map_server

INSTANCE = {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}


def config(most=4, **output):
    return {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": most},
        "OutputConfig": {"S3OutputPath": "s3://bucket/out", "S3FailurePath": "s3://bucket/bad", **output},
    }


@pytest.fixture
def asks(cloud, tmp_path):
    """Send a request, and return where its answer will be."""
    map_server(tmp_path)

    def invoke(**params):
        runtime = cloud.client("sagemaker-runtime")
        told = runtime.invoke_endpoint_async(EndpointName="e", **params)
        assert told["ResponseMetadata"]["HTTPStatusCode"] == 202
        return told

    return invoke


def answered(cloud, told):
    """Wait for an answer, and return it."""
    key = told["OutputLocation"].removeprefix("s3://bucket/")
    listed = cloud.s3.list_objects_v2

    def found():
        return listed(Bucket="bucket", Prefix=key).get("Contents")

    wait_until(found)
    answer = cloud.s3.get_object(Bucket="bucket", Key=key)
    return answer["Body"].read().decode(), answer["ContentType"]


def kill_steward(cloud):
    killed = wait_until(lambda: steward_pid(cloud.home))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: steward_pid(cloud.home) != killed)


def test_a_large_input_is_answered_and_a_topic_hears_of_it(cloud, asks):
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="ends")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    deploy(cloud, INSTANCE, AsyncInferenceConfig=config(NotificationConfig={"SuccessTopic": topic}))
    cloud.s3.put_object(Bucket="bucket", Key="in/large", Body=b"x" * (24 << 20))

    told = asks(InputLocation="s3://bucket/in/large", ContentType="application/octet-stream", InferenceId="mine")
    text, content_type = answered(cloud, told)
    assert (text.split()[0], content_type) == (str(24 << 20), "text/plain")

    heard = []

    def all_heard():
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
            heard.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return len(heard) == 2

    wait_until(all_heard)
    (result,) = [message for message in heard if message["eventName"] == "InferenceResult"]
    assert (result["invocationStatus"], result["inferenceId"]) == ("Completed", "mine")
    assert result["responseParameters"]["outputLocation"] == told["OutputLocation"]


def test_nothing_is_lost_when_the_steward_is_killed(cloud, asks):
    deploy(cloud, INSTANCE, pause_s=0.3, AsyncInferenceConfig=config(most=3))
    told = [asks(Body=b"x" * number) for number in range(1, 13)]
    wait_until(lambda: cloud.s3.list_objects_v2(Bucket="bucket", Prefix="out/").get("Contents"))
    kill_steward(cloud)  # the servers see to it that there is another one

    assert [answered(cloud, one)[0].split()[0] for one in told] == [str(number) for number in range(1, 13)]
    assert cloud.s3.list_objects_v2(Bucket="bucket", Prefix="bad/").get("Contents") is None


def test_the_queue_of_an_endpoint_that_is_deleted_ends(cloud, asks):
    deploy(cloud, INSTANCE, pause_s=30, AsyncInferenceConfig=config(most=1))
    told = [asks(Body=b"x") for _ in range(3)]
    wait_until(
        lambda: cloud.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/Endpoints/e")["logStreams"]
    )
    cloud.sagemaker.delete_endpoint(EndpointName="e")

    key = told[2]["FailureLocation"].removeprefix("s3://bucket/")
    wait_until(lambda: cloud.s3.list_objects_v2(Bucket="bucket", Prefix=key).get("Contents"))
    assert b"The endpoint was deleted" in cloud.s3.get_object(Bucket="bucket", Key=key)["Body"].read()
