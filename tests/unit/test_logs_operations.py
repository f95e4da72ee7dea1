from __future__ import annotations

import pytest

from sagewright.vocabulary.errors import ApiError

G = {"logGroupName": "/g"}
S = {**G, "logStreamName": "s"}
NOW = 1_700_000_000_000  # of the fake clock, in milliseconds
DAY = 86_400_000


@pytest.fixture
def logs(house):
    def call(operation, **params):
        return house.call(operation, "logs", **params)

    call("CreateLogGroup", **G)
    call("CreateLogStream", **S)
    return call


def put(logs, *messages, start=1):
    logs("PutLogEvents", **S, logEvents=[{"timestamp": NOW + start + n, "message": m} for n, m in enumerate(messages)])


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

    assert texts(logs("GetLogEvents", **S, startFromHead=True, startTime=NOW + 11, endTime=NOW + 12)) == ["b"]


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
    logs("PutLogEvents", **G, logStreamName="t", logEvents=[{"timestamp": NOW + 2, "message": "t2"}])

    page = logs("FilterLogEvents", **G, limit=2)
    assert texts(page) == ["s1", "t2"]
    assert texts(logs("FilterLogEvents", **G, limit=2, nextToken=page["nextToken"])) == ["s3"]
    assert texts(logs("FilterLogEvents", **G, logStreamNamePrefix="t")) == ["t2"]


def test_streams_are_described(logs):
    logs("CreateLogStream", **G, logStreamName="t")
    put(logs, "x", start=5)

    by_name = logs("DescribeLogStreams", **G)["logStreams"]
    assert [stream["logStreamName"] for stream in by_name] == ["s", "t"]
    assert (by_name[0]["firstEventTimestamp"], by_name[0]["lastEventTimestamp"]) == (NOW + 5, NOW + 5)
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
        ("FilterLogEvents", {**G, "filterPattern": "{ $.x"}, "InvalidParameterException: Invalid filter pattern"),
        ("FilterLogEvents", {}, "InvalidParameterException: You must specify either"),
        (
            "FilterLogEvents",
            {**G, "nextToken": "e30="},
            "InvalidParameterException: The specified nextToken is invalid.",
        ),
        ("CreateLogGroup", {"logGroupName": "x", "kmsKeyId": "k"}, "InvalidParameterException: `kmsKeyId`"),
        ("PutRetentionPolicy", {**G, "retentionInDays": 2}, "InvalidParameterException: 1 validation error"),
        ("PutRetentionPolicy", {"logGroupName": "none", "retentionInDays": 1}, "ResourceNotFoundException"),
        ("DeleteLogStream", {**G, "logStreamName": "none"}, "ResourceNotFoundException: The specified log stream"),
        ("TagResource", {"resourceArn": "arn:aws:logs:x:1:destination:d", "tags": {}}, "InvalidParameterException"),
        ("DeleteMetricFilter", {**G, "filterName": "none"}, "ResourceNotFoundException"),
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


def events(*times):
    return [{"timestamp": time, "message": str(number)} for number, time in enumerate(times)]


def test_events_that_are_too_old_or_too_new_are_left_out_and_told(logs):
    given = events(NOW - 14 * DAY - 1, NOW - 14 * DAY)
    assert logs("PutLogEvents", **S, logEvents=given)["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    given = events(NOW, NOW + 7_200_000, NOW + 7_200_001)
    answer = logs("PutLogEvents", **S, logEvents=given, sequenceToken="whatever")
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 2}
    assert answer["nextSequenceToken"]
    assert texts(logs("FilterLogEvents", **G)) == ["1", "0", "1"]
    logs("PutRetentionPolicy", **G, retentionInDays=1)
    given = events(NOW - DAY - 1, NOW - 1)
    assert logs("PutLogEvents", **S, logEvents=given)["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (events(NOW + 2, NOW + 1), "chronological order"),
        (events(NOW - DAY - 1, NOW), "24 hours"),
        (
            [{"timestamp": NOW, "message": "x" * 600_000}] * 2,
            "Upload too large: 1200052 bytes exceeds limit of 1048576",
        ),
    ],
)
def test_a_batch_that_does_not_hold_is_refused_whole(logs, given, said):
    with pytest.raises(ApiError, match=said):
        logs("PutLogEvents", **S, logEvents=given)
    assert texts(logs("FilterLogEvents", **G)) == []


