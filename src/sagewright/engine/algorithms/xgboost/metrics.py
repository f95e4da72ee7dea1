"""Metrics that the container adds to the library's (`contract.md` 7.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import xgboost as xgb

Array = npt.NDArray[Any]
Metric = Callable[[Array, Array], float]  # labels, predictions
CustomMetric = Callable[[Array, "xgb.DMatrix"], list[tuple[str, float]]]


def metric_function(names: Sequence[str], objective: str) -> CustomMetric | None:
    """Return what the library calls after every round with transformed predictions; None: nothing is asked for.

    Of several hosts each knows its own rows: the value is the mean over the rows of all, so that all agree on it.
    """
    if not names:
        return None
    known = _metrics()

    def evaluate(predictions: Array, rows: xgb.DMatrix) -> list[tuple[str, float]]:
        labels = rows.get_label()
        classes = classes_of(predictions, objective)
        found = [
            known[name](labels, predictions if name in _OF_VALUES else classes) if len(labels) else 0.0
            for name in names
        ]
        return list(zip(names, _mean_over_hosts(found, len(labels)), strict=True))

    return evaluate


def classes_of(predictions: Array, objective: str) -> Array:
    """Return the class that each prediction means."""
    if predictions.ndim > 1:
        return np.asarray(predictions.argmax(axis=-1))
    if objective == "multi:softmax":
        return predictions.astype(int)
    return (predictions > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)


def _mean_over_hosts(values: Sequence[float], rows: int) -> list[float]:
    from xgboost import collective

    if not collective.is_distributed():
        return list(values)
    sums = collective.allreduce(np.array([*(value * rows for value in values), rows], np.float64), collective.Op.SUM)
    return [float(value) / max(1.0, float(sums[-1])) for value in sums[:-1]]


_OF_VALUES = ("mse", "r2")


def _metrics() -> dict[str, Metric]:
    from sklearn import metrics

    def averaged(score: Callable[..., float], average: str) -> Metric:
        return lambda labels, classes: score(labels, classes, average=average, zero_division=0)

    return {
        "accuracy": metrics.accuracy_score,
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "f1": averaged(metrics.f1_score, "macro"),
        "f1_macro": averaged(metrics.f1_score, "macro"),
        "f1_binary": averaged(metrics.f1_score, "binary"),
        "precision": averaged(metrics.precision_score, "binary"),
        "precision_macro": averaged(metrics.precision_score, "macro"),
        "precision_micro": averaged(metrics.precision_score, "micro"),
        "recall": averaged(metrics.recall_score, "binary"),
        "recall_macro": averaged(metrics.recall_score, "macro"),
        "recall_micro": averaged(metrics.recall_score, "micro"),
        "mse": metrics.mean_squared_error,
        "r2": metrics.r2_score,
    }
