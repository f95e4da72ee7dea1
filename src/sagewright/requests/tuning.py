"""The request of a tuning job (`contract.md` 3.3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]


def tuning_request(
    job_name: str,
    tuning_config: Document,
    definition: Document | None = None,
    definitions: Sequence[Document] | None = None,
    *,
    warm_start_config: Document | None = None,
    tags: Sequence[Document] | None = None,
    autotune: bool = False,
) -> Document:
    """Return the document of `CreateHyperParameterTuningJob`.

    Args:
        definition: What one training job is, where all are alike.
        definitions: One for each kind of training job, where there are several.
    """
    request: Document = {"HyperParameterTuningJobName": job_name, "HyperParameterTuningJobConfig": tuning_config}
    for name, value in (
        ("Autotune", {"Mode": "Enabled"} if autotune else None),
        ("TrainingJobDefinition", definition),
        ("TrainingJobDefinitions", None if definitions is None else list(definitions)),
        ("WarmStartConfig", warm_start_config),
        ("Tags", tags),
    ):
        if value is not None:
            request[name] = value
    return request


def tuning_config_document(
    *,
    strategy: Any,
    max_jobs: Any,
    max_parallel_jobs: Any,
    max_runtime_in_seconds: Any = None,
    early_stopping_type: Any = "Off",
    objective_type: Any = None,
    objective_metric_name: Any = None,
    parameter_ranges: Document | None = None,
    random_seed: Any = None,
    strategy_config: Document | None = None,
    completion_criteria_config: Document | None = None,
    auto_parameters: Mapping[str, Any] | None = None,
) -> Document:
    """Return `HyperParameterTuningJobConfig`.

    Args:
        max_jobs: None: as many as the strategy takes (`Grid`).
        auto_parameters: Hyperparameters whose ranges the service chooses, with a value that hints at them.
    """
    limits = {"MaxNumberOfTrainingJobs": max_jobs, "MaxParallelTrainingJobs": max_parallel_jobs}
    document: Document = {
        "Strategy": strategy,
        "ResourceLimits": _given({**limits, "MaxRuntimeInSeconds": max_runtime_in_seconds}),
        "TrainingJobEarlyStoppingType": early_stopping_type,
    }
    optional = {
        "RandomSeed": random_seed,
        "HyperParameterTuningJobObjective": _objective(objective_type, objective_metric_name),
        "ParameterRanges": _ranges(parameter_ranges, auto_parameters),
        "StrategyConfig": strategy_config,
        "TuningJobCompletionCriteria": completion_criteria_config,
    }
    return {**document, **_given(optional)}


def training_definition(
    *,
    static_hyperparameters: Mapping[str, Any],
    input_mode: Any,
    role: Any,
    output_config: Document,
    stop_condition: Document,
    input_config: Sequence[Document] | None = None,
    resource_config: Document | None = None,
    hpo_resource_config: Document | None = None,
    metric_definitions: Any = None,
    image_uri: Any = None,
    algorithm_arn: Any = None,
    vpc_config: Document | None = None,
    enable_network_isolation: Any = False,
    encrypt_inter_container_traffic: Any = False,
    estimator_name: str | None = None,
    objective_type: Any = None,
    objective_metric_name: Any = None,
    parameter_ranges: Document | None = None,
    use_spot_instances: Any = False,
    checkpoint_s3_uri: Any = None,
    checkpoint_local_path: Any = None,
    max_retry_attempts: Any = None,
    environment: Mapping[str, Any] | None = None,
    auto_parameters: Mapping[str, Any] | None = None,
) -> Document:
    """Return a `TrainingJobDefinition`: all of a tuning job's training jobs but what is searched.

    Args:
        resource_config, hpo_resource_config: One of them: as training jobs have it, or with several types of instances
            that may do.
        estimator_name: Its name among several; they have objective and ranges of their own.
    """
    algorithm = {"AlgorithmName": algorithm_arn} if algorithm_arn else {"TrainingImage": image_uri}
    specification = _given({"TrainingInputMode": input_mode, "MetricDefinitions": metric_definitions})
    document: Document = {
        "StaticHyperParameters": dict(static_hyperparameters),
        "RoleArn": role,
        "OutputDataConfig": output_config,
        "StoppingCondition": stop_condition,
        "AlgorithmSpecification": {**specification, **algorithm},
    }
    if hpo_resource_config is not None:
        document["HyperParameterTuningResourceConfig"] = hpo_resource_config
    else:
        document["ResourceConfig"] = resource_config
    optional = {
        "InputDataConfig": input_config,
        "VpcConfig": vpc_config,
        "EnableNetworkIsolation": enable_network_isolation or None,
        "EnableInterContainerTrafficEncryption": encrypt_inter_container_traffic or None,
        "EnableManagedSpotTraining": use_spot_instances or None,
        "CheckpointConfig": _checkpoints(checkpoint_s3_uri, checkpoint_local_path),
        "DefinitionName": estimator_name,
        "TuningObjective": _objective(objective_type, objective_metric_name),
        "HyperParameterRanges": _ranges(parameter_ranges, auto_parameters),
        "RetryStrategy": None if max_retry_attempts is None else {"MaximumRetryAttempts": max_retry_attempts},
        "Environment": environment,
    }
    return {**document, **_given(optional)}


def hpo_resources(
    instance_count: Any,
    instance_type: Any,
    volume_size_gib: Any,
    volume_kms_key: Any = None,
    instance_configs: Sequence[Document] | None = None,
) -> Document:
    """Return `HyperParameterTuningResourceConfig`: instances of one type, or of the types that may do, best first."""
    document: Document = _given({"VolumeKmsKeyId": volume_kms_key})
    if instance_configs is not None:
        return {**document, "InstanceConfigs": list(instance_configs)}
    return {
        **document,
        "InstanceCount": instance_count,
        "InstanceType": instance_type,
        "VolumeSizeInGB": volume_size_gib,
    }


def _objective(kind: Any, metric: Any) -> Document | None:
    return _given({"Type": kind, "MetricName": metric}) or None


def _ranges(ranges: Document | None, auto_parameters: Mapping[str, Any] | None) -> Document | None:
    if auto_parameters is None:
        return ranges
    auto = [{"Name": name, "ValueHint": value} for name, value in auto_parameters.items()]
    return {**(ranges or {}), "AutoParameters": auto}


def _checkpoints(uri: Any, path: Any) -> Document | None:
    if not uri:
        return None
    return {"S3Uri": uri, "LocalPath": path} if path else {"S3Uri": uri}


def _given(members: Mapping[str, Any]) -> Document:
    return {name: value for name, value in members.items() if value is not None}
