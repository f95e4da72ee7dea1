from __future__ import annotations

import pytest

from sagewright.vocabulary.errors import ApiError

G = {"logGroupName": "/g"}
S = {**G, "logStreamName": "s"}


@pytest.fixture
def logs(house):
    def call(operation, **params):
        return house.call(operation, "logs", **params)

    call("CreateLogGroup", **G)
    call("CreateLogStream", **S)
    return call


def put(logs, *messages, start=1):
    logs("PutLogEvents", **S, logEvents=[{"timestamp": start + n, "message": m} for n, m in enumerate(messages)])


def texts(answer):
    return [event["message"] for event in answer["events"]]


def test_a_log_is_followed_by_its_forward_tokens(logs):
    put(logs, "a", "b", "c")
    first = logs("GetLogEvents", **S, startFromHead=True, limit=2)
    second = logs("GetLogEvents", **S, nextToken=first["nextForwardToken"])
    third = logs("GetLogEvents", **S, nextToken=second["nextForwardToken"])

    assert (texts(first), texts(second), texts(third)) == (["a", "b"], ["c"], [])
    assert third["nextForwardToken"] == second["nextForwardToken"]
    put(logs, "d", start=9)
    assert texts(logs("GetLogEvents", **S, nextToken=third["nextForwardToken"])) == ["d"]


def test_a_log_is_walked_back_from_its_end(logs):
    put(logs, *"abcde")
    last = logs("GetLogEvents", **S, limit=2)
    before = logs("GetLogEvents", **S, limit=2, nextToken=last["nextBackwardToken"])
    first = logs("GetLogEvents", **S, limit=2, nextToken=before["nextBackwardToken"])
    beyond = logs("GetLogEvents", **S, limit=2, nextToken=first["nextBackwardToken"])

    assert (texts(last), texts(before), texts(first), texts(beyond)) == (["d", "e"], ["b", "c"], ["a"], [])
    assert beyond["nextBackwardToken"] == first["nextBackwardToken"]
    assert texts(logs("GetLogEvents", **S, nextToken=last["nextForwardToken"])) == []


def test_times_bound_what_is_read(logs):
    put(logs, "a", "b", "c", start=10)

    assert texts(logs("GetLogEvents", **S, startFromHead=True, startTime=11, endTime=12)) == ["b"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", ["error one", "error two", "fine"]),
        ("error", ["error one", "error two"]),
        ('"error two"', ["error two"]),
        ("error -one", ["error two"]),
        ("?one ?fine", ["error one", "fine"]),
    ],
)
def test_events_are_filtered_by_terms(logs, pattern, found):
    put(logs, "error one", "error two", "fine")

    assert texts(logs("FilterLogEvents", **G, filterPattern=pattern)) == found


def test_streams_are_merged_by_time_and_paged(logs):
    put(logs, "s1", start=1)
    put(logs, "s3", start=3)
    logs("CreateLogStream", **G, logStreamName="t")
    logs("PutLogEvents", **G, logStreamName="t", logEvents=[{"timestamp": 2, "message": "t2"}])

    page = logs("FilterLogEvents", **G, limit=2)
    assert texts(page) == ["s1", "t2"]
    assert texts(logs("FilterLogEvents", **G, limit=2, nextToken=page["nextToken"])) == ["s3"]
    assert texts(logs("FilterLogEvents", **G, logStreamNamePrefix="t")) == ["t2"]


def test_streams_are_described(logs):
    logs("CreateLogStream", **G, logStreamName="t")
    put(logs, "x", start=5)

    by_name = logs("DescribeLogStreams", **G)["logStreams"]
    assert [stream["logStreamName"] for stream in by_name] == ["s", "t"]
    assert (by_name[0]["firstEventTimestamp"], by_name[0]["lastEventTimestamp"]) == (5, 5)
    latest = logs("DescribeLogStreams", **G, orderBy="LastEventTime", descending=True, limit=1)
    assert latest["logStreams"][0]["logStreamName"] == "s"
    rest = logs("DescribeLogStreams", **G, orderBy="LastEventTime", descending=True, nextToken=latest["nextToken"])
    assert [stream["logStreamName"] for stream in rest["logStreams"]] == ["t"]


@pytest.mark.parametrize(
    ("operation", "params", "said"),
    [
        (
            "DescribeLogStreams",
            {"logGroupName": "none"},
            "ResourceNotFoundException: The specified log group does not exist.",
        ),
        (
            "GetLogEvents",
            {**G, "logStreamName": "none"},
            "ResourceNotFoundException: The specified log stream does not exist.",
        ),
        ("CreateLogGroup", G, "ResourceAlreadyExistsException: The specified log group already exists"),
        ("CreateLogStream", S, "ResourceAlreadyExistsException: The specified log stream already exists"),
        ("GetLogEvents", {**S, "nextToken": "x"}, "InvalidParameterException: The specified nextToken is invalid."),
        ("FilterLogEvents", {**G, "filterPattern": "{ $.x = 1 }"}, "InvalidParameterException: The filter pattern"),
        (
            "DescribeLogStreams",
            {**G, "orderBy": "LastEventTime", "logStreamNamePrefix": "s"},
            "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.",
        ),
    ],
)
def test_errors(logs, operation, params, said):
    with pytest.raises(ApiError) as caught:
        logs(operation, **params)
    assert str(caught.value).startswith(said)
