"""Auto scaling on a fake clock: from metrics over alarms and policies to a variant's instances."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from sagewright.engine.abc import Datum, Record
from sagewright.engine.steward.autoscaling import ScalingReconciler
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE

RESOURCE, DIMENSION = "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount"
WHICH = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE, "ScalableDimension": DIMENSION}
TRACKING = {
    "TargetValue": 10.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
}


class Scaling:
    """An endpoint in service, and auto scaling around it."""

    def __init__(self, house):
        self.house = house
        self.sent: list[tuple[str, ...]] = []
        self.loop = ScalingReconciler(house.parts, 60.0, lambda *message: self.sent.append(message))

    @property
    def clock(self):
        return self.house.parts.clock

    def call(self, operation, service="application-autoscaling", **params):
        return self.house.call(operation, service, **params)

    def register(self, low=1, high=4, **more):
        return self.call("RegisterScalableTarget", **WHICH, MinCapacity=low, MaxCapacity=high, **more)

    def put_policy(self, name="p", **changes):
        config = {member: value for member, value in {**TRACKING, **changes}.items() if value is not None}
        return self.call(
            "PutScalingPolicy",
            **WHICH,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=config,
        )

    def put_steps(self, *steps, kind="ChangeInCapacity", **more):
        config = {"AdjustmentType": kind, "StepAdjustments": list(steps), **more}
        return self.call(
            "PutScalingPolicy", **WHICH, PolicyName="s", PolicyType="StepScaling", StepScalingPolicyConfiguration=config
        )["PolicyARN"]

    def put_alarm(self, *actions, **changes):
        request = {
            "AlarmName": "a",
            "Namespace": "N",
            "MetricName": "M",
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 10.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": list(actions),
            **changes,
        }
        self.call("PutMetricAlarm", "cloudwatch", **request)

    def alarm(self, name="a"):
        (found,) = self.call("DescribeAlarms", "cloudwatch", AlarmNames=[name])["MetricAlarms"]
        return found

    def minute(self, invocations=0, value=None):
        """Let a minute pass in which there are so many invocations, or a value of the metric M."""
        now = self.clock.now()
        data = [
            Datum("AWS/SageMaker", "Invocations", {"EndpointName": "e", "VariantName": "v"}, now, 1.0)
        ] * invocations
        if value is not None:
            data.append(Datum("N", "M", {}, now, value))
        self.house.parts.metrics.put(data)
        for _ in range(30):
            self.clock.sleep(2)
            self.tick()

    def tick(self):
        self.loop.tick()
        self.house.tick()
        body = self.house.parts.state.get("endpoint", f"{ACCOUNT}/us-east-1", "e")
        for given in body.body["instances"].values() if body else ():
            for instance in given:
                if not instance["addresses"] and self.house.executor.observe(instance["execution_id"]):
                    self.house.executor.serve(instance["execution_id"], "127.0.0.1:1")
        self.house.tick()

    @property
    def desired(self):
        (variant,) = self.house.call("DescribeEndpoint", EndpointName="e")["ProductionVariants"]
        return variant["DesiredInstanceCount"]

    def activities(self, **more):
        return self.call("DescribeScalingActivities", ServiceNamespace="sagemaker", **more)["ScalingActivities"]


@pytest.fixture
def scaling(house):
    container = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz"}
    house.call("CreateModel", ModelName="m", PrimaryContainer=container, ExecutionRoleArn="arn:aws:iam::1:role/r")
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    house.call("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant])
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="c")
    made = Scaling(house)
    made.clock.time += -made.clock.time % 60
    for _ in range(3):
        made.tick()
    assert house.call("DescribeEndpoint", EndpointName="e")["EndpointStatus"] == "InService"
    return made


# Targets --------------------------------------------------------------------------------------------------------------


def test_a_target_is_registered_changed_and_forgotten(scaling):
    arn = scaling.register(Tags={"a": "b"})["ScalableTargetARN"]
    assert scaling.call("RegisterScalableTarget", **WHICH, MaxCapacity=9)["ScalableTargetARN"] == arn
    (target,) = scaling.call("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"]

    assert (target["MinCapacity"], target["MaxCapacity"], target["ResourceId"]) == (1, 9, RESOURCE)
    assert target["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")
    assert target["SuspendedState"]["DynamicScalingInSuspended"] is False
    assert scaling.call("ListTagsForResource", ResourceARN=arn) == {"Tags": {"a": "b"}}
    scaling.call("TagResource", ResourceARN=arn, Tags={"c": "d"})
    scaling.call("UntagResource", ResourceARN=arn, TagKeys=["a"])
    assert scaling.call("ListTagsForResource", ResourceARN=arn) == {"Tags": {"c": "d"}}
    scaling.put_policy()
    scaling.call("DeregisterScalableTarget", **WHICH)
    assert scaling.call("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert scaling.call("DescribeScalingPolicies", ServiceNamespace="sagemaker")["ScalingPolicies"] == []
    assert scaling.call("DescribeAlarms", "cloudwatch")["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ResourceId": "endpoint/none/variant/v"}, 'Could not find endpoint "arn'),
        ({"ResourceId": "endpoint/e/variant/none"}, 'Could not find variant "none"'),
        ({"ResourceId": "service/e"}, "Unsupported service namespace, resource type or scalable dimension"),
        ({"ServiceNamespace": "ecs"}, "scales endpoints only, not `ecs`"),
        ({"ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency"}, "Unsupported service namespace"),
        ({"MaxCapacity": 0}, "Maximum capacity cannot be less than minimum capacity"),
        ({"MinCapacity": 0}, "only asynchronous endpoints and components scale to zero"),
        ({"MinCapacity": None}, "MinCapacity is required"),
    ],
)
def test_targets_that_cannot_be(scaling, changes, said):
    params = {**WHICH, "MinCapacity": 1, "MaxCapacity": 2, **changes}
    with pytest.raises(ApiError) as caught:
        scaling.call("RegisterScalableTarget", **{k: v for k, v in params.items() if v is not None})
    assert caught.value.code == "ValidationException"
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("operation", "more", "said"),
    [
        ("PutScalingPolicy", {"PolicyName": "p", "PolicyType": "StepScaling"}, "No scalable target registered for"),
        ("DeregisterScalableTarget", {}, "No scalable target found for service namespace: sagemaker, resource ID: "),
        ("DeleteScalingPolicy", {"PolicyName": "p"}, f"scalable dimension: {DIMENSION}, policy name: p"),
        (
            "PutScheduledAction",
            {"ScheduledActionName": "x", "Schedule": "rate(1 day)"},
            "No scalable target registered",
        ),
        ("DeleteScheduledAction", {"ScheduledActionName": "x"}, "No scheduled action found"),
    ],
)
def test_what_is_missing(scaling, operation, more, said):
    with pytest.raises(ApiError) as caught:
        scaling.call(operation, **WHICH, **more)
    assert caught.value.code == "ObjectNotFoundException"
    assert said in caught.value.message


def test_a_variant_is_brought_within_new_bounds(scaling):
    scaling.register(low=3)
    scaling.minute()

    assert scaling.desired == 3
    (activity,) = scaling.activities()
    assert activity["Cause"] == "minimum capacity was set to 3"
    assert activity["Description"] == "Setting desired instance count to 3."
    assert activity["StatusCode"] == "Successful"
    assert activity["StatusMessage"] == (
        "Successfully set desired instance count to 3. Change successfully fulfilled by sagemaker."
    )


def test_a_target_goes_with_its_endpoint(scaling):
    scaling.register()
    scaling.put_policy()
    scaling.house.call("DeleteEndpoint", EndpointName="e")
    scaling.clock.sleep(2)
    scaling.loop.tick()

    assert scaling.call("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert scaling.call("DescribeAlarms", "cloudwatch")["MetricAlarms"] == []


# Target tracking ------------------------------------------------------------------------------------------------------


def test_more_invocations_bring_more_instances(scaling):
    scaling.register()
    put = scaling.put_policy()
    scaling.minute(invocations=25)
    scaling.minute(invocations=25)
    scaling.minute(invocations=25)
    assert scaling.desired == 1
    scaling.minute(invocations=25)

    assert scaling.desired == 3
    high = put["Alarms"][0]["AlarmName"]
    assert high.startswith(f"TargetTracking-{RESOURCE}-AlarmHigh-")
    (activity,) = scaling.activities(ResourceId=RESOURCE)
    assert activity["Cause"] == f"monitor alarm {high} in state ALARM triggered policy p"
    scaling.minute(invocations=25)
    assert (scaling.desired, scaling.alarm(high)["StateValue"]) == (3, "OK")  # 25 invocations are 8.3 for each of 3


def test_a_load_that_ends_lets_instances_go_when_it_has_been_gone_for_long(scaling):
    scaling.register()
    scaling.put_policy()
    for _ in range(4):
        scaling.minute(invocations=35)
    assert scaling.desired == 4
    for _ in range(14):
        scaling.minute()
    assert scaling.desired == 4
    for _ in range(3):
        scaling.minute()
    assert scaling.desired == 1


def test_a_policy_may_leave_scaling_in_to_others(scaling):
    scaling.register()
    scaling.put_policy(DisableScaleIn=True)
    for _ in range(4):
        scaling.minute(invocations=35)
    for _ in range(20):
        scaling.minute()
    assert scaling.desired == 4


def test_all_policies_must_want_less(scaling):
    metric = {"Namespace": "N", "MetricName": "M", "Statistic": "Average"}
    scaling.register(low=1)
    scaling.put_policy()
    scaling.put_policy("q", PredefinedMetricSpecification=None, CustomizedMetricSpecification=metric)
    for _ in range(4):
        scaling.minute(invocations=35, value=10)
    assert scaling.desired == 4
    for _ in range(20):
        scaling.minute(value=9.5)
    assert scaling.desired == 4
    for _ in range(17):
        scaling.minute(value=5)
    assert scaling.desired < 4


def test_bounds_and_suspensions_hold(scaling):
    scaling.register(high=2, SuspendedState={"DynamicScalingOutSuspended": True})
    scaling.put_policy()
    for _ in range(5):
        scaling.minute(invocations=100)
    assert scaling.desired == 1
    scaling.call("RegisterScalableTarget", **WHICH, SuspendedState={"DynamicScalingOutSuspended": False})
    for _ in range(2):
        scaling.minute(invocations=100)
    assert scaling.desired == 2


def test_a_restarted_steward_goes_on(scaling):
    scaling.register()
    scaling.put_policy()
    for _ in range(3):
        scaling.minute(invocations=25)
    scaling.loop = ScalingReconciler(scaling.house.parts, 60.0, lambda *_: None)
    scaling.minute(invocations=25)
    assert scaling.desired == 3


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"TargetValue": 0.0}, "greater than 0"),
        ({"PredefinedMetricSpecification": None}, "either a predefined or a customized"),
        ({"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}, "not built"),
        (
            {"PredefinedMetricSpecification": None, "CustomizedMetricSpecification": {"MetricName": "M"}},
            "CustomizedMetricSpecification.Namespace is required",
        ),
        (
            {"PredefinedMetricSpecification": None, "CustomizedMetricSpecification": {"Metrics": [{"Id": "m"}]}},
            "`CustomizedMetricSpecification.Metrics` is not built",
        ),
    ],
)
def test_policies_that_cannot_be(scaling, config, said):
    scaling.register()
    with pytest.raises(ApiError, match=said):
        scaling.put_policy(**config)


# Inference components -------------------------------------------------------------------------------------------------


def test_copies_of_a_component_follow_their_load(scaling):
    state, scope = scaling.house.parts.state, f"{ACCOUNT}/us-east-1"
    variant = {"name": "v", "count": 1}
    body = {"endpoint_status": "InService", "variants": [variant], "instances": {"v": [{"addresses": ["a"]}]}}
    state.put(Record("inference-component", scope, "ic", body), expected_version=0)
    which = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "inference-component/ic",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
    }
    scaling.call("RegisterScalableTarget", **which, MinCapacity=0, MaxCapacity=4)
    predefined = {"PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"}
    config = {"TargetValue": 10.0, "PredefinedMetricSpecification": predefined}
    scaling.call(
        "PutScalingPolicy",
        **which,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
    )
    for _ in range(4):
        data = [Datum("AWS/SageMaker", "Invocations", {"InferenceComponentName": "ic"}, scaling.clock.now(), 1.0)]
        scaling.house.parts.metrics.put(data * 25)
        scaling.minute()

    record = state.get("inference-component", scope, "ic")
    assert record.body["variants"] == [{"name": "v", "count": 3}]
    assert record.body["endpoint_status"] == "Updating"
    (activity,) = scaling.activities(ResourceId="inference-component/ic")
    assert activity["Description"] == "Setting desired copy count to 3."
    assert scaling.activities(ScalableDimension=DIMENSION) == []
    with pytest.raises(ApiError, match="hint: use SageMakerInferenceComponentInvocationsPerCopy"):
        scaling.call(
            "PutScalingPolicy",
            **which,
            PolicyName="q",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=TRACKING,
        )


# Steps and alarms -----------------------------------------------------------------------------------------------------


def test_an_alarm_runs_a_step_policy(scaling):
    scaling.register()
    arn = scaling.put_steps(
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 2},
        Cooldown=150,
    )
    scaling.put_alarm(arn, "arn:aws:sns:us-east-1:123456789012:t", OKActions=["arn:aws:sns:us-east-1:123456789012:t"])
    scaling.minute(value=12)
    scaling.minute(value=12)
    assert (scaling.desired, scaling.alarm()["StateValue"]) == (2, "ALARM")
    scaling.minute(value=25)  # a larger step while the smaller one cools down: what that added counts
    assert scaling.desired == 2
    scaling.minute(value=0)
    assert (scaling.desired, scaling.alarm()["StateValue"]) == (3, "ALARM")
    scaling.minute(value=0)
    assert scaling.alarm()["StateValue"] == "OK"
    assert [subject for _, subject, _ in scaling.sent] == ['ALARM: "a" in us-east-1', 'OK: "a" in us-east-1']
    assert '"OldStateValue": "INSUFFICIENT_DATA"' in scaling.sent[0][2]


def test_a_state_set_by_hand_runs_a_policy(scaling):
    scaling.register()
    arn = scaling.put_steps({"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}, kind="ExactCapacity")
    scaling.put_alarm(arn, TreatMissingData="ignore")
    scaling.call("SetAlarmState", "cloudwatch", AlarmName="a", StateValue="ALARM", StateReason="a trial")
    scaling.minute()

    assert scaling.desired == 2
    assert scaling.alarm()["StateReason"] == "a trial"


def test_what_the_bounds_do_not_allow_is_told_to_those_who_ask(scaling):
    scaling.register(high=1)
    arn = scaling.put_steps({"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2})
    scaling.put_alarm(arn)
    scaling.minute(value=12)
    scaling.minute(value=12)

    assert scaling.activities() == []
    (activity,) = scaling.activities(IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 1}]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "needs an AdjustmentType and StepAdjustments"),
        (
            [
                {"MetricIntervalUpperBound": 5, "ScalingAdjustment": 1},
                {"MetricIntervalLowerBound": 4, "ScalingAdjustment": 1},
            ],
            "neither overlap nor leave a gap",
        ),
        ([{"MetricIntervalLowerBound": 5, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1}], "must be less than"),
    ],
)
def test_steps_that_cannot_be(scaling, steps, said):
    scaling.register()
    with pytest.raises(ApiError, match=said):
        scaling.put_steps(*steps)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Metrics": [{"Id": "m"}]}, "mutually exclusive"),
        ({"AlarmActions": ["arn:alarm"]}, "Invalid arn syntax: arn:alarm"),
        ({"Period": 3600, "EvaluationPeriods": 200}, "across more than a day"),
        ({"ThresholdMetricId": "t"}, "`ThresholdMetricId` is not built"),
        ({"ExtendedStatistic": "p90"}, "either Statistic or ExtendedStatistic"),
        ({"Period": 45}, "Period must be"),
        ({"DatapointsToAlarm": 2}, "DatapointsToAlarm"),
        ({"TreatMissingData": "x"}, "Option x is not supported"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "neither a scaling policy nor an SNS topic"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "not built"),
    ],
)
def test_alarms_that_cannot_be(scaling, changes, said):
    with pytest.raises(ApiError, match=said):
        scaling.put_alarm(**changes)


def test_alarms_are_listed_and_forgotten(scaling):
    scaling.put_alarm()
    scaling.put_alarm(AlarmName="b")
    found = scaling.call("DescribeAlarms", "cloudwatch", AlarmNamePrefix="a", StateValue="INSUFFICIENT_DATA")

    assert [alarm["AlarmArn"] for alarm in found["MetricAlarms"]] == [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"]
    with pytest.raises(ApiError, match="ResourceNotFound"):
        scaling.call("DeleteAlarms", "cloudwatch", AlarmNames=["a", "none"])
    scaling.call("DeleteAlarms", "cloudwatch", AlarmNames=["a", "b"])
    assert scaling.call("DescribeAlarms", "cloudwatch")["MetricAlarms"] == []


# Schedules ------------------------------------------------------------------------------------------------------------


def test_a_schedule_changes_the_bounds(scaling):
    scaling.register()
    due = datetime.fromtimestamp(scaling.clock.now() + 90, timezone.utc)
    scaling.call(
        "PutScheduledAction",
        **WHICH,
        ScheduledActionName="morning",
        Schedule=f"at({due:%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 6},
    )
    scaling.minute()
    assert scaling.desired == 1
    scaling.minute()

    assert scaling.desired == 2
    (target,) = scaling.call("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)
    assert {activity["Description"] for activity in scaling.activities()} == {
        "Setting desired instance count to 2.",
        "Setting min capacity to 2 and max capacity to 6",
    }  # at the same time
    (action,) = scaling.call("DescribeScheduledActions", ServiceNamespace="sagemaker")["ScheduledActions"]
    assert action["ScheduledActionARN"].endswith(":scheduledActionName/morning")
    scaling.call("DeleteScheduledAction", **WHICH, ScheduledActionName="morning")


def test_a_rate_is_due_again_and_again(scaling):
    scaling.register()
    start = datetime.fromtimestamp(scaling.clock.now() + 30, timezone.utc)
    scaling.call(
        "PutScheduledAction",
        **WHICH,
        ScheduledActionName="often",
        Schedule="rate(2 minutes)",
        StartTime=start,
        EndTime=datetime.fromtimestamp(scaling.clock.now() + 200, timezone.utc),
        ScalableTargetAction={"MaxCapacity": 5},
    )
    for _ in range(8):
        scaling.minute()
    assert len(scaling.activities()) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Schedule": "at(2001-01-01T00:00:00)"}, "never due"),
        ({"Schedule": "sometimes"}, "is not valid"),
        ({"ScalableTargetAction": {}}, "needs a MinCapacity"),
        ({"ScalableTargetAction": {"MinCapacity": 9}}, "cannot be less"),
        ({"Timezone": "UTC"}, "only for at and cron"),
    ],
)
def test_schedules_that_cannot_be(scaling, changes, said):
    scaling.register()
    action = {"Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 1}, **changes}
    with pytest.raises(ApiError, match=said):
        scaling.call("PutScheduledAction", **WHICH, ScheduledActionName="x", **action)
