"""Asynchronous invocations: from the request over the queue to objects, topics and metrics; servers are real."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from sagewright.engine.abc import Query
from sagewright.engine.hosting.places import place_of
from sagewright.engine.operations import topic_rules
from sagewright.engine.operations.runtime.async_invocations import KIND
from sagewright.engine.operations.topic_rules import unreachable
from sagewright.engine.steward import async_invocations
from sagewright.engine.steward.async_invocations import AsyncReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.model_servers import SCOPE, put_endpoint, response, serving

TOPIC = "arn:aws:sns:us-east-1:123456789012:"
NOTIFICATIONS = {"SuccessTopic": f"{TOPIC}good", "ErrorTopic": f"{TOPIC}bad"}


class Async:
    """An asynchronous endpoint and the steward's loop that works its queue."""

    def __init__(self, house):
        self.house, self.parts = house, house.parts
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.loop = self.new_loop()
        house.parts.objects.put("bucket", "in/rows.csv", b"1,2\n3,4\n", headers={"ContentType": "text/csv"})

    def new_loop(self):
        return AsyncReconciler(self.parts, 60.0, lambda topic, _, text: self.sent.append((topic, json.loads(text))))

    def serve(self, *addresses, most=None, **output):
        config = {"OutputConfig": {"S3OutputPath": "s3://bucket/out", "S3FailurePath": "s3://bucket/bad", **output}}
        if most:
            config["ClientConfig"] = {"MaxConcurrentInvocationsPerInstance": most}
        record = put_endpoint(self.house, *addresses, config={"AsyncInferenceConfig": config})
        return self.parts.state.put(replace(record, queue="active"), expected_version=record.version)

    def invoke(self, **params):
        if "Body" not in params:
            params = {"InputLocation": "s3://bucket/in/rows.csv", **params}
        return self.house.call("InvokeEndpointAsync", "sagemaker-runtime", EndpointName="e", **params)

    def work(self):
        """Let the steward look around until nothing is under way."""
        self.loop.tick()
        self.loop.wait()

    def waiting(self):
        return self.parts.state.count(Query(KIND, queue="active"))

    def object(self, uri):
        info, stream = self.parts.objects.open(*place_of(uri))
        with stream:
            return stream.read(), info.headers.get("ContentType")

    def metric(self, name, **dimensions):
        dimensions = {"EndpointName": "e", **dimensions}
        return [d.value for d in self.parts.metrics.query("AWS/SageMaker", name, dimensions, 0, 1e12)]


@pytest.fixture
def queue(house):
    return Async(house)


def shout(got):
    return response(got.body.upper(), content_type="text/loud")


def test_an_answer_becomes_an_object(queue):
    with serving(shout) as server:
        queue.serve(server.address)
        told = queue.invoke(Body=b"abc", ContentType="text/plain", Accept="text/loud", InferenceId="mine")
        assert told["@status"] == 202
        assert told["InferenceId"] == "mine"
        assert told["OutputLocation"].startswith("s3://bucket/out/")
        assert told["OutputLocation"].endswith(".out")
        assert told["FailureLocation"].startswith("s3://bucket/bad/")
        assert told["FailureLocation"].endswith("-error.out")
        assert queue.waiting() == 1
        queue.work()

    assert queue.object(told["OutputLocation"]) == (b"ABC", "text/loud")
    assert queue.waiting() == 0
    (got,) = server.got
    assert got.path == "/invocations"
    assert got.headers["content-type"] == "text/plain"
    assert got.headers["accept"] == "text/loud"
    assert got.headers["x-amzn-sagemaker-inference-id"] == "mine"
    assert queue.metric("InvocationsProcessed", VariantName="v") == [1.0]


