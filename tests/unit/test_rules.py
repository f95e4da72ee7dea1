"""Rules of the debugger: what genuine v2 cannot be recorded for, and what the engine says."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from sagewright.debugger import (
    CollectionConfig,
    DebuggerHookConfig,
    FrameworkProfile,
    ProfilerConfig,
    ProfilerRule,
    Rule,
)
from tests.parity.scenarios.rules import LOSS, Report
from tests.parity.world import World


@pytest.fixture
def world() -> World:
    return World("sagewright")


def test_a_rule_stays_as_it_was_when_it_goes_out_with_a_job(world: World) -> None:
    rule = Rule.sagemaker(LOSS)
    before = copy.deepcopy(rule)
    world.train(rules=[rule])
    assert rule == before


def test_sources_that_lie_here_are_uploaded_when_the_job_is_sent(world: World, tmp_path: Path) -> None:
    source = tmp_path / "rule.py"
    source.write_text("class Mine: ...")
    rule = Rule.custom("mine", "image", "ml.t3.medium", 10, str(source), "Mine")
    estimator = world.estimator(rules=[rule])
    estimator.preflight("s3://bucket/train")
    assert not world.aws.stored
    estimator.fit("s3://bucket/train", wait=False)
    sent = world.aws.asked("CreateTrainingJob")[0]["DebugRuleConfigurations"][0]["RuleParameters"]["source_s3_uri"]
    assert [f"s3://bucket/{key}" for key in world.aws.stored] == [sent]
    assert sent.startswith("s3://bucket/mine/")
    assert sent.endswith("/rule.py")


def test_the_same_collection_is_saved_once(world: World) -> None:
    hook = DebuggerHookConfig(collection_configs=[CollectionConfig("weights"), CollectionConfig("weights")])
    world.train(rules=[Rule.sagemaker(LOSS), Rule.sagemaker(LOSS, name="again")], debugger_hook_config=hook)
    sent = world.aws.asked("CreateTrainingJob")[0]["DebugHookConfig"]["CollectionConfigurations"]
    assert [collection["CollectionName"] for collection in sent] == ["losses", "weights"]


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: Rule.sagemaker(Report()), "ProfilerRule.sagemaker"),  # type: ignore[arg-type]
        (lambda: Rule.sagemaker(dict), "rule_configs.overfit()"),  # type: ignore[arg-type]
        (lambda: ProfilerRule.sagemaker(LOSS), "Rule.sagemaker"),
        (lambda: ProfilerRule.sagemaker(Report), "rule_configs.ProfilerReport()"),
    ],
)
def test_a_config_of_another_kind_is_refused_where_it_is_given(make: Any, hint: str) -> None:
    with pytest.raises(TypeError, match=r"`base_config` of") as refusal:
        make()
    assert hint in str(refusal.value).rpartition("hint: ")[2]


def test_typos_name_the_nearest() -> None:
    with pytest.raises(TypeError, match="did you mean `rule_parameters`"):
        Rule.sagemaker(LOSS, rule_parameter={})  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="did you mean `start_step`"):
        FrameworkProfile(start_steps=1)  # type: ignore[call-arg]
    with pytest.raises(ImportError, match="did you mean `ProfilerRule`"):
        from sagewright.debugger import ProfilerRules  # noqa: F401


@pytest.mark.parametrize(
    "value",
    [
        Rule.sagemaker(LOSS),
        ProfilerRule.sagemaker(Report()),
        FrameworkProfile(),
        ProfilerConfig(),
        CollectionConfig("a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_rules_and_profiles_travel(value: Any) -> None:
    for copied in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert repr(copied) == repr(value)
    assert type(value).__name__ in repr(value)


# With the package that holds Amazon's rules ---------------------------------------------------------------------------


def test_amazons_rules_need_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "smdebug_rulesconfig", None)
    with pytest.raises(ImportError, match=r"smdebug-rulesconfig(.|\n)*hint: pip install 'sagewright\[debugger\]'"):
        from sagewright.debugger import rule_configs  # noqa: F401


def test_actions_name_the_job(world: World) -> None:
    rule_configs = pytest.importorskip("smdebug_rulesconfig", reason="the extra `debugger` is not installed")
    actions = rule_configs.ActionList(rule_configs.StopTraining(), rule_configs.Email("someone@example.com"))
    rule = Rule.sagemaker(rule_configs.loss_not_decreasing(), actions=actions)
    for job in ("first", "second"):
        world.estimator(rules=[rule]).fit("s3://bucket/train", wait=False, job_name=job)
    sent = [request["DebugRuleConfigurations"][0] for request in world.aws.asked("CreateTrainingJob")]
    actions_sent = [json.loads(document["RuleParameters"]["action_json"].replace('\\"', '"')) for document in sent]
    assert [stop["training_job_prefix"] for stop, _ in actions_sent] == ["first", "second"]
    with pytest.raises(RuntimeError, match="must be of type `Action` or `ActionList`"):
        Rule.sagemaker(rule_configs.overfit(), actions="stop")


def test_all_of_amazons_rules_are_taken() -> None:
    rule_configs = pytest.importorskip("smdebug_rulesconfig", reason="the extra `debugger` is not installed")
    from sagewright.debugger import rule_configs as ours

    assert ours is rule_configs
    assert Rule.sagemaker(ours.overfit()).to_debugger_rule_config_dict()["RuleParameters"]
    report = ProfilerRule.sagemaker(ours.ProfilerReport(CPUBottleneck_threshold=90)).to_profiler_rule_config_dict()
    assert report["RuleParameters"]["rule_to_invoke"] == "ProfilerReport"


# On the engine --------------------------------------------------------------------------------------------------------


def test_the_engine_names_the_rule_that_it_does_not_evaluate(home: Any) -> None:
    from botocore.exceptions import ClientError

    from sagewright.estimator import Estimator
    from tests.parity.world import IMAGE

    estimator = Estimator(
        IMAGE,
        "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        1,
        "ml.m5.large",
        rules=[ProfilerRule.sagemaker(Report())],
    )
    with pytest.raises(ClientError, match=r"The rule `ProfilerReport` of Profiler(.|\n)*hint: leave the rule out"):
        estimator.fit({"train": "s3://sagemaker-us-east-1-123456789012/rows"}, wait=False)
