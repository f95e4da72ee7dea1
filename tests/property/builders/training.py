"""Builders of training jobs."""

from __future__ import annotations

from hypothesis import strategies as st

from sagewright.requests.training import TrainingSpec
from tests.property.builders.described import Argument, Builder, Given, at, both_or_none

_TRAINING = "CreateTrainingJob"
_HYPERPARAMETER = st.none() | st.booleans() | st.integers(-1000, 1000) | st.floats() | st.sampled_from(["a", "\u00e9"])


def _settle_training(given: Given) -> None:
    both_or_none("subnets", "security_group_ids")(given)
    if given.get("instance_groups"):
        given.pop("instance_count", None), given.pop("instance_type", None)
    else:
        given.pop("instance_groups", None)
        given["instance_count"] = given.get("instance_count") or 1
        given.setdefault("instance_type", "ml.m5.large")
    for name, needs in (
        ("checkpoint_local_path", "checkpoint_s3_uri"),
        ("repository_credentials_provider_arn", "repository_access_mode"),
    ):
        if needs not in given:
            given.pop(name, None)
    if given.get("algorithm_arn"):
        given["image_uri"] = None


_TRAINING_SPEC: dict[str, Argument] = {
    "name": "TrainingJobName",
    "role": "RoleArn",
    "image_uri": "AlgorithmSpecification.TrainingImage",
    "output_path": "OutputDataConfig.S3OutputPath",
    "algorithm_arn": "AlgorithmSpecification.AlgorithmName",
    "input_mode": "AlgorithmSpecification.TrainingInputMode",
    "channels": "InputDataConfig",
    "hyperparameters": st.dictionaries(st.sampled_from(["epochs", "rate"]), _HYPERPARAMETER),
    "instance_count": "ResourceConfig.InstanceCount",
    "instance_type": "ResourceConfig.InstanceType",
    "instance_groups": "ResourceConfig.InstanceGroups",
    "volume_size_gib": "ResourceConfig.VolumeSizeInGB",
    "volume_kms_key": "ResourceConfig.VolumeKmsKeyId",
    "keep_alive_period_s": "ResourceConfig.KeepAlivePeriodInSeconds",
    "training_plan": "ResourceConfig.TrainingPlanArn",
    "instance_placement": "ResourceConfig.InstancePlacementConfig",
    "max_run_s": "StoppingCondition.MaxRuntimeInSeconds",
    "max_wait_s": "StoppingCondition.MaxWaitTimeInSeconds",
    "use_spot_instances": "EnableManagedSpotTraining",
    "output_kms_key": "OutputDataConfig.KmsKeyId",
    "compress_output": st.booleans(),
    "subnets": "VpcConfig.Subnets",
    "security_group_ids": "VpcConfig.SecurityGroupIds",
    "tags": "Tags",
    "metric_definitions": "AlgorithmSpecification.MetricDefinitions",
    "enable_sagemaker_metrics": "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries",
    "encrypt_traffic": "EnableInterContainerTrafficEncryption",
    "network_isolation": "EnableNetworkIsolation",
    "checkpoint_s3_uri": "CheckpointConfig.S3Uri",
    "checkpoint_local_path": "CheckpointConfig.LocalPath",
    "environment": "Environment",
    "max_retry_attempts": "RetryStrategy.MaximumRetryAttempts",
    "container_entry_point": "AlgorithmSpecification.ContainerEntrypoint",
    "container_arguments": "AlgorithmSpecification.ContainerArguments",
    "repository_access_mode": "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode",
    "repository_credentials_provider_arn": "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAuthConfig"
    ".TrainingRepositoryCredentialsProviderArn",
    "infra_check": "InfraCheckConfig.EnableInfraCheck",
    "remote_debug": "RemoteDebugConfig.EnableRemoteDebug",
    "session_tag_chaining": "SessionChainingConfig.EnableSessionTagChaining",
    "experiment_config": "ExperimentConfig",
    "debug_hook": "DebugHookConfig",
    "tensorboard_output": "TensorBoardOutputConfig",
    "profiler": "ProfilerConfig",
    "debug_rules": "DebugRuleConfigurations",
    "profiler_rules": "ProfilerRuleConfigurations",
}


def _of_training(place: str) -> Builder:
    """Return a builder that takes of the spec what stands at a place."""
    above = f"{place}."
    arguments = {
        name: argument if isinstance(argument, st.SearchStrategy) else at(f"{_TRAINING}.{argument}")
        for name, argument in _TRAINING_SPEC.items()
        if name in ("name", "role", "image_uri", "output_path", "compress_output") or str(argument).startswith(above)
    }
    return Builder(f"{_TRAINING}.{place}", arguments, spec=TrainingSpec, kept=("name", "role", "image_uri"))


_members = st.fixed_dictionaries(
    {
        name: at(f"{_TRAINING}.{name}")
        for name in ("OutputDataConfig", "StoppingCondition", "ResourceConfig", "RoleArn")
    },
    optional={
        name: st.none() | at(f"{_TRAINING}.{name}")
        for name in ("InputDataConfig", "HyperParameters", "Environment", "Tags", "VpcConfig", "ExperimentConfig")
    },
)
_image = at(f"{_TRAINING}.AlgorithmSpecification.TrainingImage")
_algorithm_arn = at(f"{_TRAINING}.AlgorithmSpecification.AlgorithmName")
_checkpoint_uri = at(f"{_TRAINING}.CheckpointConfig.S3Uri")
_algorithm = st.one_of(
    *(
        st.fixed_dictionaries({"TrainingInputMode": st.just("File"), one: value, other: st.none()})
        for one, value, other in (
            ("TrainingImage", _image, "AlgorithmName"),
            ("AlgorithmName", _algorithm_arn, "TrainingImage"),
        )
    )
)

BUILDERS: dict[str, Builder] = {
    "training.training_request": Builder(_TRAINING, _TRAINING_SPEC, settle=_settle_training, spec=TrainingSpec),
    "training.plain_training_request": Builder(
        _TRAINING,
        {
            "job_name": "TrainingJobName",
            "algorithm": _algorithm,
            "members": _members,
            "checkpoints": st.tuples(_checkpoint_uri, st.none() | st.just("/opt/ml/checkpoints"))
            | st.just((None, None)),
        },
    ),
    "training.s3_channel": Builder(
        f"{_TRAINING}.InputDataConfig.*",
        {
            "uri": "DataSource.S3DataSource.S3Uri",
            "distribution": "DataSource.S3DataSource.S3DataDistributionType",
            "compression": "CompressionType",
            "content_type": "ContentType",
            "record_wrapping": "RecordWrapperType",
            "data_type": "DataSource.S3DataSource.S3DataType",
            "instance_groups": "DataSource.S3DataSource.InstanceGroupNames",
            "input_mode": "InputMode",
            "attribute_names": "DataSource.S3DataSource.AttributeNames",
            "shuffle_seed": "ShuffleConfig.Seed",
            "hub_access": "DataSource.S3DataSource.HubAccessConfig",
            "model_access": "DataSource.S3DataSource.ModelAccessConfig",
        },
        within=lambda made: {"ChannelName": "train", **made},
    ),
    "training.vpc_config": Builder(
        f"{_TRAINING}.VpcConfig", {"subnets": "Subnets", "security_group_ids": "SecurityGroupIds"}
    ),
    "training.output_config": _of_training("OutputDataConfig"),
    "training.stopping_condition": _of_training("StoppingCondition")._replace(
        kept=("name", "role", "image_uri", "output_path")
    ),
}
