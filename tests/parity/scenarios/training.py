"""What an estimator's arguments become in `CreateTrainingJob`."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE
from tests.parity.world import World

CN_IMAGE = "390948362332.dkr.ecr.cn-northwest-1.amazonaws.com.cn/linear-learner:1"


def minimal(world: World) -> None:
    world.train()


def no_inputs(world: World) -> None:
    world.estimator().fit(wait=False, job_name="job")


def house_prices(world: World) -> None:
    estimator = world.estimator(output_path="s3://your-bucket/path/to/output/")
    estimator.set_hyperparameters(feature_dim=10, mini_batch_size=32, predictor_type="regressor")
    estimator.fit({"train": "s3://your-bucket/path/to/training-data.csv"}, wait=False, job_name="job")


def hyperparameters_of_every_type(world: World) -> Any:
    estimator = world.estimator(hyperparameters={"first": 1})
    estimator.set_hyperparameters(
        whole=3, real=0.5, small=1e-9, yes=True, no=False, none=None, text="a b", listed=[1, "x"], mapped={"k": 2.0}
    )
    estimator.set_hyperparameters(whole=4)
    estimator.fit(wait=False, job_name="job")
    return estimator.hyperparameters()


def role_by_name(world: World) -> None:
    world.train(role="SageMakerExecutionRole")


def role_with_a_path(world: World) -> None:
    world.train(role=ROLE.replace("role/", "role/service-role/"))


def default_output_path(world: World) -> Any:
    estimator = world.train()
    return estimator.output_path


def default_output_path_with_a_prefix(world: World) -> Any:
    estimator = world.train(sagemaker_session=world.session(default_bucket_prefix="team/a"))
    return estimator.output_path


def vpc(world: World) -> Any:
    estimator = world.train(
        subnets=["subnet-1", "subnet-2"],
        security_group_ids=["sg-1"],
        encrypt_inter_container_traffic=True,
        enable_network_isolation=True,
    )
    return [estimator.get_vpc_config(), estimator.enable_network_isolation()]


def encryption_and_isolation_off(world: World) -> None:
    world.train(encrypt_inter_container_traffic=False, enable_network_isolation=False)


def spot(world: World) -> None:
    world.train(use_spot_instances=True, max_run=3600, max_wait=7200)


def max_run_alone(world: World) -> None:
    world.train(max_run=60)


def max_wait_without_spot(world: World) -> None:
    world.train(max_wait=90000)


def checkpoints(world: World) -> None:
    world.train(checkpoint_s3_uri="s3://bucket/checkpoints")


def checkpoints_at_a_place(world: World) -> None:
    world.train(checkpoint_s3_uri="s3://bucket/checkpoints", checkpoint_local_path="/opt/ml/elsewhere")


def keys(world: World) -> None:
    world.train(volume_kms_key="key-1", output_kms_key="key-2", output_path="s3://bucket/out")


def volume_and_warm_pool(world: World) -> None:
    world.train(volume_size=100, keep_alive_period_in_seconds=600, instance_count=2)


def instance_with_its_own_disk(world: World) -> None:
    world.train(instance_type="ml.g5.xlarge")


def metrics(world: World) -> None:
    world.train(
        metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+)"}, {"Name": "mse", "Regex": "mse=(.*?);"}],
        enable_sagemaker_metrics=True,
    )


def metrics_switched_off(world: World) -> None:
    world.train(enable_sagemaker_metrics=False)


def listed_tags(world: World) -> None:
    world.train(tags=[{"Key": "team", "Value": "prices"}, {"Key": "cost", "Value": "7"}])


def mapped_tags(world: World) -> None:
    world.train(tags={"team": "prices", "cost": "7"})


def environment_and_retries(world: World) -> None:
    world.train(environment={"LANG": "C.UTF-8", "DEBUG": "1"}, max_retry_attempts=3)


def container_command(world: World) -> None:
    world.train(container_entry_point=["/bin/sh", "-c"], container_arguments=["echo", "hello"])


def uncompressed_output(world: World) -> None:
    world.train(disable_output_compression=True)


def private_registry(world: World) -> None:
    world.train(
        training_repository_access_mode="Vpc",
        training_repository_credentials_provider_arn="arn:aws:lambda:us-east-1:123456789012:function:f",
        subnets=["subnet-1"],
        security_group_ids=["sg-1"],
    )


def health_check_and_debugging(world: World) -> Any:
    estimator = world.train(enable_infra_check=True, enable_remote_debug=True, enable_session_tag_chaining=True)
    return [estimator.get_remote_debug_config(), estimator.get_session_chaining_config()]


def remote_debugging_switched_before_a_job(world: World) -> None:
    world.estimator().enable_remote_debug()


def training_plan(world: World) -> None:
    world.train(training_plan="arn:aws:sagemaker:us-east-1:123456789012:training-plan/plan")


def model_channel(world: World) -> None:
    world.train(model_uri="s3://bucket/model.tar.gz", model_channel_name="weights")


def model_channel_alone(world: World) -> None:
    world.estimator(model_uri="s3://bucket/model.tar.gz").fit(wait=False, job_name="job")


def pipe_mode(world: World) -> None:
    world.train(input_mode="Pipe")


def fast_file_mode(world: World) -> None:
    world.train(input_mode="FastFile")


def no_debugger_and_no_profiler(world: World) -> None:
    world.train(debugger_hook_config=False, disable_profiler=True)


def debugger_asked_for(world: World) -> None:
    world.train(debugger_hook_config=True, output_path="s3://bucket/out/")


def region_without_profiler(world: World) -> None:
    session = world.session("cn-northwest-1")
    world.train(sagemaker_session=session, image_uri=CN_IMAGE, role=ROLE.replace("arn:aws:", "arn:aws-cn:"))


def experiment(world: World) -> None:
    names = {"ExperimentName": "e", "TrialName": "t", "TrialComponentDisplayName": "d", "RunName": "r"}
    world.estimator().fit(wait=False, job_name="job", experiment_config=names)


def second_fit(world: World) -> Any:
    estimator = world.estimator(base_job_name="prices")
    estimator.fit("s3://bucket/a", wait=False)
    estimator.fit("s3://bucket/b", wait=False)
    return [len(estimator.jobs), estimator.latest_training_job.name == estimator.jobs[-1].name]


def stop(world: World) -> Any:
    estimator = world.train()
    estimator.latest_training_job.stop()
    return [estimator.latest_training_job.name, estimator.latest_training_job.job_name]


def session_takes_plain_arguments(world: World) -> None:
    world.session().train(
        input_mode="File",
        input_config=[{"ChannelName": "train", "DataSource": {"S3DataSource": _SOURCE}}],
        role=ROLE,
        job_name="job",
        output_config={"S3OutputPath": "s3://bucket/out"},
        resource_config={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
        vpc_config=None,
        hyperparameters={"feature_dim": "10"},
        stop_condition={"MaxRuntimeInSeconds": 60},
        tags=[{"Key": "k", "Value": "v"}],
        metric_definitions=[{"Name": "loss", "Regex": "loss=(.*)"}],
        image_uri="image",
    )


_SOURCE = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train", "S3DataDistributionType": "FullyReplicated"}
