"""What a tuner's arguments have to be."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.estimator import EstimatorBase
from sagewright.parameter import CategoricalParameter, ParameterRange
from sagewright.vocabulary.suggestions import nearest
from sagewright.vocabulary.variables import is_variable

logger = logging.getLogger("sagemaker")

_WORDS = {
    "strategy": ("Bayesian", "Random", "Hyperband", "Grid"),
    "objective_type": ("Maximize", "Minimize"),
    "early_stopping_type": ("Off", "Auto"),
    "scaling_type": ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic"),
}


def check_words(**given: Any) -> None:
    """Refuse a word that an argument does not take.

    Raises:
        ValueError: There is one.
    """
    for name, value in given.items():
        known = _WORDS[name]
        if value in known or not isinstance(value, str):  # what else is none, botocore finds
            continue
        near = nearest(str(value), known)
        hint = f"\nhint: did you mean `{near}`?" if near else ""
        raise ValueError(f"`{name}` takes {', '.join(known[:-1])} or {known[-1]}, not `{value}`{hint}")


def check_estimator(estimator: Any) -> None:
    """Refuse what is no estimator.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(estimator, EstimatorBase):
        raise TypeError(
            f"A tuner needs an estimator, not `{type(estimator).__name__}`.\n"
            "hint: several estimators go to `HyperparameterTuner.create`."
        )


def check_ranges(ranges: Mapping[Any, Any] | None, strategy: Any, *, autotune: bool) -> None:
    """Refuse ranges that nothing could be chosen from.

    Raises:
        TypeError: One is no range.
        ValueError: There are none, or one is empty, or the strategy does not take it.
    """
    if not ranges and not autotune:
        raise ValueError("Need to specify hyperparameter ranges or set autotune=True.")
    for name, value in (ranges or {}).items():
        if value is None:
            continue
        if not isinstance(value, ParameterRange):
            raise TypeError(
                f"The range of `{name}` is a `{type(value).__name__}`, which is no range.\n"
                "hint: give ContinuousParameter(low, high), IntegerParameter(low, high) or CategoricalParameter(list)."
            )
        if isinstance(value, CategoricalParameter):
            continue
        if strategy == "Grid":
            raise ValueError(
                f"The strategy `Grid` takes lists of values only; the range of `{name}` is none.\n"
                "hint: give CategoricalParameter([...]), or another strategy."
            )
        check_words(scaling_type=value.scaling_type)
        if _are_numbers(value.min_value, value.max_value) and value.min_value > value.max_value:
            raise ValueError(
                f"The range of `{name}` is empty: {value.min_value} is more than {value.max_value}.\n"
                "hint: the lower bound comes first."
            )


def check_hyperparameters(estimator: EstimatorBase, ranges: Mapping[Any, Any] | None) -> None:
    """Refuse ranges with values that an algorithm's hyperparameter does not take.

    Raises:
        ValueError: There is one.
    """
    owned = {key: value for owner in type(estimator).__mro__ for key, value in vars(owner).items()}
    for declared in owned.values():
        found = (ranges or {}).get(declared.name) if isinstance(declared, Hyperparameter) else None
        if found is None:
            continue
        values = found.values if isinstance(found, CategoricalParameter) else (found.min_value, found.max_value)
        for value in values:
            if not is_variable(value):
                declared.validate(value)


def check_kept_static(names: Sequence[str] | None, *, autotune: bool) -> None:
    """Refuse hyperparameters to be kept that cannot be.

    Raises:
        ValueError: Nothing is chosen by itself, or one is named twice.
    """
    if names is None:
        return
    if not autotune:
        raise ValueError(
            "hyperparameters_to_keep_static parameter is set, however Autotune mode is not enabled. Either do not set "
            "value for hyperparameters_to_keep_static parameter, or enable Autotune mode by setting autotune=True."
        )
    if len(names) != len(set(names)):
        raise ValueError("Please remove duplicate names in hyperparameters_to_keep_static.")


def check_mapping(name: str, value: Any, names: Sequence[str], *, all_of_them: bool = False) -> None:
    """Refuse an argument that is no dict with estimators' names as its keys; None will do.

    Raises:
        ValueError: It is none, or has other keys.
    """
    if value is None:
        return
    if not isinstance(value, dict):
        raise ValueError(f"Argument '{name}' must be a dictionary using {names} as keys")
    if all_of_them and sorted(value) != names:
        raise ValueError(f"The keys of argument '{name}' must be the same as {names}")
    if not set(value) <= set(names):
        raise ValueError(f"The keys of argument '{name}' must be a subset of {names}")


def check_estimators(estimators: Mapping[Any, Any] | None) -> None:
    """Refuse estimators that have no names.

    Raises:
        ValueError: There are none, or one has no name.
    """
    if not estimators:
        raise ValueError("At least one estimator should be provided")
    if None in estimators:
        raise ValueError("Estimator names cannot be None")


def warn_of_objective(objective: Any, definitions: Any) -> None:
    """Say that nothing in the log would be taken for the objective."""
    if not isinstance(definitions, (list, tuple)) or is_variable(objective):
        return
    names = [definition.get("Name") for definition in definitions if isinstance(definition, Mapping)]
    if objective not in names:
        logger.warning(
            "`objective_metric_name` is `%s`, which `metric_definitions` does not define; it defines %s.",
            objective,
            ", ".join(map(str, names)) or "nothing",
        )


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) for value in values)
