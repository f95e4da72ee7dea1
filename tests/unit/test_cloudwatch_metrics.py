"""CloudWatch metrics: stored, listed, read."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from sagewright.vocabulary.errors import ApiError

NOW = 1_700_000_000.0 // 3600 * 3600  # an hour that begins shortly before the fake clock's time
JOB = [{"Name": "Job", "Value": "a"}]


def at(seconds):
    return datetime.fromtimestamp(NOW + seconds, timezone.utc)


@pytest.fixture
def metrics(house):
    def call(operation, **params):
        return house.call(operation, "cloudwatch", **params)

    for time, value in ((60, 1.0), (70, 3.0), (130, 5.0)):
        datum = {"MetricName": "loss", "Dimensions": JOB, "Timestamp": at(time), "Value": value}
        call("PutMetricData", Namespace="n", MetricData=[datum])
    return call


def query(stat="Average", period=60, **more):
    metric = {"Namespace": "n", "MetricName": "loss", "Dimensions": JOB}
    return {"Id": "q", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}, **more}


def results(metrics, *queries, start=0, end=240, **more):
    return metrics(
        "GetMetricData",
        StartTime=at(start),
        EndTime=at(end),
        **{"ScanBy": "TimestampAscending", "MetricDataQueries": list(queries), **more},
    )


def put(metrics, name="x", namespace="m", **datum):
    metrics("PutMetricData", Namespace=namespace, MetricData=[{"MetricName": name, "Timestamp": at(0), **datum}])


def datapoints(metrics, name="x", namespace="m", **params):
    found = metrics(
        "GetMetricStatistics",
        **{
            "Namespace": namespace,
            "MetricName": name,
            "StartTime": at(0),
            "EndTime": at(600),
            "Period": 60,
            "Statistics": ["Average", "Sum", "Minimum", "Maximum", "SampleCount"],
            **params,
        },
    )
    return found["Datapoints"]


@pytest.mark.parametrize(
    ("stat", "values"),
    [
        ("Average", [2.0, 5.0]),
        ("Sum", [4.0, 5.0]),
        ("Minimum", [1.0, 5.0]),
        ("Maximum", [3.0, 5.0]),
        ("SampleCount", [2.0, 1.0]),
        ("p50", [2.0, 5.0]),
        ("tm50", [1.0, 5.0]),
    ],
)
def test_series_of_statistics(metrics, stat, values):
    (result,) = results(metrics, query(stat))["MetricDataResults"]
    assert (result["Timestamps"], result["Values"], result["Label"]) == ([NOW + 60, NOW + 120], values, "loss")


def test_the_newest_comes_first(metrics):
    found = results(metrics, query(), ScanBy="TimestampDescending")
    assert found["MetricDataResults"][0]["Timestamps"] == [NOW + 120, NOW + 60]


def test_statistics_of_one_metric(metrics):
    found = datapoints(metrics, "loss", "n", Dimensions=JOB, Period=300, Statistics=["Average", "SampleCount"])
    assert found == [{"Timestamp": NOW, "Unit": "None", "Average": 3.0, "SampleCount": 3.0}]
    found = datapoints(
        metrics, "loss", "n", Dimensions=JOB, Period=300, Statistics=[], ExtendedStatistics=["p50", "PR(2:10)"]
    )
    assert found[0]["ExtendedStatistics"] == {"p50": 3.0, "PR(2:10)": pytest.approx(200 / 3)}


def test_statistic_sets_stay_true(metrics):
    put(metrics, StatisticValues={"SampleCount": 3, "Sum": 1, "Minimum": -1, "Maximum": 2}, Unit="Count")
    put(metrics, Values=[7.0, 1.0], Counts=[2, 0.5], Unit="Count")
    put(metrics, Value=100.0)
    count, none = datapoints(metrics)
    assert count == {
        **{"Timestamp": NOW, "Unit": "Count", "SampleCount": 5.5, "Sum": 15.5, "Minimum": -1.0, "Maximum": 7.0},
        "Average": 15.5 / 5.5,
    }
    assert (none["Unit"], none["Sum"]) == ("None", 100.0)
    assert datapoints(metrics, Unit="Count") == [count]
    assert datapoints(metrics, Unit="Percent") == []


def test_periods_below_a_minute_are_had(metrics):
    (result,) = results(metrics, query("Sum", 10), start=60, end=130)["MetricDataResults"]
    assert (result["Timestamps"], result["Values"]) == ([NOW + 60, NOW + 70], [1.0, 3.0])


def test_metrics_are_listed_by_dimensions_and_activity(house, metrics):
    put(metrics, Value=1.0)
    assert [item["MetricName"] for item in metrics("ListMetrics", Namespace="m")["Metrics"]] == ["x"]
    assert metrics("ListMetrics", Dimensions=[{"Name": "Job"}])["Metrics"] == [
        {"Namespace": "n", "MetricName": "loss", "Dimensions": JOB}
    ]
    assert metrics("ListMetrics", Dimensions=[{"Name": "Job", "Value": "b"}])["Metrics"] == []
    house.parts.clock.sleep(4 * 3600)
    put(metrics, "y", Value=1.0, Timestamp=at(4 * 3600))
    assert [item["MetricName"] for item in metrics("ListMetrics", RecentlyActive="PT3H")["Metrics"]] == ["y"]
    house.parts.clock.sleep(14 * 86_400 - 3600)
    assert [item["MetricName"] for item in metrics("ListMetrics")["Metrics"]] == ["y"]


def test_listing_is_paged(metrics):
    data = [{"MetricName": f"m{n:04}", "Value": 1.0} for n in range(700)]
    metrics("PutMetricData", Namespace="many", MetricData=data)
    first = metrics("ListMetrics", Namespace="many")
    second = metrics("ListMetrics", Namespace="many", NextToken=first["NextToken"])
    assert (len(first["Metrics"]), len(second["Metrics"]), second["NextToken"]) == (500, 200, None)


def test_results_are_paged_by_points(metrics):
    for n in range(7):
        put(metrics, Value=float(n), Timestamp=at(60 * n))
    x = {"Id": "x", "MetricStat": {"Metric": {"Namespace": "m", "MetricName": "x"}, "Period": 60, "Stat": "Sum"}}
    walked: dict[str, list[float]] = {}
    statuses = []
    token: dict[str, str] | None = {}
    while token is not None:
        page = results(metrics, query(), x, end=600, MaxDatapoints=3, **token)
        assert sum(len(result["Values"]) for result in page["MetricDataResults"]) <= 3
        for result in page["MetricDataResults"]:
            walked.setdefault(result["Id"], []).extend(result["Values"])
            statuses.append(result["StatusCode"])
        token = {"NextToken": page["NextToken"]} if page["NextToken"] else None
    assert walked == {"q": [2.0, 5.0], "x": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
    assert statuses == ["Complete", "PartialData", "PartialData", "Complete"]


def test_expressions_are_computed_over_queries(metrics):
    found = results(
        metrics,
        query(ReturnData=False),
        {"Id": "twice", "Expression": "q * 2", "Label": "doubled"},
        {"Id": "all", "Expression": "SUM([twice, q])"},
        {"Id": "none", "Expression": "FILL(q, 0)"},
    )["MetricDataResults"]
    assert [(each["Id"], each["Label"], each["Values"]) for each in found] == [
        ("twice", "doubled", [4.0, 10.0]),
        ("all", "all", [6.0, 15.0]),
        ("none", "none", [0.0, 2.0, 5.0, 0.0]),
    ]


def test_metrics_are_searched(metrics):
    put(metrics, "loss", "n", Dimensions=[{"Name": "Job", "Value": "b"}], Value=9.0)
    put(metrics, "acc", "n", Dimensions=JOB, Value=1.0)
    search = "SEARCH('{n,Job} MetricName=\"loss\" NOT zz', 'Maximum', 300)"
    found = results(metrics, {"Id": "found", "Expression": search, "Label": "of"})["MetricDataResults"]
    assert [(each["Id"], each["Label"], each["Values"]) for each in found] == [
        ("found", "of a loss", [5.0]),
        ("found", "of b loss", [9.0]),
    ]


def test_labels_are_filled_in(metrics):
    label = "${PROP('MetricName')} of ${PROP('Dim.Job')}: ${MAX} at most, ${LAST} at last"
    (result,) = results(metrics, query(Label=label))["MetricDataResults"]
    assert result["Label"] == "loss of a: 5 at most, 5 at last"


@pytest.mark.parametrize(
    ("datum", "code", "said"),
    [
        ({}, "MissingParameter", "Value and MetricData.member.1.StatisticValues"),
        ({"Value": float("nan")}, "InvalidParameterValue", "The value NaN for parameter MetricData.member.1.Value is"),
        ({"Value": float("-inf")}, "InvalidParameterValue", "invalid"),
        ({"Value": 1e200}, "InvalidParameterValue", "out of range"),
        ({"Value": 1.0, "Values": [1.0]}, "InvalidParameterValue", "mutually exclusive"),
        ({"Values": [1.0], "Counts": [1, 2]}, "InvalidParameterValue", "of the same size"),
        ({"Values": [1.0] * 151}, "InvalidParameterValue", "150"),
        ({"StatisticValues": {"Sum": 1.0}}, "MissingParameter", "StatisticValues.SampleCount"),
        (
            {"StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 2, "Maximum": 1}},
            "InvalidParameterValue",
            "less than or equal",
        ),
        ({"Value": 1.0, "Timestamp": at(-15 * 86_400)}, "InvalidParameterValue", "two weeks"),
        ({"Value": 1.0, "Timestamp": at(4 * 3600)}, "InvalidParameterValue", "two hours"),
        ({"Value": 1.0, "Dimensions": JOB * 31}, "InvalidParameterValue", "30"),
        ({"Value": 1.0, "Dimensions": [{"Name": "a", "Value": " "}]}, "InvalidParameterValue", "must not be blank"),
        ({"Value": 1.0, "StorageResolution": 5}, "InvalidParameterValue", "StorageResolution"),
    ],
)
def test_data_that_do_not_hold_are_refused_whole(metrics, datum, code, said):
    good = {"MetricName": "good", "Value": 1.0}
    with pytest.raises(ApiError) as caught:
        metrics("PutMetricData", Namespace="m", MetricData=[{"MetricName": "x", **datum}, good])
    assert caught.value.code == code
    assert said in caught.value.message
    assert metrics("ListMetrics", Namespace="m")["Metrics"] == []


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ([{"Id": "q"}], "MetricStat is required"),
        ([query(Expression="1")], "mutually exclusive"),
        ([query(), query()], "unique"),
        ([query("median")], "statistic `median`"),
        ([query(period=90)], "Period"),
        ([{**query(), "Id": "Q"}], "regular expression"),
        ([{"Id": "e", "Expression": "a + b"}], "there is no query `a`"),
        ([{"Id": "e", "Expression": "1 +"}], "unexpected end"),
        ([{"Id": "e", "Expression": "e + 1"}], "depends on itself"),
        ([{"Id": "e", "Expression": "1 + 1"}], "a number, not a series"),
        ([query(), {"Id": "e", "Expression": "ANOMALY_DETECTION_BAND(q)"}], "ANOMALY_DETECTION_BAND is not built"),
        ([{"Id": "e", "Expression": "SELECT AVG(x) FROM y"}], "Metrics Insights"),
    ],
)
def test_queries_that_do_not_hold_are_refused(metrics, queries, said):
    with pytest.raises(ApiError, match=said):
        results(metrics, *queries)


@pytest.mark.parametrize(
    ("operation", "params", "said"),
    [
        ("GetMetricData", {"StartTime": at(5), "EndTime": at(5)}, "must not equal"),
        ("GetMetricData", {"StartTime": at(6), "EndTime": at(5)}, "must be greater"),
        ("GetMetricStatistics", {"StartTime": at(6), "EndTime": at(5), "Period": 60}, "must be less"),
        ("GetMetricStatistics", {"StartTime": at(0), "EndTime": at(86_460), "Period": 60}, "up to 1,441 datapoints"),
        (
            "GetMetricStatistics",
            {"StartTime": at(0), "EndTime": at(60), "Period": 60, "Statistics": []},
            "Must specify",
        ),
    ],
)
def test_requests_that_do_not_hold_are_refused(metrics, operation, params, said):
    more = {"Statistics": ["Sum"], "Namespace": "n", "MetricName": "x", "MetricDataQueries": [query()]}
    with pytest.raises(ApiError, match=said):
        metrics(operation, **{**more, **params})


def test_dashboards_are_kept(metrics):
    body = '{"widgets": [{"type": "text", "properties": {"markdown": "hello"}}]}'
    for name in ("b", "a"):
        assert metrics("PutDashboard", DashboardName=name, DashboardBody=body)["DashboardValidationMessages"] == []
    assert metrics("GetDashboard", DashboardName="a")["DashboardBody"] == body
    entries = metrics("ListDashboards")["DashboardEntries"]
    assert [(entry["DashboardName"], entry["Size"]) for entry in entries] == [("a", len(body)), ("b", len(body))]
    with pytest.raises(ApiError, match="ResourceNotFound"):
        metrics("DeleteDashboards", DashboardNames=["a", "none"])
    metrics("DeleteDashboards", DashboardNames=["a"])
    assert [entry["DashboardName"] for entry in metrics("ListDashboards")["DashboardEntries"]] == ["b"]
    for bad in ("no json", "[]", "{}", '{"widgets": [{}]}'):
        with pytest.raises(ApiError, match="InvalidParameterInput"):
            metrics("PutDashboard", DashboardName="c", DashboardBody=bad)
