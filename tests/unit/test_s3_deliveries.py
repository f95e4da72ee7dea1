"""Messages of S3 reach what moto keeps: topics, queues, buses and functions."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest

from sagewright import targets
from sagewright.engine.gateway.hybrid.deliveries import NoSuchTarget, reachable, send

pytest.importorskip("moto")
ACCOUNT = "123456789012"
BUS = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"


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


def test_a_bus_sends_events_to_whom_its_rules_name(home, session, queue):
    arn, receive = queue
    events = session.client("events")
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"]}
    events.put_rule(Name="r", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn}])
    event = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"object": {"key": "k"}},
        "resources": ["arn:aws:s3:::bucket"],
        "time": "2026-01-01T00:00:00Z",
    }
    send(home, BUS, "", [json.dumps(event), json.dumps({**event, "detail-type": "Object Deleted"})])
    (body,) = receive()
    assert (json.loads(body)["detail"], json.loads(body)["source"]) == ({"object": {"key": "k"}}, "aws.s3")


@pytest.mark.parametrize("name", ["sqs:us-east-1:{}:none", "sns:us-east-1:{}:none", "sqs:us-east-1:{}:q.fifo"])
def test_targets_that_are_not_there(home, session, name):
    arn = "arn:aws:" + name.format(ACCOUNT)
    assert not reachable(home, arn)
    with pytest.raises(NoSuchTarget):
        send(home, arn, "", ["text"])


def test_a_function_is_invoked_by_the_steward(home, session):
    from sagewright.engine.gateway.hybrid import pending

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("m.py", "def handler(event, context):\n    return event\n")
    role = f"arn:aws:iam::{ACCOUNT}:role/SagewrightExecutionRole"
    arn = session.client("lambda").create_function(
        FunctionName="f", Runtime="python3.11", Role=role, Handler="m.handler", Code={"ZipFile": archive.getvalue()}
    )["FunctionArn"]

    assert (reachable(home, arn), reachable(home, f"{arn}x")) == (True, False)
    send(home, arn, "", ['{"Records": []}'])
    (delivery,) = pending.due(home, time.time() + 1)
    assert delivery.work == {"kind": "lambda", "function": arn, "payload": '{"Records": []}'}
