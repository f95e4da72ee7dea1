"""CloudWatch in all protocols that clients speak to it, and live logs as an event stream."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from sagewright import targets

PROTOCOLS = ("smithy-rpc-v2-cbor", "json", "query")
TOPICLESS = {
    "AlarmName": "a",
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "Dimensions": [{"Name": "Job", "Value": "x"}],
    "Tags": [{"Key": "k", "Value": "v"}],
}


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_HOME", str(tmp_path / "home"))
    return targets.boto_session()


def client_of(session, protocol):
    """Return a client that speaks a protocol, as other versions of botocore do."""
    loader = session._session.get_component("data_loader")
    model = loader.load_service_model("cloudwatch", "service-2")
    metadata = {**model["metadata"], "protocol": protocol, "protocols": [protocol]}
    if protocol not in model["metadata"]["protocols"]:
        pytest.skip(f"this botocore cannot speak {protocol} to CloudWatch")
    original = loader.load_service_model

    def load(service, type_name, *args, **kwargs):
        found = original(service, type_name, *args, **kwargs)
        return {**found, "metadata": metadata} if (service, type_name) == ("cloudwatch", "service-2") else found

    loader.load_service_model = load
    try:
        return session.client("cloudwatch")
    finally:
        loader.load_service_model = original


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_metrics_alarms_and_dashboards_go_over_the_wire(session, protocol):
    client = client_of(session, protocol)
    now = datetime.fromtimestamp(time.time() // 60 * 60, timezone.utc)
    later = datetime.fromtimestamp(now.timestamp() + 60, timezone.utc)
    datum = {"MetricName": "M", "Dimensions": TOPICLESS["Dimensions"], "Timestamp": now}
    client.put_metric_data(
        Namespace="N",
        MetricData=[
            {**datum, "Values": [1.5, 2.0], "Counts": [2.0, 1.0]},
            {**datum, "StatisticValues": {"SampleCount": 2, "Sum": 10, "Minimum": 1, "Maximum": 9}, "Unit": "Count"},
        ],
    )
    (listed,) = client.list_metrics(Namespace="N")["Metrics"]
    assert listed["Dimensions"] == TOPICLESS["Dimensions"]
    stat = {
        "Metric": {"Namespace": "N", "MetricName": "M", "Dimensions": listed["Dimensions"]},
        "Period": 60,
        "Stat": "Sum",
    }
    queries = [
        {"Id": "m", "MetricStat": stat, "ReturnData": False},
        {"Id": "e", "Expression": "m / 2", "Label": "half"},
    ]
    (result,) = client.get_metric_data(MetricDataQueries=queries, StartTime=now, EndTime=later)["MetricDataResults"]
    assert (result["Id"], result["Label"], result["Values"]) == ("e", "half", [7.5])
    assert result["Timestamps"] == [now]
    request = {"StartTime": now, "EndTime": later, "Period": 60, "Namespace": "N", "MetricName": "M"}
    points = client.get_metric_statistics(
        **request, Dimensions=listed["Dimensions"], Statistics=["Maximum", "SampleCount"], ExtendedStatistics=["p50"]
    )["Datapoints"]
    found = {
        point["Unit"]: (point["Maximum"], point["SampleCount"], point.get("ExtendedStatistics")) for point in points
    }
    assert found == {"None": (2.0, 3.0, {"p50": 1.5}), "Count": (9.0, 2.0, None)}

    client.put_metric_alarm(**TOPICLESS)
    client.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(a)")
    both = client.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    (alarm,), (composite,) = both["MetricAlarms"], both["CompositeAlarms"]
    assert (alarm["Threshold"], alarm["Dimensions"], alarm["ActionsEnabled"]) == (1.5, listed["Dimensions"], True)
    assert composite["AlarmRule"] == "ALARM(a)"
    assert client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"] == TOPICLESS["Tags"]
    history = client.describe_alarm_history(AlarmName="a")["AlarmHistoryItems"]
    assert [item["HistoryItemType"] for item in history][-1] == "ConfigurationUpdate"
    client.put_dashboard(DashboardName="d", DashboardBody='{"widgets": []}')
    assert client.get_dashboard(DashboardName="d")["DashboardBody"] == '{"widgets": []}'
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="NaN"):
        client.put_metric_data(Namespace="N", MetricData=[{"MetricName": "M", "Value": float("nan")}])
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.delete_alarms(AlarmNames=["none"])
    client.delete_alarms(AlarmNames=["a", "c"])


def test_logs_are_followed_as_an_event_stream(session):
    client = session.client("logs")
    client.create_log_group(logGroupName="/g")
    client.create_log_stream(logGroupName="/g", logStreamName="s")
    stream = client.start_live_tail(logGroupIdentifiers=["arn:aws:logs:us-east-1:123456789012:log-group:/g"])[
        "responseStream"
    ]
    updates = iter(stream)
    assert next(updates)["sessionStart"]["logGroupIdentifiers"]
    client.put_log_events(
        logGroupName="/g", logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": "ü"}]
    )
    found: list[str] = []
    while not found:
        found = [each["message"] for each in next(updates)["sessionUpdate"]["sessionResults"]]
    assert found == ["ü"]
    stream.close()