def test_the_input_lies_in_s3(queue):
    with serving(shout) as server:
        queue.serve(server.address)
        queue.invoke()
        queue.invoke(InputLocation="https://bucket.s3.us-east-1.amazonaws.com/in/rows.csv")
        queue.work()
    assert [got.body for got in server.got] == [b"1,2\n3,4\n"] * 2
    assert server.got[0].headers["content-type"] == "text/csv"


def test_the_caller_names_the_output(queue):
    with serving(shout) as server:
        queue.serve(server.address)
        told = queue.invoke(Body=b"a", S3OutputPathExtension="day/1/", Filename="a.txt")
        queue.work()
    assert told["OutputLocation"] == "s3://bucket/out/day/1/a.txt"
    assert queue.object("s3://bucket/out/day/1/a.txt")[0] == b"A"


def test_containers_in_a_row_hand_their_answers_on(queue):
    with serving(shout) as first, serving(lambda got: response(got.body + b"!", content_type="text/end")) as second:
        queue.serve([first.address, second.address])
        queue.parts.state.put(
            with_containers(queue, "one", "two"), expected_version=queue.parts.state.get("endpoint", SCOPE, "e").version
        )
        told = queue.invoke(Body=b"a", ContentType="text/plain", Accept="text/end")
        queue.work()
    assert queue.object(told["OutputLocation"]) == (b"A!", "text/end")
    assert "accept" not in first.got[0].headers
    assert second.got[0].headers["content-type"] == "text/loud"


def with_containers(queue, *names):
    record = queue.parts.state.get("endpoint", SCOPE, "e")
    variant = {**record.body["variants"][0], "mode": "Serial", "containers": [{"name": name} for name in names]}
    return replace(record, body={**record.body, "variants": [variant]})


def test_what_the_model_cannot_answer_becomes_an_object_too(queue):
    with serving(lambda got: response(b"no such row", 400)) as server:
        queue.serve(server.address)
        told = queue.invoke(Body=b"abc")
        queue.work()

    text, content_type = queue.object(told["FailureLocation"])
    assert b'Received client error (400) from primary with message "no such row". See https://us-east-1.' in text
    assert content_type == "text/plain"
    assert queue.waiting() == 0
    assert queue.metric("InvocationFailures", VariantName="v") == [1.0]
    (stream,) = queue.parts.logs.streams("/aws/sagemaker/Endpoints/e")
    assert stream.name == "v/i-x-0/data-log"
    events, _ = queue.parts.logs.read(stream.group, stream.name)
    assert f"[sagemaker logs] [{told['InferenceId']}] Received client error" in events[0].message


@pytest.mark.parametrize(
    ("place", "said"), [("s3://bucket/in/none", b"there is no such object"), ("s3://none/a", b"Failed to download")]
)
def test_an_input_that_is_missing(queue, place, said):
    with serving(shout) as server:
        queue.serve(server.address)
        told = queue.invoke(InputLocation=place)
        queue.work()
    assert said in queue.object(told["FailureLocation"])[0]
    assert server.got == []


def test_a_model_that_takes_too_long(queue):
    over = threading.Event()

    def late(got):
        over.wait(20)
        return response(b"late")

    with serving(late) as server:
        queue.serve(server.address)
        told = queue.invoke(Body=b"abc", InvocationTimeoutSeconds=1)
        queue.work()
        over.set()
    assert b"Your invocation timed out while waiting for a response" in queue.object(told["FailureLocation"])[0]


def test_each_instance_works_on_so_many_at_once(queue):
    inside, most, go = [], [], threading.Event()

    def slow(got):
        inside.append(got)
        most.append(len(inside))
        go.wait(10)
        inside.remove(got)
        return response(b"ok")

    with serving(slow) as server:
        queue.serve(server.address, most=2)
        for _ in range(5):
            queue.invoke(Body=b"a")
        queue.loop.tick()
        deadline = time.monotonic() + 10
        while len(inside) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        queue.loop.tick()
        go.set()
        while queue.waiting():
            queue.work()
    assert max(most) == 2
    assert len(server.got) == 5


