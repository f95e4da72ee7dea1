"""What is asked of the debugger, the profiler and TensorBoard."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World

GOV_IMAGE = "237065988967.dkr.ecr.us-gov-east-1.amazonaws.com/linear-learner:1"


def hook(world: World) -> None:
    hook = world["debugger.DebuggerHookConfig"]("s3://bucket/tensors", "/opt/ml/output/tensors", {"save_interval": "5"})
    world.train(debugger_hook_config=hook)


def hook_with_collections(world: World) -> None:
    losses = world["debugger.CollectionConfig"]("losses", {"save_interval": "10"})
    world.train(debugger_hook_config=world["debugger.DebuggerHookConfig"](collection_configs=[losses]))


def tensorboard(world: World) -> None:
    world.train(tensorboard_output_config=world["debugger.TensorBoardOutputConfig"]("s3://bucket/events"))


def tensorboard_at_a_place(world: World) -> None:
    config = world["debugger.TensorBoardOutputConfig"]("s3://bucket/events", "/opt/ml/output/tb")
    world.train(tensorboard_output_config=config)


def profiler(world: World) -> None:
    world.train(profiler_config=world["debugger.ProfilerConfig"](system_monitor_interval_millis=500))


def profiler_elsewhere(world: World) -> None:
    world.train(profiler_config=world["debugger.ProfilerConfig"]("s3://bucket/profile", 1000))


def profiler_off_in_its_config(world: World) -> None:
    world.train(profiler_config=world["debugger.ProfilerConfig"](disable_profiler=True))


def profiler_on_and_off(world: World) -> None:
    world.train(profiler_config=world["debugger.ProfilerConfig"](), disable_profiler=True)


def region_without_debugger(world: World) -> None:
    world.train(**_in_a_region_without(world))


def region_without_debugger_that_is_asked_for(world: World) -> None:
    world.train(debugger_hook_config=world["debugger.DebuggerHookConfig"]("s3://b/t"), **_in_a_region_without(world))


def instances_that_profile_by_themselves(world: World) -> None:
    world.train(instance_type="ml.trn1.2xlarge")


def paths_of_what_the_job_leaves(world: World) -> Any:
    estimator = world.train(
        output_path="s3://bucket/out",
        tensorboard_output_config=world["debugger.TensorBoardOutputConfig"]("s3://bucket/events"),
    )
    return [
        estimator.latest_job_debugger_artifacts_path(),
        estimator.latest_job_tensorboard_artifacts_path(),
        estimator.latest_job_profiler_artifacts_path(),
    ]


def paths_without_a_job(world: World) -> None:
    world.estimator().latest_job_debugger_artifacts_path()


def remote_debugging_of_a_running_job(world: World) -> Any:
    estimator = world.train()
    estimator.enable_remote_debug()
    estimator.disable_remote_debug()
    return estimator.get_remote_debug_config()


def profiling_switched_off(world: World) -> None:
    world.train().disable_profiling()


def profiling_switched_on(world: World) -> None:
    world.train().enable_default_profiling()


def profiler_updated(world: World) -> None:
    world.train().update_profiler(system_monitor_interval_millis=1000, s3_output_path="s3://bucket/profile")


def profiler_updated_to_nothing(world: World) -> None:
    world.train().update_profiler()


def session_updates_a_job(world: World) -> None:
    world.session().update_training_job("job", resource_config={"KeepAlivePeriodInSeconds": 0})


def _in_a_region_without(world: World) -> dict[str, Any]:
    session = world.session("us-gov-east-1")
    return {"sagemaker_session": session, "image_uri": GOV_IMAGE, "role": ROLE.replace("arn:aws:", "arn:aws-us-gov:")}
