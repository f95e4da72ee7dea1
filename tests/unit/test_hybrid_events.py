"""EventBridge: what becomes of events that match a rule, and of rules that are due."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError

from sagewright.engine.clock import FakeClock
from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.hybrid import pending
from sagewright.engine.gateway.hybrid.delivering import deliver
from sagewright.engine.steward.deliveries import DeliveryReconciler
from sagewright.engine.steward.state_events import StateEventReconciler
from tests.unit.conftest import training_request
from tests.unit.hybrid import clients_of, forget

PLACE = "us-east-1:123456789012"
BACKUP = {"Source": "my.app", "DetailType": "backup", "Detail": json.dumps({"state": "failed", "n": 3})}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr("sagewright.engine.steward.bell.Bell.ring", lambda self: None)
    yield tmp_path
    forget()


@pytest.fixture
def client(home):
    return clients_of(home)


@pytest.fixture
def queue(client):
    url = client("sqs").create_queue(QueueName="q")["QueueUrl"]

    def received():
        found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    return received


@pytest.fixture
def rule(client):
    def make(target, pattern=None, **more):
        pattern = pattern or {"source": ["my.app"], "detail": {"state": ["failed"]}}
        client("events").put_rule(Name="r", EventPattern=json.dumps(pattern))
        client("events").put_targets(Rule="r", Targets=[{"Id": "1", "Arn": f"arn:aws:{target}", **more}])

    return make


def test_an_event_that_matches_reaches_a_queue_whole(client, queue, rule):
    rule(f"sqs:{PLACE}:q")
    other = {**BACKUP, "Detail": json.dumps({"state": "done"})}
    client("events").put_events(Entries=[BACKUP, other])
    forget()
    (event,) = queue()
    assert event.pop("id")
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "detail-type": "backup",
        "source": "my.app",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [],
        "detail": {"state": "failed", "n": 3},
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"Input": '{"fixed": 1}'}, {"fixed": 1}),
        ({"InputPath": "$.detail"}, {"state": "failed", "n": 3}),
        (
            {"InputTransformer": {"InputPathsMap": {"s": "$.detail.state"}, "InputTemplate": '{"was": "<s>"}'}},
            {"was": "failed"},
        ),
    ],
)
def test_a_target_says_what_it_gets(client, queue, rule, more, expected):
    rule(f"sqs:{PLACE}:q", **more)
    client("events").put_events(Entries=[BACKUP])
    assert queue() == [expected]


def test_a_disabled_rule_sends_nothing(client, queue, rule):
    rule(f"sqs:{PLACE}:q")
    client("events").disable_rule(Name="r")
    client("events").put_events(Entries=[BACKUP])
    assert queue() == []


def test_a_target_that_cannot_be_reached_fails_nobody(client, queue, rule):
    client("sqs").create_queue(QueueName="f.fifo", Attributes={"FifoQueue": "true"})  # it would ask for more
    rule(f"sqs:{PLACE}:q")
    fifo = {"Arn": f"arn:aws:sqs:{PLACE}:f.fifo", "SqsParameters": {"MessageGroupId": "g"}}
    targets = [{"Id": "0", **fifo}, {"Id": "2", "Arn": f"arn:aws:sqs:{PLACE}:gone"}]
    client("events").put_targets(Rule="r", Targets=targets)
    assert client("events").put_events(Entries=[BACKUP])["FailedEntryCount"] == 0
    assert len(queue()) == 1


def test_topics_get_events(client, queue, rule):
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{PLACE}:q")
    rule(f"sns:{PLACE}:t")
    client("events").put_events(Entries=[BACKUP])
    assert json.loads(queue()[0]["Message"])["detail"]["n"] == 3


def test_another_bus_gets_events(client, queue, rule):
    bus = client("events").create_event_bus(Name="other")["EventBusArn"]
    pattern = json.dumps({"source": ["my.app"]})
    client("events").put_rule(Name="onwards", EventPattern=pattern, EventBusName="other")
    client("events").put_targets(
        Rule="onwards", EventBusName="other", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}]
    )
    rule(bus.removeprefix("arn:aws:"))
    client("events").put_events(Entries=[BACKUP])
    assert queue()[0]["detail"]["n"] == 3


def test_log_groups_get_events_from_the_steward(home, client, rule):
    client("logs").create_log_group(logGroupName="/aws/events/g")
    rule(f"logs:{PLACE}:log-group:/aws/events/g")
    client("events").put_events(Entries=[BACKUP])
    run(home)
    (event,) = client("logs").filter_log_events(logGroupName="/aws/events/g")["events"]
    assert json.loads(event["message"])["source"] == "my.app"


def test_an_archive_keeps_events_and_replays_them(client, queue, rule):
    bus = f"arn:aws:events:{PLACE}:event-bus/default"
    archive = client("events").create_archive(ArchiveName="a", EventSourceArn=bus)["ArchiveArn"]
    client("events").put_events(Entries=[BACKUP])
    assert client("events").describe_archive(ArchiveName="a")["EventCount"] == 1
    rule(f"sqs:{PLACE}:q")
    client("events").start_replay(
        ReplayName="p", EventSourceArn=archive, EventStartTime=0, EventEndTime=4e9, Destination={"Arn": bus}
    )
    assert queue()[0]["source"] == "my.app"


@pytest.mark.parametrize(
    ("target", "more"),
    [
        (f"states:{PLACE}:stateMachine:s", {}),
        (f"events:{PLACE}:api-destination/d/0", {}),
        (f"sqs:{PLACE}:q", {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:{PLACE}:d"}}),
    ],
)
def test_targets_that_are_not_built_are_refused(rule, target, more):
    with pytest.raises(ClientError, match="not built"):
        rule(target, **more)


def run(home, at=None):
    """Run the steward's loop once, at a time."""
    clock = FakeClock(at or time.time())
    parts = engine_of(home).parts
    object.__setattr__(parts, "clock", clock)
    reconciler = DeliveryReconciler(parts, deliver)
    busy = reconciler.tick()
    reconciler.settle(20)
    return busy


