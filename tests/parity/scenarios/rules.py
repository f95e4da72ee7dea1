"""Rules of the debugger and the profiler, beside a job and in a job that runs."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import training_description
from tests.parity.world import World

# What `rule_configs.loss_not_decreasing()` returns.
LOSS = {
    "DebugRuleConfiguration": {
        "RuleConfigurationName": "LossNotDecreasing",
        "RuleParameters": {"rule_to_invoke": "LossNotDecreasing"},
    },
    "CollectionConfigurations": [
        {"CollectionName": "losses", "CollectionParameters": {"train.save_interval": "50", "eval.save_interval": "50"}}
    ],
}
TREE = {"DebugRuleConfiguration": {"RuleConfigurationName": "TreeDepth", "RuleParameters": {"depth": "4"}}}


class Report:
    """What `rule_configs.ProfilerReport()` returns."""

    rule_name = "ProfilerReport"

    def __init__(self) -> None:
        self.rule_parameters: dict[str, Any] = {"rule_to_invoke": "ProfilerReport", "CPUBottleneck_threshold": 90}


def built_in(world: World) -> None:
    world.train(rules=[world["debugger.Rule"].sagemaker(LOSS)])


def built_in_with_every_argument(world: World) -> None:
    rule = world["debugger.Rule"].sagemaker(
        LOSS,
        name="loss",
        container_local_output_path="/opt/ml/processing/out",
        s3_output_path="s3://bucket/rules",
        other_trials_s3_input_paths=["s3://bucket/a", "s3://bucket/b"],
        rule_parameters={"patience": "5"},
        collections_to_save=[world["debugger.CollectionConfig"]("weights", {"save_interval": "7"})],
    )
    world.train(rules=[rule])


def of_the_profiler(world: World) -> None:
    world.train(rules=[world["debugger.ProfilerRule"].sagemaker(Report())])


def of_the_profiler_with_every_argument(world: World) -> None:
    rule = world["debugger.ProfilerRule"].sagemaker(
        Report(), "report", "/opt/out", "s3://bucket/report", "ml.t3.medium", 7
    )
    world.train(rules=[rule])


def both_kinds(world: World) -> None:
    rules = [world["debugger.ProfilerRule"].sagemaker(Report()), world["debugger.Rule"].sagemaker(LOSS)]
    world.train(rules=rules, output_path="s3://bucket/out")


def ones_own(world: World) -> None:
    rule = world["debugger.Rule"].custom(
        "mine",
        "image",
        "ml.t3.medium",
        10,
        source="s3://bucket/rule.py",
        rule_to_invoke="Mine",
        container_local_output_path="/opt/out",
        s3_output_path="s3://bucket/out",
        other_trials_s3_input_paths=["s3://bucket/a"],
        rule_parameters={"threshold": "20"},
        collections_to_save=[world["debugger.CollectionConfig"]("losses")],
    )
    world.train(rules=[rule])


def ones_own_with_little(world: World) -> None:
    world.train(rules=[world["debugger.Rule"].custom("mine", "image", "ml.t3.medium", 10)])


def ones_own_of_the_profiler(world: World) -> None:
    rule = world["debugger.ProfilerRule"].custom(
        "mine", "image", "ml.t3.medium", 10, "s3://bucket/rule.py", "Mine", "/opt/out", "s3://bucket/out", {"n": 3}
    )
    world.train(rules=[rule])


def ones_own_without_what_to_invoke(world: World) -> None:
    world["debugger.Rule"].custom("mine", "image", "ml.t3.medium", 10, source="rule.py")


def built_in_that_invokes_another(world: World) -> None:
    world["debugger.Rule"].sagemaker(LOSS, rule_parameters={"rule_to_invoke": "Mine"})


def something_else(world: World) -> None:
    world.train(rules=[LOSS])


def none(world: World) -> None:
    world.train(rules=[])


def none_with_a_detailed_profile(world: World) -> None:
    profile = world["debugger.Profiler"]()
    world.train(rules=[], profiler_config=world["debugger.ProfilerConfig"](profile_params=profile))


def without_a_hook(world: World) -> None:
    world.train(rules=[world["debugger.Rule"].sagemaker(LOSS)], debugger_hook_config=False)


def with_the_same_collection_as_the_hook(world: World) -> None:
    losses = world["debugger.CollectionConfig"]("losses", {"train.save_interval": "50", "eval.save_interval": "50"})
    hook = world["debugger.DebuggerHookConfig"]("s3://bucket/tensors", collection_configs=[losses])
    world.train(rules=[world["debugger.Rule"].sagemaker(LOSS)], debugger_hook_config=hook)


def of_xgboost(world: World) -> None:
    world.train(rules=[world["debugger.Rule"].sagemaker(TREE)])


def of_the_profiler_that_is_off(world: World) -> None:
    world.train(rules=[world["debugger.ProfilerRule"].sagemaker(Report())], disable_profiler=True)


def where_there_is_no_debugger(world: World) -> None:
    image = "237065988967.dkr.ecr.us-gov-east-1.amazonaws.com/linear-learner:1"
    rule = world["debugger.Rule"].sagemaker(LOSS)
    world.train(rules=[rule], sagemaker_session=world.session("us-gov-east-1"), image_uri=image)


def in_another_region(world: World) -> None:
    image = "813361260812.dkr.ecr.eu-central-1.amazonaws.com/linear-learner:1"
    rules = [world["debugger.Rule"].sagemaker(LOSS), world["debugger.ProfilerRule"].sagemaker(Report())]
    world.train(rules=rules, sagemaker_session=world.session("eu-central-1"), image_uri=image)


def with_parameter_servers(world: World) -> None:
    estimator = world.framework(
        "tensorflow.TensorFlow",
        framework_version="2.1.0",
        py_version="py3",
        distribution={"parameter_server": {"enabled": True}},
        rules=[world["debugger.Rule"].sagemaker(LOSS), world["debugger.ProfilerRule"].sagemaker(Report())],
        model_dir=False,
    )
    estimator.fit("s3://bucket/train", wait=False, job_name="job")


def detailed_profile(world: World) -> None:
    profile = world["debugger.Profiler"](cpu_profiling_duration=60, file_rotation_interval=30)
    world.train(profiler_config=world["debugger.ProfilerConfig"](profile_params=profile))


def profile_of_a_framework(world: World) -> None:
    config = world["debugger.ProfilerConfig"](
        "s3://bucket/profile", 1000, framework_profile_params=world["debugger.FrameworkProfile"]()
    )
    world.train(profiler_config=config)


def profiles_of_both_kinds(world: World) -> None:
    world["debugger.ProfilerConfig"](
        framework_profile_params=world["debugger.FrameworkProfile"](), profile_params=world["debugger.Profiler"]()
    )


def profile_of_another_type(world: World) -> None:
    world["debugger.ProfilerConfig"](framework_profile_params=world["debugger.Profiler"]())


def profiles_of_frameworks(world: World) -> Any:
    profile = world["debugger.FrameworkProfile"]
    kinds = ("Detailed", "Dataloader", "Python", "Horovod", "SMDataParallel")
    made = [
        profile(),
        profile(start_step=4, num_steps=3),
        profile(start_step=4),
        profile(num_steps=3),
        profile(start_unix_time=1_600_000_000, duration=2.5),
        profile(duration=7),
        profile("/opt/mine", 100, 2.5, 3),
        profile(
            **{
                f"{kind.lower()}_profiling_config": world[f"debugger.{kind}ProfilingConfig"](start_step=1, num_steps=2)
                for kind in kinds
            }
        ),
        profile(
            **{
                f"{kind.lower()}_profiling_config": world[f"debugger.{kind}ProfilingConfig"](profile_default_steps=True)
                for kind in kinds
            }
        ),
        profile(**{f"{kind.lower()}_profiling_config": world[f"debugger.{kind}ProfilingConfig"]() for kind in kinds}),
        profile(dataloader_profiling_config=world["debugger.DataloaderProfilingConfig"](metrics_regex="Data.*")),
        profile(
            python_profiling_config=world["debugger.PythonProfilingConfig"](
                duration=3, python_profiler=world["debugger.PythonProfiler"].PYINSTRUMENT
            )
        ),
        profile(
            python_profiling_config=world["debugger.PythonProfilingConfig"](
                start_unix_time=5, cprofile_timer=world["debugger.cProfileTimer"].OFF_CPU_TIME
            )
        ),
    ]
    return [one.profiling_parameters for one in made]


def profiles_that_are_none(world: World) -> Any:
    profile, detailed = world["debugger.FrameworkProfile"], world["debugger.DetailedProfilingConfig"]
    return [
        _refusal(profile, local_path=1),
        _refusal(profile, file_max_size=0),
        _refusal(profile, file_close_interval=0),
        _refusal(profile, file_open_fail_threshold=1.5),
        _refusal(profile, start_step=1, duration=2),
        _refusal(detailed, start_step=-1),
        _refusal(detailed, num_steps=0),
        _refusal(detailed, start_unix_time="now"),
        _refusal(detailed, duration=0),
        _refusal(detailed, profile_default_steps="yes"),
        _refusal(world["debugger.DataloaderProfilingConfig"], metrics_regex="*"),
        _refusal(world["debugger.PythonProfilingConfig"], python_profiler="cprofile"),
        _refusal(world["debugger.PythonProfilingConfig"], cprofile_timer="total_time"),
    ]


def added_to_a_job(world: World) -> None:
    estimator = world.train()
    estimator.update_profiler(rules=[world["debugger.ProfilerRule"].sagemaker(Report())])


def profile_of_a_framework_in_a_job(world: World) -> None:
    profile = world["debugger.FrameworkProfile"](start_step=2, num_steps=1)
    world.train().update_profiler(system_monitor_interval_millis=500, framework_profile_params=profile)


def profile_of_a_framework_off_in_a_job(world: World) -> None:
    world.train().update_profiler(disable_framework_metrics=True)


def profile_on_and_off_in_a_job(world: World) -> None:
    profile = world["debugger.FrameworkProfile"]()
    world.train().update_profiler(framework_profile_params=profile, disable_framework_metrics=True)


def of_the_debugger_added_to_a_job(world: World) -> None:
    world.train().update_profiler(rules=[world["debugger.Rule"].sagemaker(LOSS)])


def how_they_stand(world: World) -> Any:
    world.aws.answers["DescribeTrainingJob"] = _watched("NoIssuesFound")
    return world.train().latest_training_job.rule_job_summary()


def how_none_stand(world: World) -> Any:
    return world.train().latest_training_job.rule_job_summary()


def followed(world: World) -> None:
    job = world.train().latest_training_job
    world.aws.answers["DescribeLogStreams"] = {"logStreams": [{"logStreamName": "job/algo-1"}]}
    world.aws.answers["DescribeTrainingJob"] = [_watched("InProgress", "InProgress"), _watched("NoIssuesFound")]
    job.wait(logs="All")


def followed_without(world: World) -> None:
    job = world.train().latest_training_job
    world.aws.answers["DescribeLogStreams"] = {"logStreams": [{"logStreamName": "job/algo-1"}]}
    world.aws.answers["DescribeTrainingJob"] = [_watched("InProgress", "InProgress"), _watched("NoIssuesFound")]
    job.wait(logs="Training")


def images(world: World) -> Any:
    uri = world["debugger.get_rule_container_image_uri"]
    return [
        uri(None, "us-west-2"),
        uri("LossNotDecreasing", "eu-west-1"),
        uri("DetailedProfilerProcessingJobConfig-1", "us-east-1"),
    ]


def default_rule(world: World) -> Any:
    usual = world["debugger.get_default_profiler_processing_job"]()
    other = world["debugger.get_default_profiler_processing_job"]("ml.t3.medium", 5)
    return [rule.to_profiler_rule_config_dict() for rule in (usual, other)]


def documents(world: World) -> Any:
    rule = world["debugger.Rule"].sagemaker(LOSS)
    rule.prepare_actions("job")
    same = rule == world["debugger.Rule"].sagemaker(LOSS)
    return [
        rule.to_debugger_rule_config_dict(),
        same,
        world["debugger.DEBUGGER_FLAG"],
        world["debugger.framework_name"],
    ]


def collections_compared(world: World) -> Any:
    config = world["debugger.CollectionConfig"]
    found = [config("a") == config("a"), config("a") != config("b"), len({config("a"), config("a", {})})]
    return [*found, config("a", {"k": "v"}) == "a"]


def _watched(status: str, job: str = "Completed") -> dict[str, Any]:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/p"
    rule = {"RuleConfigurationName": "LossNotDecreasing", "RuleEvaluationJobArn": arn, "RuleEvaluationStatus": status}
    return training_description(
        TrainingJobStatus=job,
        DebugRuleEvaluationStatuses=[rule],
        ProfilerRuleEvaluationStatuses=[{**rule, "RuleConfigurationName": "ProfilerReport"}],
    )


def _refusal(made: Any, **arguments: Any) -> str:
    try:
        return repr(made(**arguments))
    except AssertionError as error:
        return str(error)
