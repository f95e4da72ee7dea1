"""UpdateEndpoint and UpdateEndpointWeightsAndCapacities, with executions that do what the test says."""

from __future__ import annotations

import itertools

import pytest

from sagewright.engine.steward.sweep import named_in
from sagewright.vocabulary.errors import ApiError
from tests.unit.conftest import ACCOUNT, IMAGE

CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model/model.tar.gz"}
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 50,
    "DestinationS3Uri": "s3://bucket/capture",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
PORTS = itertools.count(20_000)


def variant(name="v", count=1, weight=1.0, **changes):
    return {
        "VariantName": name,
        "ModelName": "m",
        "InitialInstanceCount": count,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": weight,
        **changes,
    }


def configure(house, name, *variants, **members):
    house.call("CreateEndpointConfig", EndpointConfigName=name, ProductionVariants=list(variants), **members)


@pytest.fixture
def house(house):
    house.call("CreateModel", ModelName="m", PrimaryContainer=CONTAINER)
    return house


def deploy(house, *variants, **members):
    configure(house, "one", *variants, **members)
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="one")
    come_up(house)
    assert describe(house)["EndpointStatus"] == "InService"


def come_up(house):
    """Let all servers that are starting answer, until nothing changes."""
    while True:
        before = record(house).version
        house.tick()
        for execution in list(house.executor.plans):
            (host, *_) = house.executor.observe(execution)
            if host.alive and not host.address:
                house.executor.serve(execution, f"127.0.0.1:{next(PORTS)}")
        house.tick()
        if record(house).version == before:
            return


def record(house):
    return house.parts.state.get("endpoint", f"{ACCOUNT}/us-east-1", "e")


def serving(house, name="v"):
    return [i["execution_id"] for i in record(house).body["instances"].get(name, []) if i["addresses"]]


def describe(house):
    return house.call("DescribeEndpoint", EndpointName="e")


def update(house, config="two", **params):
    house.call("UpdateEndpoint", EndpointName="e", EndpointConfigName=config, **params)


def stop_what_was_told_to(house):
    for execution in house.executor.stopped:
        if house.executor.observe(execution):
            house.executor.finish(execution, stopped="order")
    house.tick()


def test_the_old_instances_answer_until_the_new_ones_do(house):
    deploy(house, variant(count=2))
    old = serving(house)
    configure(house, "two", variant("w"))
    update(house)
    house.tick()

    described = describe(house)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("Updating", "one")
    assert [v["VariantName"] for v in described["ProductionVariants"]] == ["v"]
    pending = described["PendingDeploymentSummary"]
    assert pending["EndpointConfigName"] == "two"
    assert [
        (v["VariantName"], v["CurrentInstanceCount"], v["DesiredInstanceCount"]) for v in pending["ProductionVariants"]
    ] == [("w", 0, 1)]
    assert pending["ProductionVariants"][0]["VariantStatus"][0]["Status"] == "Creating"
    assert (serving(house), house.executor.stopped) == (old, {})
    (new,) = house.executor.plans.keys() - old

    house.executor.serve(new, "127.0.0.1:1")
    house.tick()
    described = describe(house)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "two")
    assert "PendingDeploymentSummary" not in described
    assert serving(house, "w") == [new]
    assert house.executor.stopped == {}  # whoever has just read the record may still ask the old ones
    house.tick()
    assert house.executor.stopped == dict.fromkeys(old, 30.0)
    stop_what_was_told_to(house)
    assert sorted(house.executor.released) == sorted(old)
    assert list(named_in(record(house))) == [new]


def test_a_new_variant_that_does_not_come_up_leaves_the_endpoint_as_it_was(house):
    deploy(house, variant())
    (old,) = serving(house)
    configure(house, "two", variant("w"))
    update(house)
    house.tick()
    (new,) = house.executor.plans.keys() - {old}
    house.executor.finish(new, exit_code=1, reason="AlgorithmError: no model, exit code: 1")
    house.tick()

    described = describe(house)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "one")
    assert "production variant w did not pass the ping health check" in described["FailureReason"]
    assert "no model" in described["FailureReason"]
    assert serving(house) == [old]
    house.tick()
    stop_what_was_told_to(house)
    assert list(house.executor.plans) == [old]

    configure(house, "three", variant("x"))
    update(house, "three")
    come_up(house)
    assert "FailureReason" not in describe(house)
    assert describe(house)["EndpointConfigName"] == "three"


