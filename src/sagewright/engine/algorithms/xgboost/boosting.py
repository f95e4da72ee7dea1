"""One call of `xgboost.train`, and what is done after each of its rounds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.report import Report
from sagewright.engine.algorithms.xgboost import checkpoints, model_file
from sagewright.engine.algorithms.xgboost.image import is_pickled
from sagewright.engine.algorithms.xgboost.matrices import message_of
from sagewright.engine.algorithms.xgboost.metrics import metric_function
from sagewright.engine.algorithms.xgboost.options import Options
from sagewright.vocabulary.xgboost import MAXIMISED_METRICS

SAVED_EVERY_S = 10.0  # with save_model_on_termination, beside the time of the signal

# What the library says when the data are at fault.
_OF_THE_DATA = (
    "label must be in [0,1] for logistic regression",
    "label must be in [0, num_class)",
    "label must be discrete values in the range of [0, num_class)",
    "Target is multiclass but average='binary'",
    "feature_names mismatch",
    "preds.size() == info.labels_.size()",
    "the dataset only contains pos or neg samples",
    "base_score must be in (0,1)",
    "`base_score` must be greater than 0",
    "label must be nonnegative",
    "label must be non-negative",
    "label must be positive",
    "Parameter reg_lambda should be greater equal to 0",
    "Label contains NaN",
    "Constrained features are not a subset",
)
# What Amazon's channels cannot say either.
_NO_BOUNDS = (
    "a channel has one label per row and no bounds of it; train survival:aft with a script, or use survival:cox."
)


@dataclass(frozen=True)
class Place:
    """Where a training leaves things.

    Attributes:
        model: The model's file.
        checkpoints: None: the job keeps none.
        is_first: Whether this host leaves them; of several, the first does.
        is_alone: Whether it is the only host.
    """

    model: Path
    checkpoints: Path | None
    version: tuple[int, int]
    is_first: bool = True
    is_alone: bool = True


@dataclass(frozen=True)
class Boosted:
    """A trained model, and the metrics of its rounds: data -> metric -> values."""

    model: xgb.Booster
    history: Mapping[str, Mapping[str, Sequence[float]]]


def boost(
    options: Options, train: xgb.DMatrix, validation: xgb.DMatrix | None, place: Place, report: Report
) -> Boosted:
    """Train a model, from the newest checkpoint on.

    Raises:
        CustomerError: The data do not go with the hyperparameters.
    """
    start = checkpoints.resume(place.checkpoints, report)
    history: dict[str, Any] = {}
    try:
        model = xgb.train(
            dict(options.library),
            train,
            num_boost_round=max(0, options.num_round - start.rounds),
            evals=[(train, "train"), *([(validation, "validation")] if validation is not None else [])],
            custom_metric=metric_function(options.own_metrics, options.objective),
            callbacks=_callbacks(options, validation is not None, start.rounds, place, report),
            evals_result=history,
            xgb_model=start.model,
            verbose_eval=False,
        )
    except (xgb.core.XGBoostError, ValueError) as error:
        raise _explained(error, options) from None
    return Boosted(model, history)


def _explained(error: Exception, options: Options) -> Exception:
    text = message_of(error)
    if not any(known in text for known in _OF_THE_DATA):
        hint = f"\nhint: {_NO_BOUNDS}" if "labels_lower_bound_" in text else ""
        return RuntimeError(f"XGB train call failed with exception:\n {text}{hint}")
    if "base_score" in text and "base_score" not in options.library:
        text += f"\nhint: the labels, which are in the first column, do not go with {options.objective}."
    elif "label" in text.lower():
        text += "\nhint: the label is the first column."
    return CustomerError(text)


def _callbacks(
    options: Options, has_validation: bool, done: int, place: Place, report: Report
) -> list[xgb.callback.TrainingCallback]:
    after: list[xgb.callback.TrainingCallback] = []
    if place.is_first:
        after.append(_After(lambda _, number, history: report.plain(line_of(number + done, history))))
        if folder := place.checkpoints:
            after.append(_After(lambda model, number, _: checkpoints.keep(model, folder, number + done)))
        if options.saves_on_termination:
            after.append(_Saving(place))
    if stopping := _early_stopping(options, has_validation, place, report):
        after.append(stopping)
    return after


def line_of(number: int, history: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """Return a round's line; its tabs are written as `#011`, which metric definitions look for."""
    scores = [
        f"#011{data}-{metric}:{values[-1]:.5f}"
        for data, metrics in history.items()
        for metric, values in metrics.items()
    ]
    return f"[{number}]{''.join(scores)}"


class _After(xgb.callback.TrainingCallback):
    """Does something after each round; never stops the training."""

    def __init__(self, work: Callable[[xgb.Booster, int, Any], None]) -> None:
        super().__init__()
        self._work = work

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        self._work(model, epoch, evals_log)
        return False


def _early_stopping(
    options: Options, has_validation: bool, place: Place, report: Report
) -> xgb.callback.EarlyStopping | None:
    """Return the callback that stops the training, under the conditions of the image's version."""
    if not options.stopping_rounds:
        return None
    if is_pickled(place.version):  # the library's own, on the last metric of the last data
        return xgb.callback.EarlyStopping(rounds=options.stopping_rounds)
    if not has_validation or not options.stopping_metric:
        lacking = "a validation channel" if not has_validation else "eval_metric"
        report.warning(f"early_stopping_rounds has no effect without {lacking}.")
        return None
    return xgb.callback.EarlyStopping(
        rounds=options.stopping_rounds,
        data_name="validation",
        metric_name=options.stopping_metric,
        maximize=options.stopping_metric.partition("@")[0] in MAXIMISED_METRICS,
        save_best=options.library.get("booster") != "gblinear",
    )


@dataclass
class _Stop:
    """Whether SIGTERM has come."""

    is_asked: bool = False


class _Saving(xgb.callback.TrainingCallback):
    """Leaves the model when the job is stopped.

    The signal is noted and answered after the round in which it comes. A round may take longer than the platform waits,
    so the model is also saved from time to time. Of several hosts the others end with the signal, and the round with
    them: there the model is saved after each.
    """

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._stop = _Stop()
        self._saved_at = 0.0
        self._previous: Any = None

    def before_training(self, model: Any) -> Any:
        self._previous = signal.signal(signal.SIGTERM, self._note)
        return model

    def after_training(self, model: Any) -> Any:
        signal.signal(signal.SIGTERM, signal.SIG_IGN if self._stop.is_asked else self._previous)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        is_due = not self._place.is_alone or time.monotonic() - self._saved_at >= SAVED_EVERY_S
        if self._stop.is_asked or is_due:
            model_file.save(model, self._place.model, self._place.version)
            self._saved_at = time.monotonic()
        if self._stop.is_asked:
            os._exit(0)
        return False

    def _note(self, _number: int, _frame: Any) -> None:
        if not self._place.is_alone:
            os._exit(0)
        self._stop.is_asked = True
