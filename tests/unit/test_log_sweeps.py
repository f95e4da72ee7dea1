"""What the steward does with logs: metric filters and retention; and what clients see as it comes."""

from __future__ import annotations

from itertools import islice

import pytest

from sagewright.engine.abc import LogEvent
from sagewright.engine.steward.metric_filters import MetricFilterReconciler
from sagewright.engine.steward.retention import RetentionReconciler
from sagewright.vocabulary.errors import ApiError

G = {"logGroupName": "/g"}
NOW = 1_700_000_000_000
DAY_MS = 86_400_000


@pytest.fixture
def logs(house):
    def call(operation, **params):
        return house.call(operation, "logs", **params)

    call("CreateLogGroup", **G)
    return call


def write(house, *messages, stream="s", at=NOW):
    house.parts.logs.append("/g", stream, [LogEvent(at, message) for message in messages])


def tick(house, loop):
    house.parts.clock.sleep(1.5)
    return loop.tick()


def points(house, name, **dimensions):
    found = house.parts.metrics.query("app", name, dimensions, 0, 1e12)
    return [(point.value, point.count, point.unit) for point in found]


def put(logs, name, pattern, value="1", **more):
    transformation = {"metricName": name, "metricNamespace": "app", "metricValue": value, **more}
    logs("PutMetricFilter", **G, filterName=name, filterPattern=pattern, metricTransformations=[transformation])


def test_events_become_metrics(house, logs):
    write(house, "error before the filter")
    put(logs, "errors", "error", unit="Count")
    put(logs, "quiet", "error", defaultValue=0)
    put(logs, "latency", "{ $.ms > 0 }", "$.ms", dimensions={"Path": "$.path"})
    put(logs, "bytes", "[..., bytes]", "$bytes")
    loop = MetricFilterReconciler(house.parts)
    assert not tick(house, loop)
    write(house, "error one", "error 12", "fine", '{"ms": 2.5, "path": "/x"}', '{"ms": 3}')
    write(house, "error in a new stream", stream="t")
    assert tick(house, loop)
    assert points(house, "errors") == [(1.0, 3.0, "Count")]
    assert sorted(points(house, "quiet")) == [(0.0, 3.0, "None"), (1.0, 3.0, "None")]
    assert points(house, "latency", Path="/x") == [(2.5, 1.0, "None")]
    assert points(house, "bytes") == [(12.0, 1.0, "None")]
    assert not tick(house, loop)

    write(house, "error three")
    assert tick(house, MetricFilterReconciler(house.parts))  # another steward goes on where this one was
    assert sum(count for _, count, _ in points(house, "errors")) == 4


def test_a_group_that_is_made_anew_has_no_filters(house, logs):
    put(logs, "errors", "error")
    loop = MetricFilterReconciler(house.parts)
    logs("DeleteLogGroup", **G)
    write(house, "error")
    assert not tick(house, loop)
    assert points(house, "errors") == []


def test_old_events_go_from_the_disk(house, logs):
    write(house, "old" * 100, "old too")
    write(house, "young", at=NOW + 5 * DAY_MS)
    logs("PutRetentionPolicy", **G, retentionInDays=3)
    loop = RetentionReconciler(house.parts)
    before = house.parts.logs.stream("/g", "s").stored_bytes
    assert not loop.tick()
    house.parts.clock.sleep(5 * DAY_MS / 1000)
    assert not loop.tick()
    assert house.parts.logs.stream("/g", "s").stored_bytes < before - 300
    assert [event.message for event in house.parts.logs.read("/g", "s")[0]] == ["young"]


def test_a_tail_shows_what_comes(house, logs):
    write(house, "error before")
    answer = logs("StartLiveTail", logGroupIdentifiers=["/g"], logEventFilterPattern="error")
    stream = iter(answer["responseStream"])
    assert next(stream)["sessionStart"]["logGroupIdentifiers"] == ["/g"]
    assert next(stream)["sessionUpdate"]["sessionResults"] == []
    write(house, "error one", "fine")
    write(house, "error two", stream="new")
    found = next(stream)["sessionUpdate"]
    assert [(each["logStreamName"], each["message"]) for each in found["sessionResults"]] == [
        ("new", "error two"),
        ("s", "error one"),
    ]
    assert found["sessionResults"][0]["logGroupIdentifier"].endswith(":log-group:/g")
    write(house, *["error"] * 600)
    found = next(stream)["sessionUpdate"]
    assert (len(found["sessionResults"]), found["sessionMetadata"]) == (500, {"sampled": True})
    with pytest.raises(ApiError, match="SessionTimeoutException"):
        list(islice(stream, 20_000))


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"logGroupIdentifiers": ["none"]}, "ResourceNotFoundException"),
        ({"logGroupIdentifiers": ["/g"], "logEventFilterPattern": "{"}, "InvalidParameterException"),
        ({"logGroupIdentifiers": ["/g", "/h"], "logStreamNames": ["s"]}, "InvalidParameterException"),
    ],
)
def test_tails_that_cannot_be(logs, params, code):
    with pytest.raises(ApiError, match=code):
        logs("StartLiveTail", **params)
