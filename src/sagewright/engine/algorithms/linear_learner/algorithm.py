"""Training: many models side by side, the best one kept (`contract.md` 7.2.2)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.abc import Channel, CustomerError
from sagewright.engine.algorithms.collective import ALONE, Collective
from sagewright.engine.algorithms.linear_learner import descent, quality, scaling, solving
from sagewright.engine.algorithms.linear_learner.candidates import Candidate, candidates
from sagewright.engine.algorithms.linear_learner.hyperparameters import (
    BINARY,
    MULTICLASS,
    REGRESSOR,
    Hyperparameters,
    parse,
)
from sagewright.engine.algorithms.linear_learner.losses import Loss, loss_of
from sagewright.engine.algorithms.linear_learner.model import LinearModel, load
from sagewright.engine.algorithms.report import Report

Floats = npt.NDArray[np.float32]
MOST_CALIBRATED_ROWS = 100_000  # where num_calibration_samples is `auto`


class LinearLearner:
    """The built-in algorithm linear-learner."""

    name = "Linear Learner"
    label_size = 1
    channels = ("train", "validation", "test")

    def parse(self, given: Mapping[str, str]) -> Hyperparameters:
        return parse(given)

    def load(self, folder: Path) -> LinearModel:
        return load(folder)

    def train(
        self,
        parameters: Hyperparameters,
        channels: Mapping[str, Channel],
        report: Report,
        hosts: Collective = ALONE,
    ) -> LinearModel:
        """Train, select, and report on every channel."""
        train = channels["train"]
        for channel in channels.values():
            _check(channel, train, parameters)
        n = int(hosts.sum(np.float64(len(train.features)))[0])
        if n < parameters.mini_batch_size:
            raise CustomerError(
                f"mini_batch_size is {parameters.mini_batch_size}, but the training data have only {n} rows.\n"
                f"hint: set mini_batch_size to {n} or less."
            )
        training = _Training.of(parameters, train, channels.get("validation"), report, hosts)
        model = training.run()
        training.report_objective("train", train, model)
        for phase in ("validation", "test"):
            if phase in channels:
                training.report_objective(phase, channels[phase], model)
                _report_quality(phase, channels[phase], model, parameters, report, hosts)
        if "test" not in channels:
            report.info("Test data is not provided.")
        return model


def _check(channel: Channel, train: Channel, parameters: Hyperparameters) -> None:
    """Check that a channel's rows fit the hyperparameters and the training rows."""
    n, d = channel.features.shape
    expected = parameters.feature_dim or train.features.shape[1]
    if d != expected:
        raise CustomerError(
            f"cannot copy sequence with size {d} to array axis with dimension {expected}\n"
            f"hint: '{channel.source}' has {d} features beside its label, where "
            f"{'feature_dim is' if parameters.feature_dim else 'the training rows have'} {expected}."
        )
    if len(channel.labels) != n:
        raise CustomerError(f"'{channel.source}' has rows without a label.")
    _check_labels(channel, parameters)


def _check_labels(channel: Channel, parameters: Hyperparameters) -> None:
    labels, kind = channel.labels, parameters.predictor_type
    if kind == REGRESSOR:
        return
    classes = 2 if kind == BINARY else parameters.num_classes or 0
    wrong = np.flatnonzero((labels < 0) | (labels >= classes) | (labels != np.floor(labels)))
    if len(wrong):
        what = "0 or 1" if kind == BINARY else f"whole numbers from 0 to {classes - 1}"
        raise CustomerError(
            f"'{channel.source}', row {wrong[0] + 1}: the label {labels[wrong[0]]:g} is none of a {kind}'s, "
            f"which are {what}.\nhint: the label is the first column."
        )


@dataclass
class _Best:
    """Each model as it was in its best epoch."""

    losses: npt.NDArray[np.float64]
    models: descent.Models

    def update(self, losses: npt.NDArray[np.float64], models: descent.Models) -> None:
        better = np.repeat(losses < self.losses, models.outputs)
        self.models.weights[:, better] = models.weights[:, better]
        self.models.bias[better] = models.bias[better]
        self.losses = np.minimum(losses, self.losses)