def test_events_older_than_the_retention_are_not_shown(logs, house):
    put(logs, "old")
    house.parts.clock.sleep(DAY / 1000)
    put(logs, "new", start=DAY)
    logs("PutRetentionPolicy", **G, retentionInDays=1)
    assert logs("DescribeLogGroups")["logGroups"][0]["retentionInDays"] == 1
    house.parts.clock.sleep(1)

    assert texts(logs("FilterLogEvents", **G)) == ["new"]
    assert texts(logs("GetLogEvents", **S, startFromHead=True)) == ["new"]
    assert texts(logs("GetLogEvents", **S)) == ["new"]
    logs("DeleteRetentionPolicy", **G)
    assert texts(logs("FilterLogEvents", **G)) == ["old", "new"]


def test_a_search_is_walked_page_by_page_in_both_directions(logs):
    logs("CreateLogStream", **G, logStreamName="t")
    for n in range(20):
        given = [{"timestamp": NOW + n // 3, "message": str(n)}]
        logs("PutLogEvents", **G, logStreamName="st"[n % 2], logEvents=given)
    for forward in (True, False):
        whole = texts(logs("FilterLogEvents", **G, startFromHead=forward))
        walked: list[str] = []
        token: dict[str, str] | None = {}
        while token is not None:
            page = logs("FilterLogEvents", **G, startFromHead=forward, limit=3, **token)
            assert len(page["events"]) <= 3
            walked += texts(page)
            token = {"nextToken": page["nextToken"]} if page["nextToken"] else None
        assert walked == whole
        assert sorted(walked, key=int) == [str(n) for n in range(20)]


def test_event_ids_are_never_given_again(logs):
    put(logs, "x", "y")
    first = [event["eventId"] for event in logs("FilterLogEvents", **G)["events"]]
    logs("DeleteLogGroup", **G)
    logs("CreateLogGroup", **G)
    logs("CreateLogStream", **S)
    put(logs, "x", "y")
    second = [event["eventId"] for event in logs("FilterLogEvents", **G)["events"]]
    assert len({*first, *second}) == 4


def test_an_answer_holds_a_megabyte(logs):
    for n in range(3):
        put(logs, str(n) * 500_000, start=n)
    page = logs("FilterLogEvents", **G)
    assert len(page["events"]) == 2
    assert [text[0] for text in texts(logs("FilterLogEvents", **G, nextToken=page["nextToken"]))] == ["2"]
    page = logs("GetLogEvents", **S)
    assert [text[0] for text in texts(page)] == ["1", "2"]
    assert [text[0] for text in texts(logs("GetLogEvents", **S, nextToken=page["nextBackwardToken"]))] == ["0"]


def test_groups_are_listed_with_what_is_set_on_them(logs):
    logs("CreateLogGroup", logGroupName="/h", tags={"a": "b"}, logGroupClass="INFREQUENT_ACCESS")
    logs("CreateLogGroup", logGroupName="/i")
    page = logs("DescribeLogGroups", limit=2)
    assert [group["logGroupName"] for group in page["logGroups"]] == ["/g", "/h"]
    assert page["logGroups"][1]["logGroupClass"] == "INFREQUENT_ACCESS"
    assert page["logGroups"][0]["creationTime"] == NOW
    (last,) = logs("DescribeLogGroups", limit=2, nextToken=page["nextToken"])["logGroups"]
    assert last["arn"] == "arn:aws:logs:us-east-1:123456789012:log-group:/i:*"
    (only,) = logs("ListLogGroups", logGroupNamePattern="^/h|/x")["logGroups"]
    assert only["logGroupArn"].endswith(":/h")
    assert len(logs("DescribeLogGroups", logGroupClass="STANDARD")["logGroups"]) == 2
    (found,) = logs("DescribeLogGroups", logGroupIdentifiers=[last["arn"]])["logGroups"]
    assert found["logGroupName"] == "/i"


def test_groups_have_tags(logs):
    arn = logs("DescribeLogGroups")["logGroups"][0]["logGroupArn"]
    logs("TagLogGroup", **G, tags={"a": "1", "b": "2"})
    logs("TagResource", resourceArn=arn, tags={"b": "3"})
    assert logs("ListTagsLogGroup", **G)["tags"] == {"a": "1", "b": "3"}
    logs("UntagResource", resourceArn=arn, tagKeys=["a", "none"])
    assert logs("ListTagsForResource", resourceArn=arn)["tags"] == {"b": "3"}
    logs("UntagLogGroup", **G, tags=["b"])
    assert logs("ListTagsLogGroup", **G)["tags"] == {}
    with pytest.raises(ApiError, match="TooManyTagsException"):
        logs("TagLogGroup", **G, tags={str(n): "x" for n in range(51)})


def test_a_protected_group_is_not_deleted(logs):
    logs("PutLogGroupDeletionProtection", logGroupIdentifier="/g", deletionProtectionEnabled=True)
    with pytest.raises(ApiError, match="protected"):
        logs("DeleteLogGroup", **G)
    logs("PutLogGroupDeletionProtection", logGroupIdentifier="/g", deletionProtectionEnabled=False)
    logs("DeleteLogGroup", **G)
    assert logs("DescribeLogGroups")["logGroups"] == []


def test_streams_are_walked_by_name_and_deleted(logs):
    for name in "vut":
        logs("CreateLogStream", **G, logStreamName=name)
    page = logs("DescribeLogStreams", **G, limit=3)
    assert [stream["logStreamName"] for stream in page["logStreams"]] == ["s", "t", "u"]
    logs("DeleteLogStream", **G, logStreamName="u")  # pages go on behind a name, whatever became of it
    rest = logs("DescribeLogStreams", **G, limit=3, nextToken=page["nextToken"])
    assert [stream["logStreamName"] for stream in rest["logStreams"]] == ["v"]
    down = logs("DescribeLogStreams", **G, limit=1, descending=True)
    rest = logs("DescribeLogStreams", **G, descending=True, nextToken=down["nextToken"])
    assert [stream["logStreamName"] for stream in rest["logStreams"]] == ["t", "s"]


def transformation(value="1", **more):
    return {"metricName": "errors", "metricNamespace": "app", "metricValue": value, **more}


def test_metric_filters_are_kept_and_tried(logs):
    logs("PutMetricFilter", **G, filterName="b", filterPattern="x", metricTransformations=[transformation()])
    logs("PutMetricFilter", **G, filterName="a", filterPattern="", metricTransformations=[transformation("$.n")])
    found = logs("DescribeMetricFilters", **G)["metricFilters"]
    assert [each["filterName"] for each in found] == ["a", "b"]
    assert logs("DescribeMetricFilters", metricName="errors", metricNamespace="none")["metricFilters"] == []
    assert logs("DescribeLogGroups")["logGroups"][0]["metricFilterCount"] == 2
    page = logs("DescribeMetricFilters", limit=1)
    (last,) = logs("DescribeMetricFilters", nextToken=page["nextToken"])["metricFilters"]
    assert last["filterName"] == "b"
    logs("DeleteMetricFilter", **G, filterName="a")
    logs("DeleteLogGroup", **G)
    assert logs("DescribeMetricFilters")["metricFilters"] == []

    tried = logs("TestMetricFilter", filterPattern="[a, n > 1]", logEventMessages=["x 1", "y 2"])
    assert tried["matches"] == [{"eventNumber": 2, "eventMessage": "y 2", "extractedValues": {"$a": "y", "$n": "2"}}]


@pytest.mark.parametrize(
    "changes",
    [{"filterPattern": "{"}, {"metricTransformations": [transformation("x")]}, {"applyOnTransformedLogs": True}],
)
def test_metric_filters_that_do_not_hold_are_refused(logs, changes):
    with pytest.raises(ApiError, match="InvalidParameterException"):
        logs(
            "PutMetricFilter",
            **{**G, "filterName": "f", "filterPattern": "x", "metricTransformations": [transformation()], **changes},
        )
