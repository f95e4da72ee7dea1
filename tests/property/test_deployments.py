"""Whatever the counts and the sizes of steps, a deployment ends, and somebody always answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sagewright.engine.lifecycle.deployment import mixed, policy_of

SIZES = st.one_of(
    st.builds(lambda value: {"Type": "INSTANCE_COUNT", "Value": value}, st.integers(1, 60)),
    st.builds(lambda value: {"Type": "CAPACITY_PERCENT", "Value": value}, st.integers(1, 50)),
)


def config(kind, size):
    if kind == "ROLLING":
        return {"RollingUpdatePolicy": {"MaximumBatchSize": size, "WaitIntervalInSeconds": 0}}
    member = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}[kind]
    routing = {"Type": kind, "WaitIntervalInSeconds": 0, member: size}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}


@given(
    st.sampled_from(["ROLLING", "CANARY", "LINEAR"]),
    SIZES,
    st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1),
)
def test_a_deployment_ends_and_somebody_always_answers(kind, size, counts):
    policy = policy_of(config(kind, size))
    wanted = {name: new for name, (_, new) in counts.items()}
    old = {name: [{"execution_id": f"old-{i}"} for i in range(count)] for name, (count, _) in counts.items()}
    for step in range(1, 102):
        if policy.is_last(wanted, step):
            break
        started = {n: [{"execution_id": f"new-{i}"} for i in range(policy.wanted(c, step))] for n, c in wanted.items()}
        if policy.rolling:
            old = {name: given[: policy.kept(counts[name][0], wanted[name], step)] for name, given in old.items()}
        serving = mixed(policy, old, started, wanted, step)
        for name, (before, after) in counts.items():
            assert policy.shifted(after, step) >= policy.shifted(after, step - 1)
            assert policy.kept(before, after, step) <= policy.kept(before, after, step - 1)
            assert serving[name] or not before or not after
            taking = [i for i in serving[name] if i["execution_id"].startswith("new")]
            assert len(taking) == policy.shifted(after, step)
    else:
        raise AssertionError("it goes on and on")
