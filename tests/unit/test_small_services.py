from __future__ import annotations

import json
from datetime import datetime, timezone
from urllib.parse import unquote

import pytest

from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def at(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)


# IAM and STS ----------------------------------------------------------------------------------------------------------


def test_the_caller_is_told_who_he_is(house):
    identity = house.call("GetCallerIdentity", "sts")
    assert identity == {"UserId": "u", "Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"}


def test_a_role_is_made_found_and_forgotten(house):
    made = house.call("CreateRole", "iam", RoleName="mine", Path="/p/", AssumeRolePolicyDocument=TRUST)["Role"]
    found = house.call("GetRole", "iam", RoleName="mine")["Role"]

    assert made["Arn"] == found["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/p/mine"
    assert made["RoleId"].startswith("AROA")
    assert unquote(found["AssumeRolePolicyDocument"]) == TRUST
    assert [role["RoleName"] for role in house.call("ListRoles", "iam")["Roles"]] == ["mine"]
    house.call("DeleteRole", "iam", RoleName="mine")
    with pytest.raises(ApiError, match="NoSuchEntity: The role with name mine cannot be found."):
        house.call("GetRole", "iam", RoleName="mine")


def test_the_role_that_the_caller_has_assumed_exists(house):
    assert house.call("GetRole", "iam", RoleName="r")["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/r"


@pytest.mark.parametrize(
    ("name", "trust", "code"),
    [("mine", TRUST, "EntityAlreadyExists"), ("other", "{no json", "MalformedPolicyDocument")],
)
def test_roles_that_cannot_be_made(house, name, trust, code):
    house.call("CreateRole", "iam", RoleName="mine", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(ApiError, match=code):
        house.call("CreateRole", "iam", RoleName=name, AssumeRolePolicyDocument=trust)


# CloudWatch -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def metrics(house):
    def call(operation, **params):
        return house.call(operation, "cloudwatch", **params)

    dimensions = [{"Name": "Job", "Value": "a"}]
    for time, value in ((60, 1.0), (70, 3.0), (130, 5.0)):
        datum = {"MetricName": "loss", "Dimensions": dimensions, "Timestamp": at(time), "Value": value}
        call("PutMetricData", Namespace="n", MetricData=[datum])
    return call


def query(stat="Average", period=60, **more):
    metric = {"Namespace": "n", "MetricName": "loss", "Dimensions": [{"Name": "Job", "Value": "a"}]}
    return {"Id": "q", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}, **more}


@pytest.mark.parametrize(
    ("stat", "values"),
    [
        ("Average", [2.0, 5.0]),
        ("Sum", [4.0, 5.0]),
        ("Minimum", [1.0, 5.0]),
        ("Maximum", [3.0, 5.0]),
        ("SampleCount", [2.0, 1.0]),
        ("p50", [2.0, 5.0]),
    ],
)
def test_series_of_statistics(metrics, stat, values):
    found = metrics(
        "GetMetricData",
        StartTime=at(0),
        EndTime=at(200),
        ScanBy="TimestampAscending",
        MetricDataQueries=[query(stat)],
    )
    (result,) = found["MetricDataResults"]
    assert (result["Timestamps"], result["Values"], result["Label"]) == ([60.0, 120.0], values, "loss")


def test_the_newest_comes_first(metrics):
    found = metrics("GetMetricData", StartTime=at(0), EndTime=at(200), MetricDataQueries=[query()])
    assert found["MetricDataResults"][0]["Timestamps"] == [120.0, 60.0]


def test_statistics_of_one_metric(metrics):
    found = metrics(
        "GetMetricStatistics",
        Namespace="n",
        MetricName="loss",
        Dimensions=[{"Name": "Job", "Value": "a"}],
        StartTime=at(0),
        EndTime=at(200),
        Period=300,
        Statistics=["Average", "SampleCount"],
    )
    assert found["Datapoints"] == [{"Timestamp": 0.0, "Unit": "None", "Average": 3.0, "SampleCount": 3.0}]


def test_values_with_counts_and_listing(metrics):
    metrics("PutMetricData", Namespace="m", MetricData=[{"MetricName": "x", "Values": [1.0, 2.0], "Counts": [2, 1]}])
    assert [item["MetricName"] for item in metrics("ListMetrics", Namespace="m")["Metrics"]] == ["x"]
    assert metrics("ListMetrics", Dimensions=[{"Name": "Job"}])["Metrics"] == [
        {"Namespace": "n", "MetricName": "loss", "Dimensions": [{"Name": "Job", "Value": "a"}]}
    ]


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("PutMetricData", {"Namespace": "n", "MetricData": [{"MetricName": "x", "StatisticValues": {"Sum": 1.0}}]}),
        ("PutMetricData", {"Namespace": "n", "MetricData": [{"MetricName": "x"}]}),
        ("GetMetricData", {"StartTime": at(5), "EndTime": at(5), "MetricDataQueries": [query()]}),
        (
            "GetMetricData",
            {"StartTime": at(0), "EndTime": at(5), "MetricDataQueries": [{"Id": "q", "Expression": "a+b"}]},
        ),
        ("GetMetricData", {"StartTime": at(0), "EndTime": at(5), "MetricDataQueries": [query("tm99")]}),
    ],
)
def test_what_cannot_be_had_is_refused(metrics, operation, params):
    with pytest.raises(ApiError, match="InvalidParameterValue"):
        metrics(operation, **params)


# Tags -----------------------------------------------------------------------------------------------------------------

ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/my-model"
IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"


@pytest.fixture
def model(house):
    house.call("CreateModel", ModelName="My-Model", PrimaryContainer={"Image": IMAGE})
    return house


def tag(key, value="v"):
    return {"Key": key, "Value": value}


def test_tags_are_added_replaced_and_removed(model):
    model.call("AddTags", ResourceArn=ARN, Tags=[tag("a"), tag("b")])
    assert model.call("AddTags", ResourceArn=ARN, Tags=[tag("a", "w")])["Tags"] == [tag("a", "w"), tag("b")]
    model.call("DeleteTags", ResourceArn=ARN, TagKeys=["a", "none"])
    assert model.call("ListTags", ResourceArn=ARN)["Tags"] == [tag("b")]


def test_tags_go_with_their_resource(model):
    model.call("AddTags", ResourceArn=ARN, Tags=[tag("a")])
    model.call("DeleteModel", ModelName="My-Model")
    model.call("CreateModel", ModelName="My-Model", PrimaryContainer={"Image": IMAGE})
    assert model.call("ListTags", ResourceArn=ARN)["Tags"] == []


@pytest.mark.parametrize(
    ("arn", "tags", "said"),
    [
        (ARN, [tag("aws:x")], "begins with `aws:`"),
        (ARN, [tag("a"), tag("a")], "more than once"),
        (ARN, [tag(str(n)) for n in range(51)], "at most 50 tags"),
        (ARN + "x", [tag("a")], "Could not find the resource"),
        ("nonsense", [tag("a")], "is not an ARN"),
    ],
)
def test_tags_that_may_not_be(model, arn, tags, said):
    with pytest.raises(ApiError, match=said):
        model.call("AddTags", ResourceArn=arn, Tags=tags)
