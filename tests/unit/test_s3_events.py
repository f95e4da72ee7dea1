"""Who is told of what happens to objects: configurations, messages, and their delivery."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sagewright.engine.abc import Query
from sagewright.engine.operations.s3.events import KIND, object_event, object_events
from sagewright.engine.steward.object_events import PATIENCE_S, ObjectEventReconciler
from tests.unit.conftest import CALLER
from tests.unit.s3_client import S3

QUEUE, TOPIC = "arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t"


@pytest.fixture
def s3(house):
    return S3(house)


def queue(*events, arn=QUEUE, **rules):
    """Return a configuration of one queue, with a filter of `prefix` and `suffix`."""
    item = {"QueueArn": arn, "Events": list(events or ["s3:ObjectCreated:*"]), "Id": "mine"}
    if rules:
        item["Filter"] = {"Key": {"FilterRules": [{"Name": name, "Value": value} for name, value in rules.items()]}}
    return item


def configure(s3, *queues, **more):
    s3(
        "PutBucketNotificationConfiguration",
        Bucket="bucket",
        NotificationConfiguration={"QueueConfigurations": list(queues), **more},
    )


def waiting(house, target=QUEUE):
    """Return the documents that wait for a target, and forget them."""
    records = house.parts.state.list(Query(KIND, sort_by="name")).records
    for record in records:
        house.parts.state.delete(KIND, record.scope, record.name)
    messages = [message for record in records for message in record.body["messages"]]
    return [json.loads(message["text"]) for message in messages if message["arn"] == target]


def happens(house, name="ObjectCreated:Put", key="a b/ü=1.csv", caller=CALLER, **changes):
    store = house.parts.objects
    info = replace(store.put("bucket", key, b"12345"), **changes)
    object_event(house.parts, caller, name, store.head_bucket("bucket"), info)
    return info


# Configuration --------------------------------------------------------------------------------------------------------


def test_a_configuration_is_kept_until_it_is_replaced(s3, house):
    configure(s3, queue(prefix="in/", suffix=".csv"), EventBridgeConfiguration={})

    kept = s3("GetBucketNotificationConfiguration", Bucket="bucket")
    assert kept == {"QueueConfigurations": [queue(prefix="in/", suffix=".csv")], "EventBridgeConfiguration": {}}
    configure(s3)
    assert s3("GetBucketNotificationConfiguration", Bucket="bucket") == {}


def test_a_new_target_gets_a_message_that_tests_the_way(s3, house):
    configure(s3, queue("s3:ObjectCreated:Put"))
    (test,) = waiting(house)
    assert (test["Event"], test["Service"], test["Bucket"]) == ("s3:TestEvent", "Amazon S3", "bucket")
    configure(s3, queue("s3:ObjectCreated:Copy"))
    assert not waiting(house)


@pytest.mark.parametrize(
    ("queues", "message"),
    [
        ([queue("s3:ObjectCreated:Rename")], "The event is not supported for notifications"),
        ([queue(arn="q")], "The ARN could not be parsed"),
        ([queue(arn=TOPIC)], "The ARN is not well formed"),
        ([queue(arn=QUEUE.replace("us-east-1", "eu-west-1"))], "The notification destination service region is not"),
        ([queue(infix="x")], "filter rule name must be either prefix or suffix"),
        ([queue(prefix="x" * 1025)], "Size of filter rule value cannot exceed 1024 bytes in UTF-8"),
        ([queue(prefix="a"), queue("s3:ObjectCreated:Put", prefix="ab")], "Configurations overlap."),
    ],
)
def test_configurations_that_no_bucket_takes(s3, queues, message):
    refusal = s3.refuses(
        "PutBucketNotificationConfiguration",
        "InvalidArgument",
        400,
        Bucket="bucket",
        NotificationConfiguration={"QueueConfigurations": queues},
    )
    assert refusal.message.startswith(message)


@pytest.mark.parametrize(
    "others",
    [
        [queue("s3:ObjectRemoved:*", prefix="a")],
        [queue(prefix="b")],
        [queue(prefix="a", suffix=".csv"), queue(prefix="a", suffix=".txt")],
    ],
)
def test_wishes_that_never_meet_stand_side_by_side(s3, others):
    one = [] if len(others) > 1 else [queue(prefix="a")]
    configure(s3, *one, *others)


# Messages -------------------------------------------------------------------------------------------------------------


def test_a_bucket_that_tells_nobody_writes_nothing(s3, house):
    happens(house)
    assert house.parts.state.count(Query(KIND)) == 0


def test_a_message_is_what_s3_sends(s3, house):
    configure(s3, queue())
    waiting(house)

    info = happens(house)

    (record,) = waiting(house)[0]["Records"]
    assert (record["eventVersion"], record["eventSource"], record["eventName"]) == (
        "2.1",
        "aws:s3",
        "ObjectCreated:Put",
    )
    assert (record["awsRegion"], record["userIdentity"]) == ("us-east-1", {"principalId": "AWS:u"})
    assert record["eventTime"].endswith("Z")
    assert set(record["responseElements"]) == {"x-amz-request-id", "x-amz-id-2"}
    told = record["s3"]
    assert (told["configurationId"], told["bucket"]["arn"]) == ("mine", "arn:aws:s3:::bucket")
    assert (told["object"]["key"], told["object"]["size"]) == ("a+b/%C3%BC%3D1.csv", 5)
    assert told["object"]["eTag"] == info.etag
    assert int(told["object"]["sequencer"], 16) > 0


def test_what_is_gone_has_no_size(s3, house):
    configure(s3, queue("s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"))
    waiting(house)
    happens(house, "ObjectRemoved:Delete")
    assert set(waiting(house)[0]["Records"][0]["s3"]["object"]) == {"key", "sequencer"}
    happens(house, "LifecycleExpiration:Delete", caller=None)
    (record,) = waiting(house)[0]["Records"]
    assert (record["eventVersion"], record["userIdentity"]) == ("2.3", {"principalId": "s3.amazonaws.com"})


@pytest.mark.parametrize(
    ("key", "event", "told"),
    [
        ("in/a.csv", "ObjectCreated:Put", True),
        ("in/a.csv", "ObjectCreated:Copy", True),
        ("in/a.csv", "ObjectRemoved:Delete", False),
        ("out/a.csv", "ObjectCreated:Put", False),
        ("in/a.txt", "ObjectCreated:Put", False),
    ],
)
def test_filters(s3, house, key, event, told):
    configure(s3, queue(prefix="in/", suffix=".csv"))
    waiting(house)
    happens(house, event, key)
    assert bool(waiting(house)) is told


def test_the_bus_hears_of_everything(s3, house):
    configure(s3, EventBridgeConfiguration={})
    happens(house, "ObjectRemoved:Delete")

    (event,) = waiting(house, "arn:aws:events:us-east-1:123456789012:event-bus/default")
    assert (event["source"], event["detail-type"], event["account"]) == ("aws.s3", "Object Deleted", "123456789012")
    assert event["resources"] == ["arn:aws:s3:::bucket"]
    assert (event["detail"]["object"]["key"], event["detail"]["deletion-type"]) == (
        "a b/ü=1.csv",
        "Permanently Deleted",
    )


def test_a_thousand_deletions_are_one_record(s3, house):
    configure(s3, queue("s3:ObjectRemoved:*"))
    waiting(house)
    store = house.parts.objects
    info = store.put("bucket", "k", b"")
    object_events(house.parts, CALLER, "ObjectRemoved:Delete", store.head_bucket("bucket"), [info] * 1000)
    assert house.parts.state.count(Query(KIND)) == 1
    assert len(waiting(house)) == 1000


# Delivery -------------------------------------------------------------------------------------------------------------


class Receivers:
    """Targets that can be out of order or gone; they keep the keys that they are told of."""

    def __init__(self):
        self.keys, self.broken, self.gone = [], set(), set()

    def send(self, arn, subject, texts):
        assert subject == "Amazon S3 Notification"
        if arn in self.gone:
            raise LookupError(arn)
        if arn in self.broken:
            raise OSError("out of order")
        self.keys += [(arn, json.loads(text)["Records"][0]["s3"]["object"]["key"]) for text in texts]


@pytest.fixture
def receivers():
    return Receivers()


@pytest.fixture
def reconciler(s3, house, receivers):
    configure(s3, queue(), TopicConfigurations=[{"TopicArn": TOPIC, "Events": ["s3:ObjectTagging:*"]}])
    waiting(house)
    return ObjectEventReconciler(house.parts, receivers.send)


def test_messages_go_out_in_order(house, reconciler, receivers):
    for key in ("c", "a", "b"):
        happens(house, key=key)
    assert reconciler.tick()
    assert receivers.keys == [(QUEUE, key) for key in ("c", "a", "b")]
    assert not reconciler.tick()


def test_a_target_that_is_out_of_order_holds_up_nobody_else_and_gets_its_messages_later(house, reconciler, receivers):
    receivers.broken.add(QUEUE)
    happens(house, key="a")
    happens(house, "ObjectTagging:Put", key="b")
    happens(house, key="c")
    assert reconciler.tick()
    assert receivers.keys == [(TOPIC, "b")]

    receivers.broken.clear()
    reconciler.tick()  # too early
    house.parts.clock.sleep(2)
    reconciler.tick()
    assert receivers.keys == [(TOPIC, "b"), (QUEUE, "a"), (QUEUE, "c")]


def test_messages_to_nobody_are_dropped(house, reconciler, receivers):
    receivers.gone.add(QUEUE)
    happens(house)
    reconciler.tick()
    assert not reconciler.tick()


def test_a_message_is_given_up_in_the_end(house, reconciler, receivers):
    receivers.broken.add(QUEUE)
    happens(house)
    reconciler.tick()
    house.parts.clock.sleep(PATIENCE_S + 1)
    reconciler.tick()
    assert not reconciler.tick()


def test_another_steward_goes_on_where_one_was_killed(house, reconciler, receivers):
    happens(house)
    assert house.parts.state.count(Query(KIND, queue="queued")) == 1
    ObjectEventReconciler(house.parts, receivers.send).tick()
    assert receivers.keys == [(QUEUE, "a+b/%C3%BC%3D1.csv")]