@dataclass
class _Training:
    """One run: scaled rows, the models, and what has been reached."""

    parameters: Hyperparameters
    report: Report
    loss: Loss
    settings: Sequence[Candidate]
    features: scaling.Scaling
    label: scaling.Scaling
    rows: Floats
    labels: Floats
    validation: tuple[Floats, Floats] | None
    outputs: int
    hosts: Collective
    row_weights: Floats = field(init=False)

    @classmethod
    def of(
        cls,
        parameters: Hyperparameters,
        train: Channel,
        validation: Channel | None,
        report: Report,
        hosts: Collective,
    ) -> _Training:
        most = parameters.num_point_for_scaler
        first = slice(0, most if most is None else -(-most // hosts.size))
        features = scaling.fit(
            train.features[first], hosts, centre=parameters.unbias_data is not False, scale=parameters.normalize_data
        )
        regression = parameters.predictor_type == REGRESSOR
        label = scaling.fit(
            train.labels[first, None],
            hosts,
            centre=regression and parameters.unbias_label is not False and parameters.use_bias,
            scale=regression and parameters.normalize_label is not False,
        )
        if not parameters.use_bias:
            features = replace(features, mean=np.zeros_like(features.mean))  # no bias could take up the centre

        def scaled(channel: Channel) -> tuple[Floats, Floats]:
            return features.apply(channel.features), label.apply(channel.labels[:, None])[:, 0]

        return cls(
            parameters,
            report,
            loss_of(parameters),
            candidates(parameters),
            features,
            label,
            *scaled(train),
            scaled(validation) if validation is not None else None,
            parameters.num_classes or 1 if parameters.predictor_type == MULTICLASS else 1,
            hosts,
        )

    def __post_init__(self) -> None:
        self.row_weights = self._row_weights()

    def run(self) -> LinearModel:
        """Train all models, and return the best one."""
        models = descent.begin(self.parameters, len(self.settings), self.outputs, self.rows.shape[1])
        work = descent.Descent(self.parameters, self.settings, models, self.loss, self.row_weights, self.hosts)
        best = _Best(
            np.full(len(self.settings), np.inf), replace(models, weights=models.weights.copy(), bias=models.bias.copy())
        )
        # The models diverge where a learning rate is too large for the data: those lose.
        with np.errstate(over="ignore", invalid="ignore"):
            self._descend(work, models, best)
        if not np.isfinite(best.losses).any():
            raise CustomerError("The loss became infinite.\nhint: choose a smaller learning_rate.")
        found = [(best.models.one(number), setting) for number, setting in enumerate(self.settings)]
        solved = list(self._solve())
        # Without rows held out, the training rows would choose whichever model is penalised least.
        return self._select(solved if solved and self.validation is None else [*found, *solved])

    def _descend(self, work: descent.Descent, models: descent.Models, best: _Best) -> None:
        reached, waited = np.inf, 0
        for epoch in range(self.parameters.epochs):
            started_at = time.time()
            train = work.epoch(self.rows, self.labels)
            losses = train
            if self.validation is not None:
                losses = descent.mean_losses(models, self.loss, *self.validation, self.hosts)
            losses = np.where(np.isfinite(losses), losses, np.inf)
            best.update(losses, models)
            value = float(losses.min())
            # Both are infinite while every model diverges: that is no progress either.
            improved = value < reached * (1 - self.parameters.early_stopping_tolerance)
            reached, waited = (value, 0) if improved else (reached, waited + 1)
            self._report_epoch(epoch, train, losses, started_at, improved=improved)
            if waited >= self.parameters.early_stopping_patience:
                self.report.info(f"Early stop condition met. Stopping training after {epoch + 1} epochs.")
                return

    def _report_epoch(
        self,
        epoch: int,
        train: npt.NDArray[np.float64],
        losses: npt.NDArray[np.float64],
        started_at: float,
        *,
        improved: bool,
    ) -> None:
        number = int(losses.argmin())
        name = f"{self.loss.name}_objective"
        where = {"Operation": "training", "epoch": str(epoch), "model": str(number)}
        self.report.metrics(started_at, where, {f"train_{name}": float(train[number])})
        self.report.quality("train", name, float(train[number]), "loss", epoch)
        if self.validation is not None:
            self.report.quality("validation", name, float(losses[number]), "loss", epoch)
        self.report.criterion(epoch, name, float(losses[number]))
        if improved:
            self.report.info(f"Epoch {epoch}: Loss improved. Updating best model")
        self.report.progress(epoch + 1, self.parameters.epochs)
        self.report.throughput(len(self.rows), time.time() - started_at)

    # Selection --------------------------------------------------------------------------------------------------------

    def _select(self, found: Sequence[tuple[tuple[Floats, Floats], Candidate]]) -> LinearModel:
        """Return the model that does best on the validation rows, or on a sample of the training rows."""
        rows, labels = self.validation or (self.rows, self.labels)
        most = self.parameters.num_calibration_samples or MOST_CALIBRATED_ROWS
        here = -(-most // self.hosts.size)
        rows, labels = rows[:here], labels[:here]
        judged = [self._judge(weights, bias, rows, labels) for (weights, bias), _ in found]
        best = max(range(len(found)), key=lambda number: judged[number][0])
        self.report.info(f"Best model found for hyperparameters: {asdict(found[best][1])}")
        weights, bias = scaling.unscaled(*found[best][0], self.features, self.label)
        is_margin = self.parameters.loss == "hinge_loss"
        return LinearModel(self.parameters.predictor_type, weights, bias, judged[best][1], is_margin)

    def _judge(self, weights: Floats, bias: Floats, rows: Floats, labels: Floats) -> tuple[tuple[float, float], float]:
        """Return how good a model is (the larger the better; ties are broken by the loss), and its threshold."""
        models = descent.Models(np.ascontiguousarray(weights.T), bias, self.outputs)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = float(descent.mean_losses(models, self.loss, rows, labels, self.hosts)[0])
        if not np.isfinite(loss):
            return (-np.inf, -np.inf), 0.5
        if self.parameters.predictor_type != BINARY:
            return (-loss, -loss), 0.5
        is_margin = self.parameters.loss == "hinge_loss"
        scaled = LinearModel(BINARY, weights.astype(np.float64), bias.astype(np.float64), is_margin=is_margin)
        default = 0.0 if is_margin else 0.5
        scores, truth = self.hosts.join(scaled.scores(rows)), self.hosts.join(labels)
        found = quality.calibrate(scores, truth, self.parameters, default)
        return (found.value, -loss), found.threshold

    def report_objective(self, phase: str, channel: Channel, model: LinearModel) -> None:
        """Report the objective of the finished model, in the units of training (standardised labels)."""
        weights = (model.weights / self.label.deviation).astype(np.float64)
        bias = (model.bias - self.label.mean) / self.label.deviation
        labels = self.label.apply(channel.labels[:, None])[:, 0]
        models = descent.Models(np.ascontiguousarray(weights.T), bias, self.outputs)  # type: ignore[arg-type]
        loss = float(descent.mean_losses(models, self.loss, channel.features, labels, self.hosts)[0])
        self.report.quality(phase, f"{self.loss.name}_objective", loss, "loss")

    def _solve(self) -> Iterator[tuple[tuple[Floats, Floats], Candidate]]:
        """Yield models that are solved for, where that is possible, with their settings."""
        p, d = self.parameters, self.rows.shape[1]
        n = int(self.hosts.sum(np.float64(len(self.rows)))[0])
        if not solving.is_solvable(p, self.loss, n, d, self.outputs):
            return
        for setting, number in solving.settings_of(p, self.settings, n, is_validated=self.validation is not None):
            row_weights = self.row_weights[:, number if self.row_weights.shape[1] > 1 else 0]
            weights, bias = solving.solve(
                self.rows,
                self.labels,
                row_weights,
                self.loss,
                setting.wd,
                self.outputs,
                self.hosts,
                use_bias=p.use_bias,
            )
            yield (weights.astype(np.float32), bias.astype(np.float32)), setting

    def _row_weights(self) -> Floats:
        """Return how much each row weighs for each model, `(n, m)` or `(n, 1)`."""
        n, kind = len(self.labels), self.parameters.predictor_type
        if kind == MULTICLASS and self.parameters.balance_multiclass_weights:
            classes = self.labels.astype(np.int64)
            counts, total = self.hosts.sum(np.bincount(classes, minlength=self.outputs), np.float64(n))
            weights = total / (np.count_nonzero(counts) * counts[classes])
            return np.asarray(weights[:, None], np.float32)
        given = [setting.positive_weight for setting in self.settings]
        if kind != BINARY or set(given) == {1.0}:
            return np.ones((n, 1), np.float32)
        positive = self.labels == 1
        negatives, positives = self.hosts.sum(np.float64((~positive).sum()), np.float64(positive.sum()))
        balanced = float(negatives / max(1, positives))
        factors = np.array([balanced if weight == "balanced" else weight for weight in given], np.float32)
        return np.where(positive[:, None], factors[None], np.float32(1.0)).astype(np.float32)


def _report_quality(
    phase: str,
    channel: Channel,
    model: LinearModel,
    parameters: Hyperparameters,
    report: Report,
    hosts: Collective,
) -> None:
    scores = hosts.join(model.scores(channel.features.astype(np.float64)))
    labels = hosts.join(channel.labels)
    if parameters.predictor_type == REGRESSOR:
        metrics = quality.of_regression(scores, labels)
    elif parameters.predictor_type == BINARY:
        metrics = quality.of_binary(scores, labels, model.threshold, parameters.f_beta)
    else:
        metrics = quality.of_multiclass(scores, labels, parameters.accuracy_top_k, parameters.f_beta)
    for name, value, kind in metrics:
        report.quality(phase, name, value, kind)
        report.info(f"#{phase}_score ({report.host}) : ('{name}', {value!r})")
