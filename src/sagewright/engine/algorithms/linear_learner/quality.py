"""How good predictions are, and where a binary classifier's threshold should stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.linear_learner.hyperparameters import Hyperparameters

Floats = npt.NDArray[np.floating]
Metrics = list[tuple[str, float, str]]
"""Printed name, value, and `loss` or `score`."""


def of_regression(scores: Floats, labels: Floats) -> Metrics:
    """Return the metrics of predicted values, `(n,)`."""
    residual = scores.astype(np.float64) - labels
    mse = float((residual**2).mean())
    return [("mse", mse, "loss"), ("rmse", mse**0.5, "loss"), ("absolute_loss", float(np.abs(residual).mean()), "loss")]


def of_binary(scores: Floats, labels: Floats, threshold: float, beta: float) -> Metrics:
    """Return the metrics of scores, `(n,)`, against labels 0 and 1."""
    said, true = scores >= threshold, labels == 1
    hits = float((said & true).sum())
    precision, recall = _ratio(hits, said.sum()), _ratio(hits, true.sum())
    return [
        ("binary_classification_accuracy", float((said == true).mean()), "score"),
        (f"binary_f_{beta:.3f}", _f_beta(precision, recall, beta), "score"),
        ("precision", precision, "score"),
        ("recall", recall, "score"),
        ("roc_auc_score", _roc_auc(scores, true), "score"),
    ]


def of_multiclass(scores: Floats, labels: Floats, top_k: int, beta: float) -> Metrics:
    """Return the metrics of class scores, `(n, k)`, against labels 0 to k - 1."""
    n, k = scores.shape
    classes = labels.astype(np.int64)
    said = scores.argmax(axis=1)
    confusion = np.zeros((k, k))
    np.add.at(confusion, (classes, said), 1)
    hits = confusion.diagonal()
    precision = np.divide(hits, confusion.sum(axis=0), out=np.zeros(k), where=confusion.sum(axis=0) > 0)
    recall = np.divide(hits, confusion.sum(axis=1), out=np.zeros(k), where=confusion.sum(axis=1) > 0)
    rank = (scores > scores[np.arange(n), classes][:, None]).sum(axis=1)
    f_betas = [_f_beta(p, r, beta) for p, r in zip(precision, recall, strict=True)]
    return [
        ("multiclass_accuracy", float((said == classes).mean()), "score"),
        (f"multiclass_top_k_accuracy_{top_k}", float((rank < top_k).mean()), "score"),
        ("dcg", float((1 / np.log2(rank + 2)).mean()), "score"),
        ("macro_recall", float(recall.mean()), "score"),
        ("macro_precision", float(precision.mean()), "score"),
        (f"macro_f_{beta:.3f}", float(np.mean(f_betas)), "score"),
    ]


@dataclass(frozen=True)
class Calibration:
    """A threshold, and how well it does by the criterion (the larger the better)."""

    threshold: float
    value: float


def calibrate(scores: Floats, labels: Floats, parameters: Hyperparameters, default: float) -> Calibration:
    """Return the threshold that serves the model selection criterion best.

    Every distinct score is a possible threshold: with the scores in falling order, the counts of hits and false alarms
    of all of them are running sums.
    """
    criterion = parameters.binary_classifier_model_selection_criteria
    if criterion in ("loss_function", "cross_entropy_loss"):
        return Calibration(default, 0.0)
    order = np.argsort(-scores, kind="stable")
    ordered, true = scores[order].astype(np.float64), labels[order] == 1
    last = np.append(np.diff(ordered) != 0, True)  # the last of equal scores
    hits, alarms = np.cumsum(true)[last], np.cumsum(~true)[last]
    positives, negatives = max(1, int(true.sum())), int((~true).sum())
    precision, recall = hits / (hits + alarms), hits / positives
    if criterion == "accuracy":
        value = (hits + negatives - alarms) / len(true)
    elif criterion in ("f1", "f_beta"):
        beta = 1.0 if criterion == "f1" else parameters.f_beta
        bottom = beta**2 * precision + recall
        value = np.divide((1 + beta**2) * precision * recall, bottom, out=np.zeros_like(bottom), where=bottom > 0)
    elif criterion == "precision_at_target_recall":
        value = np.where(recall >= parameters.target_recall, precision, recall - 1)
    else:
        value = np.where(precision >= parameters.target_precision, recall, precision - 1)
    best = int(value.argmax())
    distinct = ordered[last]
    below = distinct[best + 1] if best + 1 < len(distinct) else distinct[best]
    return Calibration(float((distinct[best] + below) / 2), float(value[best]))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _f_beta(precision: float, recall: float, beta: float) -> float:
    bottom = beta**2 * precision + recall
    return float((1 + beta**2) * precision * recall / bottom) if bottom else 0.0


def _roc_auc(scores: Floats, true: npt.NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve, from the ranks of the positives (ties share the mean rank)."""
    positives, negatives = int(true.sum()), int((~true).sum())
    if not positives or not negatives:
        return 0.5
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[true].sum() - positives * (positives + 1) / 2) / (positives * negatives))
