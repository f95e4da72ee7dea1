"""Auto scaling in real processes: from a request that waits, over an alarm, to a server, and back to none."""

from __future__ import annotations

from tests.e2e.conftest import wait_until
from tests.e2e.servers import deploy, map_server

WHICH = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/v",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
WAITS = {
    "AlarmName": "somebody-waits",
    "Namespace": "AWS/SageMaker",
    "MetricName": "HasBacklogWithoutCapacity",
    "Dimensions": [{"Name": "EndpointName", "Value": "e"}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


def test_an_endpoint_without_instances_gets_one_when_somebody_waits(cloud, tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEWRIGHT_SCALING_MINUTE_S", "1")
    map_server(tmp_path)
    output = {"S3OutputPath": "s3://bucket/out"}
    instance = {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    deploy(cloud, instance, AsyncInferenceConfig={"OutputConfig": output})
    scaling = cloud.client("application-autoscaling")
    scaling.register_scalable_target(**WHICH, MinCapacity=0, MaxCapacity=0)

    def instances():
        endpoint = cloud.sagemaker.describe_endpoint(EndpointName="e")
        (variant,) = endpoint["ProductionVariants"]
        return endpoint["EndpointStatus"], variant["DesiredInstanceCount"], variant["CurrentInstanceCount"]

    wait_until(lambda: instances() == ("InService", 0, 0))
    scaling.register_scalable_target(**WHICH, MaxCapacity=2)
    steps = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]
    policy = scaling.put_scaling_policy(
        **WHICH,
        PolicyName="from-zero",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={"AdjustmentType": "ExactCapacity", "StepAdjustments": steps},
    )
    cloud.client("cloudwatch").put_metric_alarm(**WAITS, AlarmActions=[policy["PolicyARN"]])
    cloud.client("sagemaker-runtime").invoke_endpoint_async(EndpointName="e", Body=b"abc", Filename="answer")

    wait_until(lambda: cloud.s3.list_objects_v2(Bucket="bucket", Prefix="out/answer").get("Contents"))
    wait_until(lambda: instances() == ("InService", 1, 1))
    activities = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")["ScalingActivities"]
    assert [activity["Cause"] for activity in activities] == [
        "monitor alarm somebody-waits in state ALARM triggered policy from-zero",
        "maximum capacity was set to 0",
    ]
    cloud.sagemaker.delete_endpoint(EndpointName="e")
    wait_until(lambda: not scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"])