def test_what_breaks_its_server_is_tried_again_but_not_for_ever(queue):
    with serving(lambda got: None) as server:
        queue.serve(server.address)
        told = queue.invoke(Body=b"poison")
        for _ in range(5):
            queue.work()
            queue.parts.clock.sleep(1)
    assert len(server.got) == async_invocations.MOST_TRIES
    assert b"could not get a response from the e endpoint" in queue.object(told["FailureLocation"])[0]


def test_nothing_is_lost_while_there_is_no_server(queue):
    queue.serve("127.0.0.1:1")
    told = queue.invoke(Body=b"abc")
    for _ in range(5):
        queue.work()
        queue.parts.clock.sleep(1)
    assert queue.waiting() == 1
    with serving(shout) as server:
        queue.serve(server.address)
        # The endpoint is another version of the same: its record was made once.
        queue.work()
    assert queue.object(told["OutputLocation"])[0] == b"ABC"


def test_a_steward_that_follows_does_not_ask_again_for_what_is_stored(queue):
    with serving(shout) as server:
        queue.serve(server.address)
        told = queue.invoke(Body=b"abc")
        queue.parts.objects.put(*place_of(told["OutputLocation"]), b"stored before the kill")
        queue.work()
    assert server.got == []
    assert queue.object(told["OutputLocation"])[0] == b"stored before the kill"
    assert queue.waiting() == 0


def test_a_steward_that_follows_tells_what_was_not_told(queue):
    queue.serve("127.0.0.1:1", NotificationConfig=NOTIFICATIONS)
    queue.invoke(Body=b"abc")
    (record,) = queue.parts.state.list(Query(KIND, queue="active")).records
    ended = replace(record, body={**record.body, "outcome": {"status": "Failed", "reason": "why"}})
    queue.parts.state.put(ended, expected_version=record.version)
    queue.work()

    assert [(topic, message.get("failureReason")) for topic, message in queue.sent if "failureReason" in message] == [
        (f"{TOPIC}bad", "why")
    ]
    assert queue.waiting() == 0


def test_topics_are_greeted_once_and_told_of_every_end(queue):
    answers = [response(b"yes", content_type="text/plain"), response(b"no", 500)]
    with serving(lambda got: answers.pop(0)) as server:
        included = ["SUCCESS_NOTIFICATION_TOPIC"]
        queue.serve(server.address, NotificationConfig={**NOTIFICATIONS, "IncludeInferenceResponseIn": included})
        good = queue.invoke(ContentType="text/csv", InferenceId="good")
        queue.work()
        queue.invoke(Body=b"x", InferenceId="bad")
        queue.work()
    queue.loop = queue.new_loop()
    queue.work()

    trials = [
        (topic, message["eventName"]) for topic, message in queue.sent if message["eventName"] != "InferenceResult"
    ]
    assert trials == [(f"{TOPIC}bad", "TestNotification"), (f"{TOPIC}good", "TestNotification")]
    (topic, done), (other, failed) = [s for s in queue.sent if s[1]["eventName"] == "InferenceResult"]
    assert topic == f"{TOPIC}good"
    assert done["awsRegion"] == "us-east-1"
    assert done["invocationStatus"] == "Completed"
    assert done["requestParameters"] == {
        "contentType": "text/csv",
        "endpointName": "e",
        "inputLocation": "s3://bucket/in/rows.csv",
    }
    assert done["responseParameters"] == {"contentType": "text/plain", "outputLocation": good["OutputLocation"]}
    assert done["responseBody"] == {"content": "eWVz", "encoding": "BASE64"}
    assert (done["inferenceId"], done["eventVersion"], done["eventSource"]) == ("good", "1.0", "aws:sagemaker")
    assert (other, failed["invocationStatus"], failed["inferenceId"]) == (f"{TOPIC}bad", "Failed", "bad")
    assert 'Received server error (500) from primary with message "no"' in failed["failureReason"]
    assert "responseBody" not in failed


