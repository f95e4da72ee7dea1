"""Cross validation: `_kfold` models, each trained without one part of the rows, `_num_cv_round` times over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from sagewright.engine.algorithms.report import Report
from sagewright.engine.algorithms.xgboost.boosting import Boosted
from sagewright.engine.algorithms.xgboost.metrics import classes_of
from sagewright.engine.algorithms.xgboost.options import Options

PREDICTIONS = "predictions.csv"

Train = Callable[[int, xgb.DMatrix, xgb.DMatrix], Boosted]
Indexes = npt.NDArray[np.int64]


def cross_validate(
    options: Options, rows: xgb.DMatrix, train: Train, output: Path, report: Report
) -> list[xgb.Booster]:
    """Train the models, and leave what they predict for the rows that they have not seen.

    Args:
        train: Trains the model of a number, on rows and rows held out.
        output: The folder for `predictions.csv`: label, mean prediction and, of classes, the one chosen most often.
    """
    folds, n = options.folds or 2, rows.num_row()
    report.info(f"Run {options.fold_rounds}-round of {folds}-fold cross validation with {n} rows")
    found: list[Boosted] = []
    predicted: list[list[tuple[Indexes, npt.NDArray[Any]]]] = []
    for number, (inside, outside) in enumerate(_splits(options, rows)):
        report.info(f"Train cross validation fold {number % folds + 1}")
        held_out = rows.slice(outside)
        found.append(train(number, rows.slice(inside), held_out))
        if number % folds == 0:
            predicted.append([])
        predicted[-1].append((outside, found[-1].model.predict(held_out)))
        if (number + 1) % folds == 0:
            report.info(f"The metrics of round {(number + 1) // folds} cross validation")
            report.plain(_mean_line(options.num_round, found[-folds:]))
    if options.fold_rounds > 1:
        report.info(f"The overall metrics of {options.fold_rounds}-round cross validation")
        report.plain(_mean_line(options.num_round, found))
    _write_predictions(options, rows.get_label(), predicted, output)
    return [boosted.model for boosted in found]


def _is_classification(options: Options) -> bool:
    return "num_class" in options.library or options.objective.startswith("binary:")


def _splits(options: Options, rows: xgb.DMatrix) -> Iterator[tuple[Indexes, Indexes]]:
    from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

    is_stratified = _is_classification(options)
    kind = RepeatedStratifiedKFold if is_stratified else RepeatedKFold
    splitter = kind(n_splits=options.folds, n_repeats=options.fold_rounds, random_state=options.library.get("seed", 0))
    labels = rows.get_label()
    yield from splitter.split(np.zeros(len(labels)), labels if is_stratified else None)


def _mean_line(num_round: int, found: Sequence[Boosted]) -> str:
    first = found[0].history
    parts = [
        f"#011{data}-{metric}:{np.mean([item.history[data][metric][-1] for item in found]):.5f}"
        for metric in first["train"]
        for data in first
    ]
    return f"[{num_round}]{''.join(parts)}"


def _write_predictions(
    options: Options,
    labels: npt.NDArray[np.float32],
    predicted: Sequence[Sequence[tuple[Indexes, npt.NDArray[Any]]]],
    output: Path,
) -> None:
    values = np.zeros((len(predicted), len(labels)))
    classes = np.zeros((len(predicted), len(labels)))
    for number, folds in enumerate(predicted):
        for index, predictions in folds:
            classes[number, index] = classes_of(predictions, options.objective)
            values[number, index] = predictions.max(axis=-1) if predictions.ndim > 1 else predictions
    columns = [labels, values.mean(axis=0)]
    if _is_classification(options):
        columns.append(_most_often(classes))
    output.mkdir(parents=True, exist_ok=True)
    np.savetxt(output / PREDICTIONS, np.column_stack(columns), delimiter=",", fmt="%f")


def _most_often(classes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the most frequent value of each column; of several the smallest."""
    known = np.unique(classes)
    votes = np.stack([(classes == value).sum(axis=0) for value in known])
    return np.asarray(known[votes.argmax(axis=0)])