def test_an_old_server_that_dies_during_an_update_is_replaced(house):
    deploy(house, variant())
    (old,) = serving(house)
    configure(house, "two", variant())
    update(house)
    house.tick()
    house.executor.die(old)
    house.tick()

    assert old in house.executor.released
    assert len(house.executor.plans) == 2
    come_up(house)
    assert describe(house)["EndpointConfigName"] == "two"


def test_another_steward_carries_an_update_on(house):
    deploy(house, variant())
    configure(house, "two", variant())
    update(house)
    house.tick()
    house.parts.clock.sleep(61)
    another = house.another_steward()
    come_up(another)

    assert describe(another)["EndpointConfigName"] == "two"


@pytest.mark.parametrize(
    ("params", "count", "weight", "captures"),
    [
        ({}, 1, 1.0, False),
        ({"RetainAllVariantProperties": True}, 3, 5.0, True),
        (
            {
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredInstanceCount"}],
            },
            1,
            5.0,
            True,
        ),
        (
            {
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [
                    {"VariantPropertyType": "DesiredWeight"},
                    {"VariantPropertyType": "DataCaptureConfig"},
                ],
            },
            3,
            1.0,
            False,
        ),
    ],
)
def test_properties_are_retained_as_asked(house, params, count, weight, captures):
    deploy(house, variant(count=3, weight=5.0), DataCaptureConfig=CAPTURE)
    configure(house, "two", variant())
    update(house, **params)
    come_up(house)

    described = describe(house)
    assert described["EndpointConfigName"] == "two"
    (shown,) = described["ProductionVariants"]
    assert (shown["CurrentInstanceCount"], shown["CurrentWeight"]) == (count, weight)
    assert ("DataCaptureConfig" in described) is captures


CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
            "WaitIntervalInSeconds": 60,
        },
        "TerminationWaitInSeconds": 30,
    }
}


def test_a_canary_takes_its_share_before_the_rest_follows(house):
    deploy(house, variant(count=3))
    old = serving(house)
    configure(house, "two", variant(count=3))
    update(house, DeploymentConfig=CANARY)
    come_up(house)

    assert serving(house)[:2] == old[:2]
    assert len(serving(house)) == 3
    assert serving(house)[2] not in old
    described = describe(house)
    status = described["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"]
    assert (described["EndpointStatus"], status) == ("Updating", "ActivatingTraffic")
    house.parts.clock.sleep(60)
    come_up(house)
    assert set(serving(house)).isdisjoint(old)
    status = describe(house)["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"]
    assert status == "Baking"
    assert house.executor.stopped == {}
    house.parts.clock.sleep(90)
    come_up(house)
    described = describe(house)
    assert (described["EndpointStatus"], described["LastDeploymentConfig"]) == ("InService", CANARY)
    assert sorted(house.executor.stopped) == sorted(old)


def test_a_rolling_update_never_runs_more_than_one_batch_beside_what_is_needed(house):
    deploy(house, variant(count=4))
    old = serving(house)
    configure(house, "two", variant(count=4))
    policy = {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 5}
    update(house, DeploymentConfig={"RollingUpdatePolicy": policy})
    most = 0
    for _ in range(40):
        come_up(house)
        stop_what_was_told_to(house)
        most = max(most, len(house.executor.plans))
        assert len(serving(house)) >= 4
        house.parts.clock.sleep(5)
    assert most <= 6
    assert describe(house)["EndpointStatus"] == "InService"
    assert set(serving(house)).isdisjoint(old)
    assert sorted(house.executor.plans) == sorted(serving(house))


