"""A tuning job's description, as the arguments of the tuner that would start it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from typing import Any

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.estimator import EstimatorBase
from sagewright.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagewright.tuner.checks import check_mapping
from sagewright.tuner.configs import StrategyConfig, TuningJobCompletionCriteriaConfig, WarmStartConfig
from sagewright.tuner.searching import CLASS_MODULE, CLASS_NAME
from sagewright.vocabulary.names import base_from_name

Document = Mapping[str, Any]

# The classes that go with images of Amazon's algorithms, as v2 has them.
_AMAZONS = {
    "factorization-machines": "FactorizationMachines",
    "kmeans": "KMeans",
    "lda": "LDA",
    "linear-learner": "LinearLearner",
    "ntm": "NTM",
    "randomcutforest": "RandomCutForest",
    "knn": "KNN",
    "object2vec": "Object2Vec",
}


def one_estimator(job: Document, session: Any, class_path: Any) -> dict[str, Any]:
    """Return the arguments of the tuner that would start a job of one kind of training jobs.

    Args:
        class_path: Module and name of the estimator's class; None: the one that the job names.
    """
    definition, config = job["TrainingJobDefinition"], job["HyperParameterTuningJobConfig"]
    return {
        "estimator": estimator_of(definition, session, config.get("ParameterRanges"), class_path),
        "hyperparameter_ranges": ranges_of(config.get("ParameterRanges")),
        "metric_definitions": definition["AlgorithmSpecification"].get("MetricDefinitions"),
        **_objective(config["HyperParameterTuningJobObjective"]),
        **_common(job),
    }


def several_estimators(job: Document, session: Any, class_paths: Any) -> dict[str, Any]:
    """Return the arguments of `HyperparameterTuner.create` for a job of several kinds of training jobs.

    Args:
        class_paths: By their names, module and name of the estimators' classes.

    Raises:
        ValueError: `class_paths` names others.
    """
    definitions = {definition["DefinitionName"]: definition for definition in job["TrainingJobDefinitions"]}
    check_mapping("estimator_cls", class_paths, sorted(definitions))
    metrics = {name: one["AlgorithmSpecification"].get("MetricDefinitions") for name, one in definitions.items()}
    return {
        "estimator_dict": {
            name: estimator_of(one, session, one.get("HyperParameterRanges"), (class_paths or {}).get(name))
            for name, one in definitions.items()
        },
        "objective_metric_name_dict": {name: one["TuningObjective"]["MetricName"] for name, one in definitions.items()},
        "hyperparameter_ranges_dict": {
            name: ranges_of(one.get("HyperParameterRanges")) for name, one in definitions.items()
        },
        "metric_definitions_dict": {name: metric for name, metric in metrics.items() if metric is not None},
        "objective_type": next(iter(definitions.values()))["TuningObjective"]["Type"],
        **_common(job),
    }


def _common(job: Document) -> dict[str, Any]:
    """Return the arguments of a tuner that do not differ between kinds of training jobs."""
    config = job["HyperParameterTuningJobConfig"]
    limits, criteria = config["ResourceLimits"], config.get("TuningJobCompletionCriteria")
    strategy = config.get("StrategyConfig")
    return {
        "strategy": config["Strategy"],
        "strategy_config": StrategyConfig.from_job_desc(strategy) if strategy else None,
        "max_jobs": limits.get("MaxNumberOfTrainingJobs"),
        "max_parallel_jobs": limits["MaxParallelTrainingJobs"],
        "max_runtime_in_seconds": limits.get("MaxRuntimeInSeconds"),
        "warm_start_config": WarmStartConfig.from_job_desc(job.get("WarmStartConfig")),
        "early_stopping_type": config.get("TrainingJobEarlyStoppingType", "Off"),
        "base_tuning_job_name": base_from_name(job["HyperParameterTuningJobName"]),
        "completion_criteria_config": TuningJobCompletionCriteriaConfig.from_job_desc(criteria) if criteria else None,
        "random_seed": config.get("RandomSeed"),
        "autotune": job.get("Autotune", {}).get("Mode") == "Enabled",
    }


def _objective(document: Document) -> dict[str, Any]:
    """Return the arguments that a document's objective stands for."""
    return {"objective_metric_name": document["MetricName"], "objective_type": document["Type"]}


def ranges_of(document: Document | None) -> dict[str, Any]:
    """Return the ranges of a document by their names."""
    found = document or {}
    listed = {one["Name"]: CategoricalParameter(one["Values"]) for one in found.get("CategoricalParameterRanges", ())}
    real = {
        one["Name"]: ContinuousParameter(float(one["MinValue"]), float(one["MaxValue"]), one.get("ScalingType", "Auto"))
        for one in found.get("ContinuousParameterRanges", ())
    }
    whole = {
        one["Name"]: IntegerParameter(int(one["MinValue"]), int(one["MaxValue"]), one.get("ScalingType", "Auto"))
        for one in found.get("IntegerParameterRanges", ())
    }
    return {**listed, **real, **whole}


def estimator_of(definition: Document, session: Any, ranges: Document | None, class_path: str | None) -> EstimatorBase:
    """Return the estimator that a kind of training job is of.

    Args:
        class_path: Module and name of its class; None: what the hyperparameters say, or a class that goes with the
            image.

    Raises:
        ImportError, AttributeError: There is no such class.
    """
    owner = _class_at(class_path) if class_path else _class_of(definition)
    static = dict(definition["StaticHyperParameters"])
    static.pop("_tuning_objective_metric", None)
    if issubclass(owner, AmazonAlgorithmEstimatorBase):  # some of its hyperparameters have to be there
        static = {**static, **_first_values(ranges)}
    job = {
        "EnableManagedSpotTraining": False,
        **definition,
        "HyperParameters": static,
        "TrainingJobName": "",
        "ResourceConfig": _resources(definition),
    }
    estimator: EstimatorBase = owner(sagemaker_session=session, **owner._prepare_init_params_from_job_description(job))
    return estimator


def _class_of(definition: Document) -> Any:
    static = definition["StaticHyperParameters"]
    if CLASS_NAME in static and CLASS_MODULE in static:
        return _class_at(f"{json.loads(static[CLASS_MODULE])}.{json.loads(static[CLASS_NAME])}")
    image = definition["AlgorithmSpecification"].get("TrainingImage", "")
    algorithm = image.partition("/")[2].partition(":")[0]
    return _class_at(f"sagewright.{_AMAZONS.get(algorithm, 'estimator.Estimator')}")


def _first_values(ranges: Document | None) -> dict[str, Any]:
    """Return the hyperparameters of a job that has the first value of every range."""
    return {
        name: value.values[0] if isinstance(value, CategoricalParameter) else value.min_value
        for name, value in ranges_of(ranges).items()
    }


def _class_at(path: str) -> Any:
    module, _, name = path.rpartition(".")
    if module == "sagemaker" or module.startswith("sagemaker."):  # v2's name of a module of ours
        module = f"sagewright{module.removeprefix('sagemaker')}"
    return getattr(importlib.import_module(module), name)


def _resources(definition: Document) -> Document:
    """Return a training job's resources; of several types of instances that may do, the best."""
    found = definition.get("ResourceConfig") or definition.get("HyperParameterTuningResourceConfig") or {}
    best = found.get("InstanceConfigs", [{}])[0]
    return {"VolumeSizeInGB": 30, **{name: value for name, value in found.items() if name != "InstanceConfigs"}, **best}
