"""The tuner: an estimator, and the ranges that its hyperparameters are searched in."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sagewright.arguments import no_surplus, suggests
from sagewright.deferring import runnable_by_pipeline
from sagewright.estimator import EstimatorBase
from sagewright.tuner import attaching
from sagewright.tuner.checks import (
    check_estimators,
    check_mapping,
    check_words,
)
from sagewright.tuner.configs import (
    StrategyConfig,
    TuningJobCompletionCriteriaConfig,
    WarmStartConfig,
    WarmStartTypes,
)
from sagewright.tuner.parts import Ranges
from sagewright.tuner.results import Results
from sagewright.tuner.submission import training_config, tuning_config
from sagewright.tuner.tuning_job import TuningJob
from sagewright.utils import Tags, format_tags
from sagewright.vocabulary.names import base_name_from_image, name_from_base

if TYPE_CHECKING:
    from typing_extensions import Self

    from sagewright.session import Session

logger = logging.getLogger("sagemaker")

Document = dict[str, Any]

NAME_LENGTH = 32  # characters of a tuning job's name at most


@suggests
class HyperparameterTuner(Results):
    """Trains many times to find the best hyperparameters.

    Args:
        estimator: What trains. For several see `create`.
        objective_metric_name: The metric that tells which training job is the best.
        hyperparameter_ranges: Name of a hyperparameter to the range that it is searched in.
        metric_definitions: `Name` and `Regex` of metrics in the log; the built-in algorithms have theirs.
        strategy: `Bayesian`, `Random`, `Hyperband` or `Grid`.
        objective_type: `Maximize` or `Minimize`.
        max_jobs: Training jobs in all; None: 1, for `Grid` all that there are.
        max_parallel_jobs: Training jobs at a time.
        max_runtime_in_seconds: Seconds that all may take together.
        tags: Those of the estimator are added.
        base_tuning_job_name: None: the image's name.
        warm_start_config: Tuning jobs to learn from.
        strategy_config: Hyperband's resources.
        completion_criteria_config: When to end early.
        early_stopping_type: `Auto` stops training jobs that do not promise much; `Off`.
        estimator_name: A name for the estimator; see `create`.
        random_seed: Makes `Random` and `Hyperband` choose the same values again.
        autotune: The service chooses ranges for the hyperparameters that have none.
        hyperparameters_to_keep_static: Those of which it does not.

    Raises:
        TypeError: The estimator is none, or a range is none.
        ValueError: There are no ranges, or arguments contradict each other.

    Example:
        >>> from sagewright.estimator import Estimator
        >>> from sagewright.tuner import ContinuousParameter, HyperparameterTuner
        >>> image = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
        >>> estimator = Estimator(image, "arn:aws:iam::123456789012:role/Any", 1, "ml.m5.large")
        >>> tuner = HyperparameterTuner(estimator, "validation:objective_loss", {"wd": ContinuousParameter(0, 1)})
        >>> tuner.hyperparameter_ranges()["ContinuousParameterRanges"]
        [{'Name': 'wd', 'MinValue': '0', 'MaxValue': '1', 'ScalingType': 'Auto'}]
    """

    TUNING_JOB_NAME_MAX_LENGTH = NAME_LENGTH

    def __init__(
        self,
        estimator: EstimatorBase,
        objective_metric_name: str,
        hyperparameter_ranges: Ranges | None,
        metric_definitions: Sequence[Document] | None = None,
        strategy: str = "Bayesian",
        objective_type: str = "Maximize",
        max_jobs: int | None = None,
        max_parallel_jobs: int = 1,
        max_runtime_in_seconds: int | None = None,
        tags: Tags = None,
        base_tuning_job_name: str | None = None,
        warm_start_config: WarmStartConfig | None = None,
        strategy_config: StrategyConfig | None = None,
        completion_criteria_config: TuningJobCompletionCriteriaConfig | None = None,
        early_stopping_type: str = "Off",
        estimator_name: str | None = None,
        random_seed: int | None = None,
        autotune: bool = False,
        hyperparameters_to_keep_static: Sequence[str] | None = None,
    ) -> None:
        check_words(strategy=strategy, objective_type=objective_type, early_stopping_type=early_stopping_type)
        self.strategy, self.objective_type, self.autotune = strategy, objective_type, autotune
        self.max_jobs = 1 if max_jobs is None and strategy != "Grid" else max_jobs
        self.max_parallel_jobs, self.max_runtime_in_seconds = max_parallel_jobs, max_runtime_in_seconds
        self.tags, self.base_tuning_job_name = format_tags(tags), base_tuning_job_name
        self.warm_start_config, self.strategy_config = warm_start_config, strategy_config
        self.completion_criteria_config = completion_criteria_config
        self.early_stopping_type, self.random_seed = early_stopping_type, random_seed
        self._add_estimator(
            estimator_name,
            estimator,
            objective_metric_name,
            hyperparameter_ranges,
            metric_definitions,
            hyperparameters_to_keep_static,
        )

    def __repr__(self) -> str:
        what = ", ".join(f"{part.name or ''} {type(part.estimator).__name__}".strip() for part in self._parts())
        return f"<{type(self).__name__} of {what}; job: {self._current_job_name or 'none yet'}>"

    # Several estimators ---------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        estimator_dict: Mapping[str, EstimatorBase],
        objective_metric_name_dict: Mapping[str, str],
        hyperparameter_ranges_dict: Mapping[str, Ranges | None],
        metric_definitions_dict: Mapping[str, Sequence[Document]] | None = None,
        base_tuning_job_name: str | None = None,
        strategy: str = "Bayesian",
        strategy_config: StrategyConfig | None = None,
        completion_criteria_config: TuningJobCompletionCriteriaConfig | None = None,
        objective_type: str = "Maximize",
        max_jobs: int | None = None,
        max_parallel_jobs: int = 1,
        max_runtime_in_seconds: int | None = None,
        tags: Tags = None,
        warm_start_config: WarmStartConfig | None = None,
        early_stopping_type: str = "Off",
        random_seed: int | None = None,
        autotune: bool = False,
        hyperparameters_to_keep_static_dict: Mapping[str, Sequence[str]] | None = None,
    ) -> Self:
        """Return a tuner that searches among several estimators, each by its name; the other dicts have its names, too.

        Raises:
            ValueError: The names do not go together, or as for a tuner of one estimator.
        """
        check_estimators(estimator_dict)
        names = sorted(estimator_dict)
        check_mapping("objective_metric_name_dict", objective_metric_name_dict, names, all_of_them=True)
        check_mapping("hyperparameter_ranges_dict", hyperparameter_ranges_dict, names, all_of_them=True)
        check_mapping("metric_definitions_dict", metric_definitions_dict, names)
        check_mapping("hyperparameters_to_keep_static_dict", hyperparameters_to_keep_static_dict, names)
        parts = [
            (
                name,
                estimator_dict[name],
                objective_metric_name_dict[name],
                hyperparameter_ranges_dict[name],
                (metric_definitions_dict or {}).get(name),
                (hyperparameters_to_keep_static_dict or {}).get(name),
            )
            for name in names
        ]
        first, estimator, objective, ranges, definitions, keep_static = parts[0]
        tuner = cls(
            estimator,
            objective,
            ranges,
            definitions,
            strategy,
            objective_type,
            max_jobs,
            max_parallel_jobs,
            max_runtime_in_seconds,
            tags,
            base_tuning_job_name,
            warm_start_config,
            strategy_config,
            completion_criteria_config,
            early_stopping_type,
            first,
            random_seed,
            autotune,
            keep_static,
        )
        for part in parts[1:]:
            tuner._add_estimator(*part)
        return tuner

    # Tuning -------------------------------------------------------------------------------------------------------

    @runnable_by_pipeline
    def fit(
        self,
        inputs: Any = None,
        job_name: str | None = None,
        include_cls_metadata: bool | Mapping[str, bool] = False,
        estimator_kwargs: Mapping[str, Document] | None = None,
        wait: bool = True,
        **kwargs: Any,
    ) -> None:
        """Tune.

        Args:
            inputs: As for `Estimator.fit`; of several estimators a dict with their names.
            job_name: None: `base_tuning_job_name` with the time, 32 characters at most.
            include_cls_metadata: Hyperparameters tell `attach` the estimator's class; a framework's always do.
            estimator_kwargs: Of several estimators: by their names, what `fit` of Amazon's algorithms takes.
            wait: Return when the job has ended.
            **kwargs: What `fit` of an Amazon algorithm takes: `mini_batch_size`. A tuning job has no log, so `logs`
                changes nothing.

        Raises:
            ValueError: The inputs are none, or `preflight` found that a training job would fail.
            UnexpectedStatusException: The job has failed.
        """
        kwargs.pop("logs", None)
        no_surplus("fit", {name: value for name, value in kwargs.items() if name != "mini_batch_size"}, type(self).fit)
        if self.estimator is None:
            names = sorted(self.estimator_dict or {})
            check_mapping("inputs", inputs, names)
            check_mapping("estimator_kwargs", estimator_kwargs, names)
            if not isinstance(include_cls_metadata, bool):
                check_mapping("include_cls_metadata", include_cls_metadata, names)
        definitions = self._definitions(inputs, job_name, include_cls_metadata, estimator_kwargs, kwargs)
        self._current_job_name = job_name or self._new_name()
        self.tags = self._all_tags()
        start = self.warm_start_config
        self.sagemaker_session.create_tuning_job(
            job_name=self._current_job_name,
            tuning_config=tuning_config(self),
            tags=self.tags,
            warm_start_config=None if start is None else start.to_input_req(),
            autotune=self.autotune,
            **definitions,
        )
        self.latest_tuning_job = TuningJob(self.sagemaker_session, self._current_job_name)
        if wait:
            self.latest_tuning_job.wait()

    def _definitions(
        self, inputs: Any, job_name: str | None, with_class: Any, estimator_kwargs: Any, kwargs: Document
    ) -> Document:
        """Upload what the training jobs need; return their arguments for `create_tuning_job`."""
        configs = []
        for part in self._parts():
            own = {
                "with_class": with_class.get(part.name, False) if isinstance(with_class, Mapping) else with_class,
                "arguments": kwargs if part.name is None else (estimator_kwargs or {}).get(part.name, {}),
            }
            given = inputs if part.name is None else (inputs or {}).get(part.name)
            configs.append(training_config(self, part, given, job_name, **own))
        if self.estimator is None:
            self.static_hyperparameters_dict = {
                config["estimator_name"]: config["static_hyperparameters"] for config in configs
            }
            self.auto_parameters_dict = {config["estimator_name"]: config.get("auto_parameters") for config in configs}
            return {"training_config_list": configs}
        self.static_hyperparameters = configs[0]["static_hyperparameters"]
        self.auto_parameters = configs[0].pop("auto_parameters", None)
        return {"training_config": configs[0]}

    def _new_name(self) -> str:
        base = self.base_tuning_job_name or base_name_from_image(
            self._first_estimator().training_image_uri(), "training-job"
        )
        return name_from_base(base, max_length=NAME_LENGTH, short=True)

    def _all_tags(self) -> list[dict[str, str]] | None:
        own, others = self.tags, self._first_estimator().tags or []
        return own if own is None and not others else [*(own or []), *(tag for tag in others if tag not in (own or []))]

    # A job that was started elsewhere -------------------------------------------------------------------------------

    @classmethod
    def attach(
        cls,
        tuning_job_name: str,
        sagemaker_session: Session | None = None,
        job_details: Document | None = None,
        estimator_cls: str | Mapping[str, str] | None = None,
    ) -> Self:
        """Return a tuner for a job that was started elsewhere.

        Args:
            job_details: Its description; None: it is asked for.
            estimator_cls: Module and name of the estimator's class; of several by their names. None: the one that the
                job's hyperparameters name, else one that goes with the image.
        """
        if sagemaker_session is None:
            from sagewright.session import Session

            sagemaker_session = Session()
        client = sagemaker_session.sagemaker_client
        job = job_details or client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=tuning_job_name)
        if "TrainingJobDefinition" in job:
            tuner = cls(**attaching.one_estimator(job, sagemaker_session, estimator_cls))
        else:
            tuner = cls.create(**attaching.several_estimators(job, sagemaker_session, estimator_cls))
        tuner.latest_tuning_job = TuningJob(sagemaker_session, tuning_job_name)
        tuner._current_job_name = tuning_job_name
        return tuner

    # Tuners that learn from this one --------------------------------------------------------------------------------

    def transfer_learning_tuner(
        self, additional_parents: Iterable[str] | None = None, estimator: EstimatorBase | None = None
    ) -> HyperparameterTuner:
        """Return a tuner like this one that learns from its job, with data or an algorithm that are alike.

        Args:
            additional_parents: More jobs to learn from.
            estimator: None: the same.
        """
        return self._learning(WarmStartTypes.TRANSFER_LEARNING, additional_parents, estimator)

    def identical_dataset_and_algorithm_tuner(
        self, additional_parents: Iterable[str] | None = None
    ) -> HyperparameterTuner:
        """Return a tuner like this one that goes on from where its job, and others, ended."""
        return self._learning(WarmStartTypes.IDENTICAL_DATA_AND_ALGORITHM, additional_parents, None)

    def _learning(
        self, kind: WarmStartTypes, parents: Iterable[str] | None, estimator: EstimatorBase | None
    ) -> HyperparameterTuner:
        common: Document = {
            "strategy": self.strategy,
            "strategy_config": self.strategy_config,
            "completion_criteria_config": self.completion_criteria_config,
            "objective_type": self.objective_type,
            "max_jobs": self.max_jobs,
            "max_parallel_jobs": self.max_parallel_jobs,
            "max_runtime_in_seconds": self.max_runtime_in_seconds,
            "warm_start_config": WarmStartConfig(kind, {self._job().name, *(parents or ())}),
            "early_stopping_type": self.early_stopping_type,
            "random_seed": self.random_seed,
        }
        if self.estimator is not None:
            own = estimator or self.estimator
            return HyperparameterTuner(own, self.objective_metric_name, self._hyperparameter_ranges, **common)
        estimators = dict(self.estimator_dict or {})
        if len(estimators) > 1:
            raise ValueError("Warm start is not supported currently for tuners with multiple estimators")
        return HyperparameterTuner.create(
            dict.fromkeys(estimators, estimator) if estimator is not None else estimators,
            self.objective_metric_name_dict or {},
            self._hyperparameter_ranges_dict or {},
            self.metric_definitions_dict,
            **common,
        )


def create_identical_dataset_and_algorithm_tuner(
    parent: str, additional_parents: Iterable[str] | None = None, sagemaker_session: Session | None = None
) -> HyperparameterTuner:
    """Return a tuner that goes on from where a job, and others, ended."""
    tuner = HyperparameterTuner.attach(parent, sagemaker_session)
    return tuner.identical_dataset_and_algorithm_tuner(additional_parents)


def create_transfer_learning_tuner(
    parent: str,
    additional_parents: Iterable[str] | None = None,
    estimator: EstimatorBase | None = None,
    sagemaker_session: Session | None = None,
) -> HyperparameterTuner:
    """Return a tuner that learns from a job, and others; `estimator` may be another one than the job's."""
    tuner = HyperparameterTuner.attach(parent, sagemaker_session)
    return tuner.transfer_learning_tuner(additional_parents, estimator)