@pytest.mark.parametrize("rolling", [False, True])
def test_an_alarm_takes_an_update_back(house, rolling):
    deploy(house, variant(count=2))
    old = serving(house)
    alarm = {
        "AlarmName": "a",
        "MetricName": "Invocation5XXErrors",
        "Namespace": "AWS/SageMaker",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    house.call("PutMetricAlarm", "cloudwatch", **alarm)
    configure(house, "two", variant(count=2))
    one = {"Type": "INSTANCE_COUNT", "Value": 1}
    way = {"RollingUpdatePolicy": {"MaximumBatchSize": one, "WaitIntervalInSeconds": 60}} if rolling else CANARY
    update(house, DeploymentConfig={**way, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}})
    come_up(house)
    assert old[1] not in serving(house) or rolling
    house.call("SetAlarmState", "cloudwatch", AlarmName="a", StateValue="ALARM", StateReason="r")
    house.tick()
    assert describe(house)["EndpointStatus"] == "RollingBack"
    come_up(house)

    described = describe(house)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "one")
    assert described["FailureReason"] == "One or more configured alarms are in ALARM state: a."
    assert (serving(house) == old) is not rolling
    assert len(serving(house)) == 2
    stop_what_was_told_to(house)
    assert sorted(house.executor.plans) == sorted(serving(house))


def test_an_update_that_takes_longer_than_it_may_is_rolled_back(house):
    deploy(house, variant())
    old = serving(house)
    configure(house, "two", variant())
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    policy = {"TrafficRoutingConfiguration": routing, "MaximumExecutionTimeoutInSeconds": 600}
    update(house, DeploymentConfig={"BlueGreenUpdatePolicy": policy})
    house.tick()
    house.parts.clock.sleep(601)
    house.tick()

    described = describe(house)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "one")
    assert "did not end in its time" in described["FailureReason"]
    assert serving(house) == old


def test_weights_change_at_once_and_capacity_when_it_is_there(house):
    deploy(house, variant(), variant("w"))
    first = serving(house)
    change = [
        {"VariantName": "v", "DesiredInstanceCount": 3, "DesiredWeight": 0.0},
        {"VariantName": "w", "DesiredInstanceCount": 0},
    ]
    house.call("UpdateEndpointWeightsAndCapacities", EndpointName="e", DesiredWeightsAndCapacities=change)
    house.tick()

    described = describe(house)
    shown = [
        (v["CurrentWeight"], v["CurrentInstanceCount"], v["DesiredInstanceCount"])
        for v in described["ProductionVariants"]
    ]
    assert (described["EndpointStatus"], shown) == ("Updating", [(0.0, 1, 3), (1.0, 0, 0)])
    come_up(house)
    described = describe(house)
    counts = [(v["CurrentInstanceCount"], v["DesiredInstanceCount"]) for v in described["ProductionVariants"]]
    assert (described["EndpointStatus"], counts) == ("InService", [(3, 3), (0, 0)])
    assert first[0] in serving(house)
    assert len(house.executor.stopped) == 1


def test_capacity_that_does_not_come_up_is_given_up(house):
    deploy(house, variant())
    (old,) = serving(house)
    change = [{"VariantName": "v", "DesiredInstanceCount": 2}]
    house.call("UpdateEndpointWeightsAndCapacities", EndpointName="e", DesiredWeightsAndCapacities=change)
    house.tick()
    (new,) = house.executor.plans.keys() - {old}
    house.executor.finish(new, exit_code=1, reason="AlgorithmError: exit code: 1")
    house.tick()

    described = describe(house)
    assert described["EndpointStatus"] == "InService"
    assert "did not pass the ping health check" in described["FailureReason"]
    assert described["ProductionVariants"][0]["DesiredInstanceCount"] == 1
    house.tick()
    assert list(house.executor.plans) == [old]


def test_an_endpoint_on_which_work_is_done_is_left_alone(house):
    configure(house, "one", variant())
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="one")
    for _ in range(2):
        for operation, params in (
            ("DeleteEndpoint", {}),
            ("UpdateEndpoint", {"EndpointConfigName": "one"}),
            ("UpdateEndpointWeightsAndCapacities", {"DesiredWeightsAndCapacities": [{"VariantName": "v"}]}),
        ):
            with pytest.raises(ApiError) as caught:
                house.call(operation, EndpointName="e", **params)
            arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/e"
            assert str(caught.value) == f'ValidationException: Cannot update in-progress endpoint "{arn}".'
        if describe(house)["EndpointStatus"] == "Creating":
            come_up(house)
            update(house, "one")


