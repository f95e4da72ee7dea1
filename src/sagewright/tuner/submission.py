"""What a tuner's arguments become when it starts a tuning job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.algorithm import AlgorithmEstimator
from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase, FileSystemRecordSet, RecordSet
from sagewright.estimator import EstimatorBase
from sagewright.estimator.submission import prepared
from sagewright.requests.training import TrainingSpec, output_config, stopping_condition, vpc_config
from sagewright.requests.tuning import hpo_resources
from sagewright.tuner.checks import warn_of_objective
from sagewright.tuner.parts import Part
from sagewright.tuner.searching import (
    chosen_by_service,
    first_of_ranges,
    ranges_document,
    static_hyperparameters,
)

if TYPE_CHECKING:
    from sagewright.tuner.tuner import HyperparameterTuner

Document = dict[str, Any]

_RECORDS = (list, RecordSet, FileSystemRecordSet)


def training_config(
    tuner: HyperparameterTuner, part: Part, inputs: Any, job_name: str | None, *, with_class: bool, arguments: Document
) -> Document:
    """Upload the code and the data of one kind of training job; return its arguments for `create_tuning_job`.

    Args:
        arguments: What else the estimator's `fit` was given.

    Raises:
        ValueError: The inputs are none, the code is not what it should be, or preflight found something.
    """
    estimator = part.estimator
    check_instances(estimator, part.instance_configs)
    warn_of_objective(part.objective, part.metric_definitions)
    _prepare(estimator, inputs, job_name, arguments)
    estimator._current_job_name = job_name or estimator._new_name()
    spec = prepared(estimator, inputs, estimator._current_job_name, tried=_one_job(part))
    static, auto = static_hyperparameters(estimator, part.ranges, with_class=with_class), None
    if tuner.autotune:
        static, auto = chosen_by_service(static, part.keep_static)
    config = {**_config_of(spec, part), "static_hyperparameters": static}
    optional: Document = {
        "max_retry_attempts": spec.max_retry_attempts,
        "environment": spec.environment,
        "auto_parameters": auto,
    }
    if part.name is not None:
        optional |= {
            "estimator_name": part.name,
            "objective_type": tuner.objective_type,
            "objective_metric_name": part.objective,
            "parameter_ranges": ranges_document(part.ranges or {}, estimator),
        }
    return {**config, **{name: value for name, value in optional.items() if value is not None}}


def tuning_config(tuner: HyperparameterTuner) -> Document:
    """Return a tuner's arguments for `create_tuning_job` that are not a training job's."""
    strategy, criteria = tuner.strategy_config, tuner.completion_criteria_config
    config = {
        "strategy": tuner.strategy,
        "max_jobs": tuner.max_jobs,
        "max_parallel_jobs": tuner.max_parallel_jobs,
        "early_stopping_type": tuner.early_stopping_type,
    }
    is_alone = tuner.objective_metric_name is not None
    optional = {
        "max_runtime_in_seconds": tuner.max_runtime_in_seconds,
        "random_seed": tuner.random_seed,
        "strategy_config": None if strategy is None else strategy.to_input_req(),
        "objective_type": tuner.objective_type if is_alone else None,
        "objective_metric_name": tuner.objective_metric_name,
        "parameter_ranges": tuner.hyperparameter_ranges(),
        "auto_parameters": tuner.auto_parameters,
        "completion_criteria_config": None if criteria is None else criteria.to_input_req(),
    }
    return {**config, **{name: value for name, value in optional.items() if value is not None}}


def check_instances(estimator: EstimatorBase, instance_configs: Any) -> None:
    """Refuse groups of instances, which tuning jobs do not have.

    Raises:
        ValueError: The estimator has them.
    """
    if estimator.instance_groups and instance_configs is None:
        raise ValueError(
            "A tuning job's training jobs have no `instance_groups`.\n"
            "hint: give the estimator `instance_count` and `instance_type`, or the tuner `override_resource_config`."
        )


def _prepare(estimator: EstimatorBase, inputs: Any, job_name: str | None, arguments: Document) -> None:
    """Set the hyperparameters that an algorithm takes from its records, or from its own defaults."""
    if isinstance(estimator, AlgorithmEstimator):
        estimator._prepare_for_training(job_name)
    elif isinstance(estimator, AmazonAlgorithmEstimatorBase) and isinstance(inputs, _RECORDS):
        estimator._prepare_for_training(inputs, **arguments)


def _one_job(part: Part) -> Document:
    """Return what preflight is to look at: the training job that has the first value of every range."""
    own, definitions = part.estimator.hyperparameters(), part.metric_definitions
    return {
        "hyperparameters": {**own, **first_of_ranges(part.ranges or {}, part.estimator)},
        "metric_definitions": definitions if isinstance(definitions, (list, tuple)) else None,
    }


def _config_of(spec: TrainingSpec, part: Part) -> Document:
    configs = part.instance_configs
    return {
        "input_config": list(spec.channels) or None,
        "role": spec.role,
        "output_config": output_config(spec),
        "stop_condition": stopping_condition(spec),
        "vpc_config": vpc_config(spec.subnets, spec.security_group_ids),
        "hpo_resource_config": hpo_resources(
            spec.instance_count,
            spec.instance_type,
            spec.volume_size_gib,
            spec.volume_kms_key,
            None if configs is None else [config.to_input_req() for config in configs],
        ),
        "input_mode": spec.input_mode,
        "metric_definitions": part.metric_definitions,
        "image_uri": spec.image_uri,
        "algorithm_arn": spec.algorithm_arn,
        "enable_network_isolation": spec.network_isolation,
        "encrypt_inter_container_traffic": spec.encrypt_traffic,
        "use_spot_instances": spec.use_spot_instances,
        "checkpoint_s3_uri": spec.checkpoint_s3_uri,
        "checkpoint_local_path": spec.checkpoint_local_path,
    }
