"""CloudWatch alarms on a fake clock."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from sagewright.engine.abc import Datum
from sagewright.engine.scaling import alarm_rules
from sagewright.engine.scaling.alarms import state_of
from sagewright.engine.steward.autoscaling import ScalingReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
EXPRESSION = [
    {"Id": "rate", "Expression": "100 * bad / (good + bad)"},
    *(
        {
            "Id": name,
            "MetricStat": {"Metric": {"Namespace": "N", "MetricName": name}, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        }
        for name in ("bad", "good")
    ),
]


class Watch:
    """Alarms, and the steward that evaluates them."""

    def __init__(self, house):
        self.house = house
        self.sent: list[tuple[str, ...]] = []
        self.loop = self.another_steward()

    def another_steward(self):
        return ScalingReconciler(self.house.parts, 60.0, lambda *message: self.sent.append(message))

    def call(self, operation, **params):
        return self.house.call(operation, "cloudwatch", **params)

    def put(self, name="a", **changes):
        request = {
            "AlarmName": name,
            "Namespace": "N",
            "MetricName": "M",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 10.0,
            "ComparisonOperator": "GreaterThanThreshold",
            **changes,
        }
        self.call("PutMetricAlarm", **{member: value for member, value in request.items() if value is not None})

    def compose(self, rule, name="c", **more):
        self.call("PutCompositeAlarm", AlarmName=name, AlarmRule=rule, **more)

    def minute(self, **values):
        """Let a minute pass in which metrics have values; return what the steward says of being busy."""
        now = self.house.parts.clock.now()
        self.house.parts.metrics.put([Datum("N", name, {}, now, value) for name, value in values.items()])
        self.house.parts.clock.sleep(60.0)
        return self.loop.tick()

    def states(self):
        found = self.call("DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return {each["AlarmName"]: each["StateValue"] for each in found["MetricAlarms"] + found["CompositeAlarms"]}

    def history(self, **params):
        return [item["HistorySummary"] for item in self.call("DescribeAlarmHistory", **params)["AlarmHistoryItems"]]


@pytest.fixture
def watch(house):
    house.parts.clock.sleep(-house.parts.clock.now() % 60 + 6)
    return Watch(house)


# Evaluation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "needed", "states"),
    [  # CloudWatch User Guide, "How alarm state is evaluated when data is missing": missing, ignore, breaching, not
        ("0-X-X", 3, "OK OK OK OK"),
        ("0----", 3, "OK OK OK OK"),
        ("-----", 3, "INSUFFICIENT_DATA was ALARM OK"),
        ("0XX-X", 3, "ALARM ALARM ALARM ALARM"),
        ("----X", 3, "INSUFFICIENT_DATA was ALARM OK"),
        ("X----", 3, "ALARM was ALARM OK"),
        ("0-X-X", 2, "ALARM ALARM ALARM ALARM"),
        ("00X0X", 2, "ALARM ALARM ALARM ALARM"),
        ("0-X--", 2, "OK OK ALARM OK"),
        ("----0", 2, "OK OK ALARM OK"),
        ("----X", 2, "INSUFFICIENT_DATA was ALARM OK"),
        ("---X-", 2, "ALARM was ALARM OK"),
    ],
)
def test_missing_data_count_as_they_are_to(data, needed, states):
    request = {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 5,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": needed,
    }
    values = [{"0": 0.0, "X": 9.0, "-": None}[each] for each in data]
    for treatment, state in zip(("missing", "ignore", "breaching", "notBreaching"), states.split(), strict=True):
        assert state_of({**request, "TreatMissingData": treatment}, values, "was")[0] == state, treatment


def test_an_alarm_goes_through_its_states_and_tells(watch):
    watch.put(AlarmActions=[TOPIC], OKActions=[TOPIC], InsufficientDataActions=[TOPIC])
    assert watch.states() == {"a": "INSUFFICIENT_DATA"}
    watch.minute(M=11)
    assert watch.states() == {"a": "ALARM"}
    watch.minute(M=9)
    assert watch.states() == {"a": "OK"}
    for _ in range(4):
        watch.minute()
    assert watch.states() == {"a": "INSUFFICIENT_DATA"}
    assert [subject for _, subject, _ in watch.sent] == [
        'ALARM: "a" in us-east-1',
        'OK: "a" in us-east-1',
        'INSUFFICIENT_DATA: "a" in us-east-1',
    ]
    news = json.loads(watch.sent[0][2])
    assert (news["OldStateValue"], news["NewStateValue"], news["Trigger"]["MetricName"]) == (
        "INSUFFICIENT_DATA",
        "ALARM",
        "M",
    )


def test_a_function_gets_an_event_and_what_fails_is_written_down(watch):
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
    watch.loop = ScalingReconciler(watch.house.parts, 60.0, lambda *message: bool(watch.sent.append(message)))
    watch.put(AlarmActions=[function])
    watch.minute(M=11)
    event = json.loads(watch.sent[0][2])
    assert (event["source"], event["alarmData"]["state"]["value"]) == ("aws.cloudwatch", "ALARM")
    assert event["alarmData"]["previousState"] == {"value": "INSUFFICIENT_DATA"}
    assert watch.history(HistoryItemType="Action") == [f"Failed to execute action {function}"]


def test_an_alarm_whose_actions_are_disabled_only_changes(watch):
    watch.put(AlarmActions=[TOPIC])
    watch.call("DisableAlarmActions", AlarmNames=["a", "none"])
    watch.minute(M=11)
    assert (watch.states(), watch.sent) == ({"a": "ALARM"}, [])
    watch.call("EnableAlarmActions", AlarmNames=["a"])
    watch.minute(M=9)
    watch.minute(M=11)
    assert len(watch.sent) == 1


def test_m_of_n_periods(watch):
    watch.put(EvaluationPeriods=3, DatapointsToAlarm=2)
    seen = []
    for value in (11, 9, 11, 9, 9, 9):
        watch.minute(M=value)
        seen.append(watch.states()["a"])
    assert seen[2:] == ["ALARM", "OK", "OK", "OK"]


def test_percentiles_and_high_resolution(watch):
    watch.put(Statistic=None, ExtendedStatistic="p90", Period=10)
    now = watch.house.parts.clock.now()
    watch.house.parts.metrics.put([Datum("N", "M", {}, now + 50, float(n)) for n in range(1, 21)])
    watch.minute()
    assert watch.states() == {"a": "ALARM"}
    with pytest.raises(ApiError, match="The value 90 for parameter ExtendedStatistic is not supported"):
        watch.put("b", Statistic=None, ExtendedStatistic="90")


def test_percentiles_of_few_values_can_be_ignored(watch):
    watch.put(Statistic=None, ExtendedStatistic="p50", EvaluateLowSampleCountPercentile="ignore")
    watch.minute(M=11)
    assert watch.states() == {"a": "INSUFFICIENT_DATA"}
    now = watch.house.parts.clock.now()
    watch.house.parts.metrics.put([Datum("N", "M", {}, now, 11.0)] * 20)
    watch.minute()
    assert watch.states() == {"a": "ALARM"}


def test_an_alarm_on_an_expression(watch):
    watch.call(
        "PutMetricAlarm",
        AlarmName="a",
        Metrics=EXPRESSION,
        EvaluationPeriods=1,
        Threshold=50.0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[TOPIC],
    )
    watch.minute(bad=1, good=3)
    assert watch.states() == {"a": "OK"}
    watch.minute(bad=3, good=1)
    assert watch.states() == {"a": "ALARM"}
    assert json.loads(watch.sent[0][2])["Trigger"]["Metrics"] == EXPRESSION
    (found,) = watch.call("DescribeAlarms")["MetricAlarms"]
    assert found["Metrics"] == EXPRESSION
    assert "MetricName" not in found


def test_a_state_that_was_set_by_hand_is_told_and_evaluated_again(watch):
    watch.put(AlarmActions=[TOPIC])
    watch.minute(M=1)
    watch.call("SetAlarmState", AlarmName="a", StateValue="ALARM", StateReason="a trial", StateReasonData='{"x": 1}')
    (found,) = watch.call("DescribeAlarms")["MetricAlarms"]
    assert (found["StateReason"], found["StateReasonData"]) == ("a trial", '{"x": 1}')
    watch.house.parts.clock.sleep(3)
    watch.loop.tick()
    assert [json.loads(message)["OldStateValue"] for _, _, message in watch.sent] == ["OK"]
    watch.minute(M=1)
    watch.minute(M=1)
    assert watch.states() == {"a": "OK"}


def test_news_that_a_steward_could_not_tell_any_more_are_told_by_the_next(watch):
    watch.put(AlarmActions=[TOPIC])

    def die(*_):
        raise KeyboardInterrupt

    watch.loop = ScalingReconciler(watch.house.parts, 60.0, die)
    with pytest.raises(KeyboardInterrupt):
        watch.minute(M=11)
    assert watch.states() == {"a": "ALARM"}
    watch.loop = watch.another_steward()
    watch.minute(M=11)
    watch.minute(M=11)
    assert len(watch.sent) == 1


def test_alarms_keep_the_steward_only_while_they_see_data(watch):
    assert not watch.minute()
    watch.put()
    assert watch.minute(M=1)
    for _ in range(4):
        busy = watch.minute()
    assert not busy
    assert watch.minute(M=1)


def test_nothing_is_written_while_nothing_happens(watch):
    watch.put(TreatMissingData="notBreaching")
    for _ in range(5):
        watch.minute()
    version = watch.house.parts.state.get("alarm", f"{ACCOUNT}/us-east-1", "a").version
    for _ in range(5):
        watch.minute()
    assert watch.house.parts.state.get("alarm", f"{ACCOUNT}/us-east-1", "a").version == version


# Composite alarms -----------------------------------------------------------------------------------------------------


def test_a_composite_alarm_follows_others(watch):
    watch.put("hot")
    watch.put("busy", MetricName="B")
    watch.compose("ALARM(hot) AND NOT ALARM(busy)", AlarmActions=[TOPIC])
    watch.compose('ALARM("c") OR FALSE', "d")
    assert watch.states()["c"] == "INSUFFICIENT_DATA"
    watch.minute(M=11, B=1)
    watch.minute(M=11, B=1)
    assert watch.states() == {"hot": "ALARM", "busy": "OK", "c": "ALARM", "d": "ALARM"}
    watch.minute(M=11, B=11)
    watch.minute(M=11, B=11)
    assert watch.states() == {"hot": "ALARM", "busy": "ALARM", "c": "OK", "d": "OK"}
    assert [json.loads(message)["AlarmRule"] for _, _, message in watch.sent] == ["ALARM(hot) AND NOT ALARM(busy)"]

    parents = watch.call("DescribeAlarms", ParentsOfAlarmName="hot")
    assert [each["AlarmName"] for each in parents["CompositeAlarms"]] == ["c"]
    children = watch.call("DescribeAlarms", ChildrenOfAlarmName="c")
    assert {each["AlarmName"]: each["StateValue"] for each in children["MetricAlarms"]} == {
        "hot": "ALARM",
        "busy": "ALARM",
    }
    assert [each["AlarmName"] for each in watch.call("DescribeAlarms")["MetricAlarms"]] == ["busy", "hot"]
    with pytest.raises(ApiError, match="the composite alarm c depends on it"):
        watch.call("DeleteAlarms", AlarmNames=["hot"])
    watch.call("DeleteAlarms", AlarmNames=["hot", "c", "d"])
    assert watch.states() == {"busy": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("ALARM(none)", "does not exist"),
        ("ALARM(a) AND", "ends too early"),
        ("NOPE(a)", "cannot be read"),
        ("(ALARM(a)", "is missing"),
        ("ALARM(a) OK(a)", "not expected"),
        ("ALARM(c)", "depend on itself"),
        ("(" * 300 + "TRUE" + ")" * 300, "too many"),
    ],
)
def test_rules_that_do_not_hold(watch, rule, said):
    watch.put()
    with pytest.raises(ApiError, match=said):
        watch.compose(rule)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("TRUE", True),
        ("false or true", True),
        ("ALARM(x y) AND OK(b)", True),
        (f'ALARM("arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:x y")', True),
        ("NOT (ALARM(b) OR INSUFFICIENT_DATA(z))", False),
        ("ALARM(b) OR OK(b) AND NOT OK(z)", True),
    ],
)
def test_rules(rule, holds):
    states = {"x y": "ALARM", "b": "OK", "z": "INSUFFICIENT_DATA"}
    assert alarm_rules.parsed(rule).holds(states) is holds


def test_an_alarm_does_not_become_one_of_another_kind(watch):
    watch.put()
    with pytest.raises(ApiError, match="cannot become"):
        watch.compose("TRUE", "a")


# Lists, history, tags -------------------------------------------------------------------------------------------------


def test_alarms_are_found_by_their_metric(watch):
    watch.put("a", Dimensions=[{"Name": "Job", "Value": "x"}])
    watch.put("b", Period=300)
    watch.put("c", Metrics=EXPRESSION, **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")))

    def names(**params):
        found = watch.call("DescribeAlarmsForMetric", Namespace="N", MetricName="M", **params)
        return [each["AlarmName"] for each in found["MetricAlarms"]]

    assert names() == ["b"]
    assert names(Dimensions=[{"Name": "Job", "Value": "x"}]) == ["a"]
    assert names(Period=60) == []


def test_listing_is_paged_over_all_kinds(watch):
    for n in range(7):
        watch.put(f"a{n}")
        watch.compose("TRUE", f"b{n}")
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = watch.call("DescribeAlarms", AlarmTypes=["CompositeAlarm"], MaxRecords=3, **token)
        assert len(page["CompositeAlarms"]) <= 3
        names += [each["AlarmName"] for each in page["CompositeAlarms"]]
        if page["NextToken"] is None:
            break
        token = {"NextToken": page["NextToken"]}
    assert names == [f"b{n}" for n in range(7)]


def test_history_is_kept_after_the_alarm_and_bounded(watch):
    watch.put(AlarmActions=[TOPIC])
    watch.minute(M=11)
    watch.call("DeleteAlarms", AlarmNames=["a"])
    assert watch.history(AlarmName="a") == [
        'Alarm "a" deleted',
        f"Successfully executed action {TOPIC}",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "a" created',
    ]
    assert watch.history(HistoryItemType="StateUpdate", ScanBy="TimestampAscending") == [
        "Alarm updated from INSUFFICIENT_DATA to ALARM"
    ]
    future = datetime.fromtimestamp(watch.house.parts.clock.now() + 60, timezone.utc)
    assert watch.history(StartDate=future) == []
    watch.put()
    for n in range(150):
        watch.call("SetAlarmState", AlarmName="a", StateValue=("OK", "ALARM")[n % 2], StateReason="r")
    page = watch.call("DescribeAlarmHistory", AlarmName="a", MaxRecords=60)
    rest = watch.call("DescribeAlarmHistory", AlarmName="a", MaxRecords=60, NextToken=page["NextToken"])
    assert (len(page["AlarmHistoryItems"]), len(rest["AlarmHistoryItems"]), rest["NextToken"]) == (60, 40, None)


def test_alarms_and_dashboards_have_tags(watch):
    watch.put(Tags=[{"Key": "a", "Value": "1"}])
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"
    watch.call("TagResource", ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    watch.call("UntagResource", ResourceARN=arn, TagKeys=["a", "none"])
    assert watch.call("ListTagsForResource", ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    watch.call("PutDashboard", DashboardName="d", DashboardBody='{"widgets": []}')
    dashboard = watch.call("GetDashboard", DashboardName="d")["DashboardArn"]
    watch.call("TagResource", ResourceARN=dashboard, Tags=[{"Key": "b", "Value": "2"}])
    assert len(watch.call("ListTagsForResource", ResourceARN=dashboard)["Tags"]) == 1
    with pytest.raises(ApiError, match="ResourceNotFoundException"):
        watch.call("ListTagsForResource", ResourceARN=arn + "x")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Threshold": None}, "Threshold is required"),
        ({"Metrics": [*EXPRESSION, {"Id": "more", "Expression": "bad"}]}, "Exactly one"),
        ({"Metrics": [{"Id": "e", "Expression": "SEARCH('x', 'Sum', 60)"}]}, "at least one"),
        ({"EvaluateLowSampleCountPercentile": "unknown"}, "Supported options"),
    ],
)
def test_alarms_that_do_not_hold(watch, changes, said):
    if "Metrics" in changes:
        changes = {**dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")), **changes}
    with pytest.raises(ApiError, match=said):
        watch.put(**changes)


def test_reason_data_must_be_a_document(watch):
    watch.put()
    with pytest.raises(ApiError, match="InvalidFormat"):
        watch.call("SetAlarmState", AlarmName="a", StateValue="OK", StateReason="r", StateReasonData="{")