def test_a_failed_endpoint_is_not_updated(house):
    configure(house, "one", variant())
    house.call("CreateEndpoint", EndpointName="e", EndpointConfigName="one")
    house.tick()
    house.executor.finish(next(iter(house.executor.plans)), exit_code=1, reason="r")
    house.tick()
    with pytest.raises(ApiError, match="in status Failed"):
        update(house, "one")


def test_an_updated_endpoint_can_be_deleted_while_old_instances_are_left(house):
    deploy(house, variant())
    configure(house, "two", variant())
    update(house)
    come_up(house)
    assert "retiring" in record(house).body
    house.call("DeleteEndpoint", EndpointName="e")
    house.tick()
    stop_what_was_told_to(house)
    house.tick()

    assert record(house) is None
    assert house.executor.plans == {}


SERVERLESS = {"VariantName": "v", "ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}
LINEAR = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "LINEAR",
            "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 20},
            "WaitIntervalInSeconds": 60,
        }
    }
}


def changed_routing(**changes):
    routing = {**LINEAR["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"], **changes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {k: v for k, v in routing.items() if v}}}


@pytest.mark.parametrize(
    ("new", "params", "said"),
    [
        (SERVERLESS, {}, "to a serverless configuration"),
        (variant("w"), {"DeploymentConfig": LINEAR}, "variants of the same names"),
        (variant(), {"DeploymentConfig": changed_routing(LinearStepSize=None)}, "LINEAR needs a LinearStepSize"),
        (variant(), {"DeploymentConfig": changed_routing(Type="ALL_AT_ONCE")}, "ALL_AT_ONCE takes no LinearStepSize"),
        (
            variant(),
            {"DeploymentConfig": changed_routing(LinearStepSize={"Type": "CAPACITY_PERCENT", "Value": 60})},
            "60 percent is not between 10 and 50",
        ),
        (
            variant(),
            {"DeploymentConfig": {**LINEAR, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}}},
            "Could not find the alarm `a`",
        ),
        (variant(), {"DeploymentConfig": LINEAR, "RetainDeploymentConfig": True}, "can't specify both"),
        (
            variant(),
            {"ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}]},
            "needs RetainAllVariantProperties",
        ),
    ],
)
def test_updates_that_cannot_be_made_are_refused(house, new, params, said):
    deploy(house, variant())
    configure(house, "two", new)
    with pytest.raises(ApiError, match="ValidationException") as caught:
        update(house, **params)
    assert said in caught.value.message
    assert describe(house)["EndpointStatus"] == "InService"


def test_the_concurrency_of_a_serverless_variant_changes(house):
    deploy(house, SERVERLESS)

    def change(**config):
        wanted = [{"VariantName": "v", "ServerlessUpdateConfig": config}]
        house.call("UpdateEndpointWeightsAndCapacities", EndpointName="e", DesiredWeightsAndCapacities=wanted)

    change(MaxConcurrency=5)
    come_up(house)
    (shown,) = describe(house)["ProductionVariants"]
    assert shown["CurrentServerlessConfig"] == {"MemorySizeInMB": 1024, "MaxConcurrency": 5}
    with pytest.raises(ApiError, match="greater than its MaxConcurrency"):
        change(ProvisionedConcurrency=6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"VariantName": "x"}, 'Could not find variant "x"'),
        ({"VariantName": "v", "DesiredInstanceCount": 4}, "lie outside of its ManagedInstanceScaling: 1 to 3"),
        ({"VariantName": "v", "ServerlessUpdateConfig": {"MaxConcurrency": 2}}, "runs on instances"),
    ],
)
def test_capacities_that_cannot_be_had_are_refused(house, change, said):
    scaling = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 3}
    deploy(house, variant(ManagedInstanceScaling=scaling))
    with pytest.raises(ApiError) as caught:
        house.call("UpdateEndpointWeightsAndCapacities", EndpointName="e", DesiredWeightsAndCapacities=[change])
    assert said in caught.value.message
