from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from sagewright.engine.scaling import decisions
from sagewright.engine.scaling.alarms import state_of
from sagewright.engine.scaling.schedules import BadSchedule, next_time, zone


def alarm(**changes):
    return {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 10, "EvaluationPeriods": 3, **changes}


@pytest.mark.parametrize(
    ("changes", "values", "state"),
    [
        ({}, [11, 12, 13], "ALARM"),
        ({}, [11, 10, 13], "OK"),
        ({}, [None, 12, 13], "INSUFFICIENT_DATA"),
        ({"DatapointsToAlarm": 2}, [None, 12, 13], "ALARM"),
        ({}, [None, None, None], "INSUFFICIENT_DATA"),
        ({"TreatMissingData": "breaching"}, [None, None, 13], "ALARM"),
        ({"TreatMissingData": "notBreaching"}, [None, None, None], "OK"),
        ({"TreatMissingData": "ignore"}, [None, None, None], "was"),
        ({"ComparisonOperator": "LessThanOrEqualToThreshold"}, [10, 9, 0], "ALARM"),
        ({"ComparisonOperator": "LessThanThreshold"}, [10, 9, 0], "OK"),
        ({"ComparisonOperator": "GreaterThanOrEqualToThreshold"}, [10, 10, 10], "ALARM"),
    ],
)
def test_an_alarm_s_state(changes, values, state):
    assert state_of(alarm(**changes), values, "was")[0] == state


def test_an_alarm_tells_its_reason():
    assert state_of(alarm(), [11, 12, 13], "OK")[1] == (
        "Threshold Crossed: datapoints [11, 12, 13] were greater than the threshold (10)."
    )


@pytest.mark.parametrize(
    ("capacity", "value", "target", "wanted"),
    [(1, 25, 10, 3), (2, 10, 10, 2), (4, 0, 10, 0), (0, 25, 10, 3), (3, 10.0000000000001, 10, 3)],
)
def test_target_tracking_is_in_proportion(capacity, value, target, wanted):
    assert decisions.tracked(capacity, value, target) == wanted


STEPS = [
    {"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1},
    {"MetricIntervalLowerBound": 5, "ScalingAdjustment": 3},
]


@pytest.mark.parametrize(
    ("kind", "capacity", "value", "wanted"),
    [
        ("ChangeInCapacity", 4, 10, 5),
        ("ChangeInCapacity", 4, 14.9, 5),
        ("ChangeInCapacity", 4, 15, 7),
        ("ChangeInCapacity", 4, 9, 3),
        ("ChangeInCapacity", 0, 9, 0),
        ("ExactCapacity", 9, 20, 3),
        ("PercentChangeInCapacity", 4, 10, 5),
    ],
)
def test_steps(kind, capacity, value, wanted):
    assert decisions.stepped({"AdjustmentType": kind, "StepAdjustments": STEPS}, 10, capacity, value) == wanted


@pytest.mark.parametrize(("percent", "least", "wanted"), [(25, 0, 12), (1, 0, 11), (-1, 0, 9), (1, 2, 12), (19, 0, 11)])
def test_percentages_are_rounded_towards_no_change_but_never_to_none(percent, least, wanted):
    config = {
        "AdjustmentType": "PercentChangeInCapacity",
        "StepAdjustments": [{"ScalingAdjustment": percent}],
        "MinAdjustmentMagnitude": least,
    }
    assert decisions.stepped(config, 10, 10, 11) == wanted


def test_no_step_covers_the_breach():
    config = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": STEPS[2:]}
    assert decisions.stepped(config, 10, 1, 12) is None


def test_what_a_scale_out_has_added_counts_while_it_cools_down():
    last = {"at": 100.0, "before": 1}
    assert decisions.base(3, last, 60, 159) == 1
    assert decisions.base(3, last, 60, 160) == 3
    assert decisions.base(3, None, 60, 0) == 3


def at(text, where=timezone.utc):
    return datetime.fromisoformat(text).replace(tzinfo=where).timestamp()


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        ("at(2024-03-01T12:00:00)", "2024-03-01T11:59:59", "2024-03-01T12:00:00"),
        ("at(2024-03-01T12:00:00)", "2024-03-01T12:00:00", None),
        ("cron(0 12 * * ? *)", "2024-03-01T12:00:00", "2024-03-02T12:00:00"),
        ("cron(0/20 8-9 ? * MON-FRI *)", "2024-03-01T09:40:00", "2024-03-04T08:00:00"),
        ("cron(15 10 L * ? *)", "2024-02-01T00:00:00", "2024-02-29T10:15:00"),
        ("cron(0 0 ? * 6L *)", "2024-03-01T00:00:00", "2024-03-29T00:00:00"),
        ("cron(0 0 29 2 ? *)", "2024-03-01T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 0 1 JAN,JUL ? 2025)", "2024-03-01T00:00:00", "2025-01-01T00:00:00"),
        ("cron(0 0 1 1 ? 2020)", "2024-03-01T00:00:00", None),
        ("rate(5 minutes)", "2024-03-01T00:12:00", "2024-03-01T00:15:00"),
        ("rate(1 hour)", "2024-02-28T00:00:00", "2024-03-01T00:00:00"),
    ],
)
def test_schedules(schedule, after, due):
    found = next_time(schedule, at(after), at("2024-03-01T00:00:00"), timezone.utc)
    assert found == (at(due) if due else None)


def test_schedules_follow_their_time_zone():
    found = next_time("cron(0 9 * * ? *)", at("2024-07-01T00:00:00"), 0, zone("Europe/Berlin"))
    assert found == at("2024-07-01T09:00:00", ZoneInfo("Europe/Berlin")) == at("2024-07-01T07:00:00")


@pytest.mark.parametrize(
    "schedule",
    [
        "daily",
        "rate(0 minutes)",
        "cron(0 12 * * *)",
        "cron(0 12 * * * *)",
        "cron(61 12 * * ? *)",
        "cron(0 12 15W * ? *)",
        "cron(0 12 ? * MON#2 *)",
        "at(2024-13-01T00:00:00)",
    ],
)
def test_expressions_that_are_no_schedules(schedule):
    with pytest.raises(BadSchedule):
        next_time(schedule, 0, 0, timezone.utc)


def test_there_is_no_such_time_zone():
    with pytest.raises(BadSchedule, match="Middle/Earth"):
        zone("Middle/Earth")
