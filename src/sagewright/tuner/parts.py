"""The kinds of training jobs that a tuner has: one, or several that have names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sagewright.arguments import suggests
from sagewright.estimator import EstimatorBase
from sagewright.parameter import ParameterRange
from sagewright.tuner.checks import (
    check_estimator,
    check_hyperparameters,
    check_kept_static,
    check_mapping,
    check_ranges,
)
from sagewright.tuner.configs import InstanceConfig
from sagewright.tuner.searching import ranges_document

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.tuner.tuning_job import TuningJob

Document = dict[str, Any]
Ranges = Mapping[Any, ParameterRange]


class Part(NamedTuple):
    """One kind of training job of a tuning job.

    Attributes:
        name: Among several; None: it is the only one.
    """

    name: str | None
    estimator: EstimatorBase
    objective: Any
    ranges: Ranges | None
    metric_definitions: Any
    keep_static: Sequence[str] | None
    instance_configs: Sequence[InstanceConfig] | None


@suggests
class Parts:
    """The part of a tuner that concerns its estimators."""

    strategy: str
    autotune: bool
    _current_job_name: str | None = None
    latest_tuning_job: TuningJob | None = None

    # Of one estimator without a name these are set,
    estimator: EstimatorBase | None = None
    objective_metric_name: Any = None
    _hyperparameter_ranges: Ranges | None = None
    metric_definitions: Any = None
    hyperparameters_to_keep_static: Sequence[str] | None = None
    static_hyperparameters: Document | None = None
    auto_parameters: Document | None = None
    instance_configs: Sequence[InstanceConfig] | None = None
    # of estimators with names these.
    estimator_dict: dict[str, EstimatorBase] | None = None
    objective_metric_name_dict: dict[str, Any] | None = None
    _hyperparameter_ranges_dict: dict[str, Ranges | None] | None = None
    metric_definitions_dict: dict[str, Any] | None = None
    hyperparameters_to_keep_static_dict: dict[str, Any] | None = None
    static_hyperparameters_dict: dict[str, Document] | None = None
    auto_parameters_dict: dict[str, Any] | None = None
    instance_configs_dict: Mapping[str, Sequence[InstanceConfig]] | None = None

    def override_resource_config(
        self, instance_configs: Sequence[InstanceConfig] | dict[str, Sequence[InstanceConfig]]
    ) -> None:
        """Name instances of several types, the best first, that training jobs may run on.

        Args:
            instance_configs: Of several estimators by their names, or a list for the first.
        """
        if isinstance(instance_configs, dict):
            check_mapping("instance_configs", instance_configs, list(self.estimator_dict or {}))
            self.instance_configs_dict = instance_configs
            return
        self.instance_configs = instance_configs
        if self.estimator_dict:
            self.instance_configs_dict = {next(iter(self.estimator_dict)): instance_configs}

    def hyperparameter_ranges(self) -> Document | None:
        """Return the ranges of the one estimator as the request has them; None where there are several."""
        if self._hyperparameter_ranges is None or self.estimator is None:
            return None
        return ranges_document(self._hyperparameter_ranges, self.estimator)

    def hyperparameter_ranges_dict(self) -> dict[str, Document] | None:
        """Return the ranges of each estimator by its name; None where there is but one without a name."""
        if self._hyperparameter_ranges_dict is None:
            return None
        return {str(part.name): ranges_document(part.ranges or {}, part.estimator) for part in self._parts()}

    @property
    def sagemaker_session(self) -> Session:
        """The session of the estimator; of several that of the first by name."""
        return self._first_estimator().sagemaker_session

    def _parts(self) -> list[Part]:
        """Return the kinds of training jobs, in order of their names."""
        if self.estimator is not None:
            return [
                Part(
                    None,
                    self.estimator,
                    self.objective_metric_name,
                    self._hyperparameter_ranges,
                    self.metric_definitions,
                    self.hyperparameters_to_keep_static,
                    self.instance_configs,
                )
            ]
        return [
            Part(
                name,
                estimator,
                (self.objective_metric_name_dict or {}).get(name),
                (self._hyperparameter_ranges_dict or {}).get(name),
                (self.metric_definitions_dict or {}).get(name),
                (self.hyperparameters_to_keep_static_dict or {}).get(name),
                (self.instance_configs_dict or {}).get(name),
            )
            for name, estimator in sorted((self.estimator_dict or {}).items())
        ]

    def _first_estimator(self) -> EstimatorBase:
        return self._parts()[0].estimator

    def _add_estimator(
        self,
        estimator_name: str | None,
        estimator: EstimatorBase,
        objective_metric_name: Any,
        hyperparameter_ranges: Ranges | None,
        metric_definitions: Any = None,
        hyperparameters_to_keep_static: Sequence[str] | None = None,
    ) -> None:
        check_estimator(estimator)
        check_ranges(hyperparameter_ranges, self.strategy, autotune=self.autotune)
        check_hyperparameters(estimator, hyperparameter_ranges)
        check_kept_static(hyperparameters_to_keep_static, autotune=self.autotune)
        name = estimator_name
        if name is None:
            self.estimator, self.objective_metric_name = estimator, objective_metric_name
            self._hyperparameter_ranges, self.metric_definitions = hyperparameter_ranges, metric_definitions
            self.hyperparameters_to_keep_static = hyperparameters_to_keep_static
            return
        self.estimator_dict = _with(self.estimator_dict, name, estimator)
        self.objective_metric_name_dict = _with(self.objective_metric_name_dict, name, objective_metric_name)
        self._hyperparameter_ranges_dict = _with(self._hyperparameter_ranges_dict, name, hyperparameter_ranges)
        definitions, kept = self.metric_definitions_dict, self.hyperparameters_to_keep_static_dict
        self.metric_definitions_dict = _with(definitions, name, metric_definitions, leave_out_none=True)
        self.hyperparameters_to_keep_static_dict = _with(
            kept, name, hyperparameters_to_keep_static, leave_out_none=True
        )


def _with(known: Mapping[str, Any] | None, name: str, value: Any, *, leave_out_none: bool = False) -> dict[str, Any]:
    return {**(known or {}), **({} if value is None and leave_out_none else {name: value})}
