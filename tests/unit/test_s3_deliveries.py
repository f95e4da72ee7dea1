"""Messages of S3 reach what moto keeps: topics, queues, buses and functions."""

from __future__ import annotations

import json

import pytest

from sagewright import targets
from sagewright.engine.gateway.hybrid.deliveries import NoSuchTarget, reachable, send

pytest.importorskip("moto")
ACCOUNT = "123456789012"


@pytest.fixture
def session(home):
    return targets.boto_session()


@pytest.fixture
def queue(session):
    """Return a queue's ARN and a function that receives the bodies of its messages."""
    sqs = session.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]

    def receive():
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ())
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]

    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"], receive


def test_a_queue_gets_messages_in_their_order(home, queue):
    arn, receive = queue
    texts = [str(number) for number in range(8)]
    send(home, arn, "a subject", texts)
    assert receive() == texts


def test_a_topic_passes_messages_on(home, session, queue):
    arn, receive = queue
    sns = session.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    assert reachable(home, topic)
    send(home, topic, "Amazon S3 Notification", ["told"])
    (body,) = receive()
    assert (json.loads(body)["Subject"], json.loads(body)["Message"]) == ("Amazon S3 Notification", "told")


@pytest.mark.parametrize("name", ["sqs:us-east-1:{}:none", "sns:us-east-1:{}:none", "sqs:us-east-1:{}:q.fifo"])
def test_targets_that_are_not_there(home, session, name):
    arn = "arn:aws:" + name.format(ACCOUNT)
    assert not reachable(home, arn)
    with pytest.raises(NoSuchTarget):
        send(home, arn, "", ["text"])
