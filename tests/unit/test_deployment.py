"""How traffic goes from old instances to new ones."""

from __future__ import annotations

import pytest

from sagewright.engine.lifecycle import endpoint as lifecycle
from sagewright.engine.lifecycle.deployment import mixed, policy_of


def blue_green(kind="ALL_AT_ONCE", **sizes):
    routing = {"Type": kind, "WaitIntervalInSeconds": 10, **sizes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 5}}


def percent(value):
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def instances(value):
    return {"Type": "INSTANCE_COUNT", "Value": value}


def rolling(size):
    return {"RollingUpdatePolicy": {"MaximumBatchSize": size, "WaitIntervalInSeconds": 3}}


@pytest.mark.parametrize(
    ("config", "shifted"),
    [
        (None, [10]),
        (blue_green(), [10]),
        (blue_green("CANARY", CanarySize=percent(25)), [3, 10]),
        (blue_green("CANARY", CanarySize=instances(1)), [1, 10]),
        (blue_green("LINEAR", LinearStepSize=percent(30)), [3, 6, 9, 10]),
        (blue_green("LINEAR", LinearStepSize=instances(5)), [5, 10]),
        (rolling(instances(4)), [4, 8, 10]),
    ],
)
def test_every_deployment_brings_all_over_in_its_steps(config, shifted):
    policy = policy_of(config)

    assert [policy.shifted(10, step) for step in range(len(shifted) + 1)] == [0, *shifted]
    assert [policy.is_last({"v": 10}, step) for step in range(len(shifted) + 1)] == [
        *([False] * len(shifted)),
        True,
    ]
    assert policy.kept(10, 10, len(shifted)) == 0


def test_in_blue_green_all_new_instances_are_there_before_the_first_step():
    assert policy_of(blue_green("LINEAR", LinearStepSize=percent(10))).wanted(10, 0) == 10


def test_a_rolling_deployment_starts_new_instances_and_stops_old_ones_with_each_step():
    policy = policy_of(rolling(instances(4)))

    assert [policy.wanted(10, step) for step in range(4)] == [4, 8, 10, 10]
    assert [policy.kept(10, 10, step) for step in range(4)] == [10, 6, 2, 0]


def test_waits_and_limits_are_read():
    policy = policy_of(blue_green())

    assert (policy.wait_s, policy.keep_s, policy.limit_s) == (10, 5, None)
    assert policy_of(rolling(instances(1))).wait_s == 3


def test_between_the_steps_a_variant_has_instances_of_both():
    old = {"v": [{"execution_id": f"old-{i}"} for i in range(4)]}
    new = {"v": [{"execution_id": f"new-{i}"} for i in range(4)]}
    policy = policy_of(blue_green("CANARY", CanarySize=instances(1)))

    (given,) = mixed(policy, old, new, {"v": 4}, 1).values()
    assert [i["execution_id"] for i in given] == ["old-0", "old-1", "old-2", "new-0"]


def test_an_endpoint_of_one_instance_has_both_in_between():
    old, new = {"v": [{"execution_id": "old"}]}, {"v": [{"execution_id": "new"}]}
    policy = policy_of(blue_green("LINEAR", LinearStepSize=percent(10)))

    assert policy.is_last({"v": 1}, 1)
    assert mixed(policy, old, new, {"v": 1}, 1) == {"v": [{"execution_id": "new"}]}


def test_only_an_endpoint_in_service_is_updated_or_deleted_and_a_failed_one_deleted():
    assert lifecycle.MOVES["InService"] == {"Updating", "Deleting"}
    assert {status for status, to in lifecycle.MOVES.items() if "Deleting" in to} == {"InService", "Failed"}
    assert {status for status, to in lifecycle.MOVES.items() if "Updating" in to} == {"InService"}
    with pytest.raises(lifecycle.IllegalMove, match="from Failed to Updating"):
        lifecycle.move({"endpoint_status": "Failed"}, "Updating")


def test_every_status_can_reach_the_end():
    reached = {"Deleting"}
    while more := {status for status, to in lifecycle.MOVES.items() if to & reached} - reached:
        reached |= more
    assert reached == set(lifecycle.MOVES)
