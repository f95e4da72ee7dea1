"""Selected outputs: what `SAGEMAKER_INFERENCE_OUTPUT` makes of a prediction (`contract.md` 7.3.4)."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy.typing as npt

from sagewright.engine.algorithms.xgboost.metrics import classes_of

_VALUE = ("predicted_score",)
_CLASS = ("predicted_label", "labels", "raw_score", "raw_scores")
_CLASS_AND_PROBABILITY = (*_CLASS, "probability", "probabilities")

KEYS: Mapping[str, Sequence[str]] = {
    "reg:squarederror": _VALUE,
    "reg:logistic": _VALUE,
    "reg:gamma": _VALUE,
    "reg:absoluteerror": _VALUE,
    "reg:tweedie": _VALUE,
    "binary:logistic": _CLASS_AND_PROBABILITY,
    "binary:logitraw": _CLASS,
    "binary:hinge": _CLASS,
    "multi:softmax": _CLASS,
    "multi:softprob": _CLASS_AND_PROBABILITY,
}


def select(
    predictions: npt.NDArray[Any], keys: Sequence[str], objective: str, num_class: int
) -> list[Mapping[str, Any]]:
    """Return the chosen outputs of each prediction; those that do not apply to the objective are NaN.

    Raises:
        ValueError: The objective has no selectable outputs.
    """
    if objective not in KEYS:
        raise ValueError(f"Objective `{objective}` unsupported for selectable inference predictions.")
    if foreign := set(keys) - set(KEYS[objective]):
        print(  # noqa: T201
            f"Selected key(s) {foreign} incompatible for objective '{objective}'. Please use list of compatible "
            f"selectable inference predictions: {list(KEYS[objective])}",
            file=sys.stderr,
            flush=True,
        )
    labels = list(range(num_class)) if objective.startswith("multi:") else [0, 1]
    chosen = _labels(predictions, objective)
    return [
        {key: _OUTPUTS[key](value, label, labels) if key in KEYS[objective] else math.nan for key in keys}
        for value, label in zip(predictions.tolist(), chosen, strict=True)
    ]


def _labels(predictions: npt.NDArray[Any], objective: str) -> list[Any]:
    """Return the predicted classes: the library's own numbers where it predicts classes."""
    if objective in ("binary:hinge", "multi:softmax"):
        return list(predictions.tolist())
    return list(classes_of(predictions, objective).tolist())


def _largest(value: Any) -> Any:
    return max(value) if isinstance(value, list) else value


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [1.0 - value, value]


_OUTPUTS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "predicted_score": lambda value, label, labels: value,
    "predicted_label": lambda value, label, labels: label,
    "labels": lambda value, label, labels: labels,
    "probability": lambda value, label, labels: _largest(value),
    "probabilities": lambda value, label, labels: _all(value),
    "raw_score": lambda value, label, labels: _largest(value),
    "raw_scores": lambda value, label, labels: _all(value),
}