def test_a_scheduled_rule_runs_again_and_again(home, client, queue, monkeypatch):
    client("events").put_rule(Name="r", ScheduleExpression="rate(5 minutes)")
    client("events").put_targets(Rule="r", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}])
    now = time.time()
    assert run(home, now + 200)  # it waits, and keeps the steward from leaving
    assert queue() == []
    forget()
    for number in (1, 2):
        run(home, now + 302 * number)
        (event,) = queue()
        assert (event["detail-type"], event["source"], event["detail"]) == ("Scheduled Event", "aws.events", {})
        assert event["resources"] == [f"arn:aws:events:{PLACE}:rule/r"]
    assert pending.count(home) == 1


def test_a_scheduled_rule_that_is_disabled_or_changed_ends(home, client, queue):
    client("events").put_rule(Name="r", ScheduleExpression="cron(0 12 * * ? *)")
    client("events").put_targets(Rule="r", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{PLACE}:q"}])
    client("events").put_rule(Name="r", ScheduleExpression="cron(0 12 * * ? *)")  # the same: planned once
    assert pending.count(home) == 1
    client("events").disable_rule(Name="r")
    run(home, time.time() + 90_000)
    assert (queue(), pending.count(home)) == ([], 0)
    client("events").enable_rule(Name="r")
    assert pending.count(home) == 1


def test_a_schedule_that_is_none_is_refused(client):
    with pytest.raises(ClientError, match="ScheduleExpression is not valid"):
        client("events").put_rule(Name="r", ScheduleExpression="cron(61 12 * * ? *)")


def test_rules_hear_of_endpoints_and_jobs(home, client, queue, rule):
    """Of what happens after they are made."""
    parts = engine_of(home).parts
    reconciler = StateEventReconciler(parts)
    make_job(home, client, "before")
    assert not reconciler.tick()
    rule(f"sqs:{PLACE}:q", {"source": ["aws.sagemaker"], "detail": {"TrainingJobStatus": ["InProgress"]}})
    assert not reconciler.tick()
    make_job(home, client, "after")
    assert reconciler.tick()
    assert not reconciler.tick()
    run(home)
    (event,) = queue()
    assert event["detail-type"] == "SageMaker Training Job State Change"
    assert event["resources"] == [f"arn:aws:sagemaker:{PLACE}:training-job/after"]
    detail = event["detail"]
    assert (detail["TrainingJobName"], detail["SecondaryStatus"], detail["Tags"]) == ("after", "Starting", {})
    assert detail["CreationTime"].isdigit()
    StateEventReconciler(parts).tick()  # the next steward goes on where this one has stopped
    assert pending.count(home) == 0


def make_job(home, client, name):
    """Make a training job that nobody carries on."""
    client("s3").create_bucket(Bucket="bucket")
    client("s3").put_object(Bucket="bucket", Key="train/a.csv", Body=b"1,2\n")
    client("sagemaker").create_training_job(**{**training_request(), "TrainingJobName": name})
