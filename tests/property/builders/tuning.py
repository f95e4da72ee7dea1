"""Builders of tuning jobs."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.property.builders.described import Builder, Given, both_or_none

_TUNING = "CreateHyperParameterTuningJob"
_CONFIG = f"{_TUNING}.HyperParameterTuningJobConfig"
_DEFINITION = f"{_TUNING}.TrainingJobDefinition"


def _settle_tuning(given: Given) -> None:
    both_or_none("objective_type", "objective_metric_name")(given)
    if given.get("auto_parameters") is not None and "parameter_ranges" in given:
        given["parameter_ranges"].pop("AutoParameters", None)


def _settle_definition(given: Given) -> None:
    _settle_tuning(given)
    if not given.get("checkpoint_s3_uri"):
        given.pop("checkpoint_local_path", None)
    if given.get("algorithm_arn"):
        given.pop("image_uri", None)
    else:
        given.setdefault("image_uri", "image")
    if "hpo_resource_config" in given:
        given.pop("resource_config", None)
    else:
        given.setdefault("resource_config", {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1})


def _settle_hpo(given: Given) -> None:
    if "instance_configs" in given:
        given.update(instance_count=None, instance_type=None, volume_size_gib=None)


BUILDERS: dict[str, Builder] = {
    "tuning.tuning_request": Builder(
        _TUNING,
        {
            "job_name": "HyperParameterTuningJobName",
            "tuning_config": "HyperParameterTuningJobConfig",
            "definition": "TrainingJobDefinition",
            "definitions": "TrainingJobDefinitions",
            "warm_start_config": "WarmStartConfig",
            "tags": "Tags",
            "autotune": st.booleans(),
        },
    ),
    "tuning.tuning_config_document": Builder(
        _CONFIG,
        {
            "strategy": "Strategy",
            "max_jobs": "ResourceLimits.MaxNumberOfTrainingJobs",
            "max_parallel_jobs": "ResourceLimits.MaxParallelTrainingJobs",
            "max_runtime_in_seconds": "ResourceLimits.MaxRuntimeInSeconds",
            "early_stopping_type": "TrainingJobEarlyStoppingType",
            "objective_type": "HyperParameterTuningJobObjective.Type",
            "objective_metric_name": "HyperParameterTuningJobObjective.MetricName",
            "parameter_ranges": "ParameterRanges",
            "random_seed": "RandomSeed",
            "strategy_config": "StrategyConfig",
            "completion_criteria_config": "TuningJobCompletionCriteria",
            "auto_parameters": st.dictionaries(st.sampled_from(["rate", "depth"]), st.sampled_from(["0.1", "4"])),
        },
        settle=_settle_tuning,
    ),
    "tuning.training_definition": Builder(
        _DEFINITION,
        {
            "static_hyperparameters": "StaticHyperParameters",
            "input_mode": "AlgorithmSpecification.TrainingInputMode",
            "role": "RoleArn",
            "output_config": "OutputDataConfig",
            "stop_condition": "StoppingCondition",
            "input_config": "InputDataConfig",
            "resource_config": "ResourceConfig",
            "hpo_resource_config": "HyperParameterTuningResourceConfig",
            "metric_definitions": "AlgorithmSpecification.MetricDefinitions",
            "image_uri": "AlgorithmSpecification.TrainingImage",
            "algorithm_arn": "AlgorithmSpecification.AlgorithmName",
            "vpc_config": "VpcConfig",
            "enable_network_isolation": "EnableNetworkIsolation",
            "encrypt_inter_container_traffic": "EnableInterContainerTrafficEncryption",
            "estimator_name": "DefinitionName",
            "objective_type": "TuningObjective.Type",
            "objective_metric_name": "TuningObjective.MetricName",
            "parameter_ranges": "HyperParameterRanges",
            "use_spot_instances": "EnableManagedSpotTraining",
            "checkpoint_s3_uri": "CheckpointConfig.S3Uri",
            "checkpoint_local_path": "CheckpointConfig.LocalPath",
            "max_retry_attempts": "RetryStrategy.MaximumRetryAttempts",
            "environment": "Environment",
            "auto_parameters": st.dictionaries(st.sampled_from(["rate", "depth"]), st.sampled_from(["0.1", "4"])),
        },
        settle=_settle_definition,
    ),
    "tuning.hpo_resources": Builder(
        f"{_DEFINITION}.HyperParameterTuningResourceConfig",
        {
            "instance_count": "InstanceCount",
            "instance_type": "InstanceType",
            "volume_size_gib": "VolumeSizeInGB",
            "volume_kms_key": "VolumeKmsKeyId",
            "instance_configs": "InstanceConfigs",
        },
        settle=_settle_hpo,
    ),
}
