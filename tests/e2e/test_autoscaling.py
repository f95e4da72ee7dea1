"""Auto scaling, from an alarm to the servers of an endpoint, in real processes."""

from __future__ import annotations

from tests.e2e.conftest import wait_until

WHICH = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def test_an_alarm_brings_another_server_up(cloud, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_SCALING_MINUTE_S", "1")
    cloud.deploy()
    scaling, cloudwatch = cloud.client("application-autoscaling"), cloud.client("cloudwatch")
    scaling.register_scalable_target(**WHICH, MinCapacity=1, MaxCapacity=2)
    policy = scaling.put_scaling_policy(
        **WHICH,
        PolicyName="p",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )
    cloudwatch.put_metric_alarm(
        AlarmName="a",
        Namespace="N",
        MetricName="M",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=10,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[policy["PolicyARN"]],
    )

    def instances():
        cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "M", "Value": 11}])
        (variant,) = cloud.sagemaker.describe_endpoint(EndpointName="e")["ProductionVariants"]
        return (variant["DesiredInstanceCount"], variant["CurrentInstanceCount"]) == (2, 2)

    wait_until(instances)

    def activity():
        (found,) = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")["ScalingActivities"]
        return found if found["StatusCode"] == "Successful" else None

    assert wait_until(activity)["Cause"] == "monitor alarm a in state ALARM triggered policy p"
    cloud.sagemaker.delete_endpoint(EndpointName="e")
    wait_until(lambda: not scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"])