def test_a_request_expires_in_the_queue(queue):
    queue.serve()
    told = queue.invoke(Body=b"abc", RequestTTLSeconds=60)
    queue.work()
    assert queue.waiting() == 1
    queue.parts.clock.sleep(61)
    queue.work()
    assert b"waited for more than 60 seconds" in queue.object(told["FailureLocation"])[0]
    assert queue.waiting() == 0


def test_the_queue_of_an_endpoint_that_is_gone_ends(queue):
    queue.serve()
    told = queue.invoke(Body=b"abc")
    queue.parts.state.delete("endpoint", SCOPE, "e")
    queue.work()
    assert b"The endpoint was deleted" in queue.object(told["FailureLocation"])[0]
    assert queue.waiting() == 0


def test_the_backlog_is_measured(queue):
    queue.serve()
    for _ in range(3):
        queue.invoke(Body=b"abc")
    queue.work()
    assert queue.metric("ApproximateBacklogSize") == [3.0]
    assert queue.metric("ApproximateBacklogSizePerInstance") == [3.0]
    assert queue.metric("HasBacklogWithoutCapacity") == [1.0]
    queue.serve("127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:1")
    queue.parts.clock.sleep(20)
    queue.work()
    assert queue.metric("ApproximateBacklogSizePerInstance")[1:] == [1.0]
    assert queue.metric("HasBacklogWithoutCapacity")[1:] == [0.0]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"InputLocation": None}, "either InputLocation or Body"),
        ({"InputLocation": "s3://bucket/a", "Body": b"x"}, "either InputLocation or Body"),
        ({"InputLocation": "s3://bucket/"}, "InputLocation is not an object"),
        ({"InputLocation": "https://example.com/a"}, "InputLocation is not an S3 URI"),
        ({"Body": b"x", "CustomAttributes": "a\r\nb: c"}, "CustomAttributes must be one line"),
        ({"Body": b"x", "S3OutputPathExtension": "../up"}, "must not lead out"),
    ],
)
def test_requests_that_are_wrong(queue, params, said):
    queue.serve("127.0.0.1:1")
    with pytest.raises(ApiError, match=said) as caught:
        queue.house.call("InvokeEndpointAsync", "sagemaker-runtime", EndpointName="e", **params)
    assert caught.value.code == "ValidationError"


def test_asynchronous_endpoints_are_asked_asynchronously_and_others_are_not(queue):
    queue.serve("127.0.0.1:1")
    with pytest.raises(ApiError, match="hint: call InvokeEndpointAsync"):
        queue.house.call("InvokeEndpoint", "sagemaker-runtime", EndpointName="e", Body=b"x")
    put_endpoint(queue.house, "127.0.0.1:1")
    with pytest.raises(ApiError, match="hint: call InvokeEndpoint"):
        queue.invoke(Body=b"x")
    with pytest.raises(ApiError, match="Endpoint none of account 123456789012 not found"):
        queue.house.call("InvokeEndpointAsync", "sagemaker-runtime", EndpointName="none", Body=b"x")


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("s3://b/k/e y", ("b", "k/e y")),
        ("https://b.s3.eu-west-1.amazonaws.com/k/e%20y", ("b", "k/e y")),
        ("https://s3.eu-west-1.amazonaws.com/b/k", ("b", "k")),
        ("https://my.bucket.s3.amazonaws.com/k", ("my.bucket", "k")),
    ],
)
def test_places(location, place):
    assert place_of(location) == place


def test_topics_need_the_library_that_serves_them(monkeypatch):
    assert unreachable([f"{TOPIC}good"]) is None
    monkeypatch.setattr(topic_rules, "find_spec", lambda name: None)
    assert unreachable([None]) is None
    reason = unreachable([None, f"{TOPIC}good"])
    assert reason is not None
    assert reason.endswith("hint: pip install 'sagewright[hybrid]'")
