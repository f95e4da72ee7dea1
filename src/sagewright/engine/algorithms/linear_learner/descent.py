"""Mini-batch descent of many linear models at once.

Notation: `m` models, `k` outputs each (1 for regression and binary classification), `d` features, `b` rows of a batch.
Weights are `(d, m * k)`, so that one matrix product serves all models; biases are `(m * k,)`.

Adam is that of Kingma and Ba (2015); l1 is applied as a proximal step (soft threshold) after each update,
at the pace at which the optimizer moves the weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.collective import ALONE, Collective
from sagewright.engine.algorithms.linear_learner.candidates import Candidate
from sagewright.engine.algorithms.linear_learner.hyperparameters import Hyperparameters
from sagewright.engine.algorithms.linear_learner.losses import Loss

Floats = npt.NDArray[np.float32]
FINAL_RATE = 0.02  # of the first one, reached in the last epoch where the schedule is `auto`
LOWEST_RATE = 1e-5
TINY = np.float32(1e-8)
SEED = 0


@dataclass
class Models:
    """The weights of all models while they are trained."""

    weights: Floats  # (d, m * k)
    bias: Floats  # (m * k,)
    outputs: int

    def forward(self, rows: Floats) -> Floats:
        """Return the outputs for rows `(b, d)`: `(b, m)`, or `(b, m, k)` for several outputs."""
        z = rows @ self.weights + self.bias
        return np.asarray(z.reshape(len(rows), -1, self.outputs) if self.outputs > 1 else z, np.float32)

    def one(self, model: int) -> tuple[Floats, Floats]:
        """Return a copy of one model's weights `(k, d)` and biases `(k,)`."""
        columns = slice(model * self.outputs, (model + 1) * self.outputs)
        return self.weights[:, columns].T.copy(), self.bias[columns].copy()


def begin(parameters: Hyperparameters, models: int, outputs: int, d: int) -> Models:
    """Return models with random weights, the same for the same shapes."""
    random = np.random.default_rng(SEED)
    shape = (d, models * outputs)
    if parameters.init_method == "normal":
        weights = random.normal(0, parameters.init_sigma, shape)
    else:
        weights = random.uniform(-parameters.init_scale, parameters.init_scale, shape)
    bias = np.full(models * outputs, parameters.init_bias if parameters.use_bias else 0.0)
    return Models(weights.astype(np.float32), bias.astype(np.float32), outputs)


@dataclass
class Descent:
    """Trains models epoch by epoch.

    Args:
        row_weights: `(n, m)`, or `(n, 1)` where all models weigh the rows alike.
        hosts: Those that have rows; each step goes down the slope of a batch over all of them.
    """

    parameters: Hyperparameters
    settings: Sequence[Candidate]
    models: Models
    loss: Loss
    row_weights: Floats
    hosts: Collective = ALONE
    _step: int = 0
    _moments: list[Floats] = field(default_factory=list)
    _random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(SEED))

    def __post_init__(self) -> None:
        k = self.models.outputs
        self._n = int(self.hosts.sum(np.float64(len(self.row_weights)))[0])  # over all hosts
        per_column = {
            name: np.repeat([getattr(setting, name) for setting in self.settings], k).astype(np.float32)
            for name in ("learning_rate", "wd", "l1")
        }
        self._rates, self._decays, self._penalties = per_column.values()
        self._moments = [np.zeros_like(a) for a in (self.models.weights, self.models.bias) for _ in range(2)]

    def epoch(self, rows: Floats, labels: Floats) -> npt.NDArray[np.float64]:
        """Train on all rows once, in a new order; return each model's mean loss on the way, `(m,)`."""
        total, count = np.zeros(len(self.settings)), 0.0
        for chosen in self._batches(len(rows)):
            weights = self.row_weights[chosen]
            loss, slope = self.loss.compute(self.models.forward(rows[chosen]), labels[chosen])
            slope = slope * (weights if slope.ndim == 2 else weights[:, :, None])
            slope = slope.reshape(len(chosen), self.models.weights.shape[1]).astype(np.float32)
            losses, of_weights, of_bias, b = self.hosts.sum(
                (loss * weights).sum(axis=0), rows[chosen].T @ slope, slope.sum(axis=0), np.float64(len(chosen))
            )
            self._update(of_weights / np.float32(b), of_bias / np.float32(b))
            total += losses
            count += float(b)
        return total / count

    def _batches(self, n: int) -> Iterator[npt.NDArray[np.int64]]:
        order, size = self._random.permutation(n), self._size(self._n)
        if self.hosts.size > 1:  # as many steps as one host would make, each host giving its share to each
            yield from np.array_split(order, self._n // size)
            return
        for start in range(0, n - size + 1, size):
            yield order[start : start + size]

    def _size(self, n: int) -> int:
        return min(self.parameters.mini_batch_size, n)

    def _update(self, of_weights: Floats, of_bias: Floats) -> None:
        """Make a step, given the mean slopes of the batch."""
        p, models = self.parameters, self.models
        rate = self._rates * self._schedule(self._n)
        self._step += 1
        gradient = of_weights + self._decays * models.weights
        direction, pace = self._direction(gradient, 0)
        models.weights -= rate * direction
        if self._penalties.any():
            shrinkage = rate * pace * self._penalties
            models.weights[:] = np.sign(models.weights) * np.maximum(np.abs(models.weights) - shrinkage, 0)
        if p.use_bias:
            decay = self._decays * (p.bias_wd_mult or 0.0)
            gradient = of_bias + decay * models.bias
            models.bias -= rate * (p.bias_lr_mult or 1.0) * self._direction(gradient, 2)[0]

    def _direction(self, gradient: Floats, moment: int) -> tuple[Floats, Floats]:
        """Return the direction of the chosen optimizer, and what it multiplies gradients with on the way.

        Args:
            moment: Where the memory of these weights is kept.
        """
        p = self.parameters
        first, second = self._moments[moment], self._moments[moment + 1]
        if p.optimizer == "sgd":
            first *= p.momentum or 0.0
            first += gradient
            return first, np.ones_like(first)
        if p.optimizer == "rmsprop":
            _average(second, gradient**2, 0.9 if p.beta_2 is None else p.beta_2)
            pace = 1 / (np.sqrt(second) + TINY)
            return gradient * pace, pace
        beta_1, beta_2 = 0.9 if p.beta_1 is None else p.beta_1, 0.999 if p.beta_2 is None else p.beta_2
        _average(first, gradient, beta_1)
        _average(second, gradient**2, beta_2)
        pace = 1 / (np.sqrt(second / (1 - beta_2**self._step)) + TINY)
        return first / (1 - beta_1**self._step) * pace, pace

    def _schedule(self, n: int) -> Floats:
        """Return what the learning rates are multiplied with at this step, one for each column."""
        p = self.parameters
        if not p.use_lr_scheduler:
            return np.ones_like(self._rates)
        step = p.lr_scheduler_step or max(1, n // self._size(n))
        factor = p.lr_scheduler_factor or FINAL_RATE ** (1 / max(1, p.epochs - 1))
        lowest = LOWEST_RATE if p.lr_scheduler_minimum_lr is None else p.lr_scheduler_minimum_lr
        floor = np.minimum(lowest / self._rates, 1.0)
        return np.asarray(np.maximum(factor ** (self._step // step), floor), np.float32)


def _average(memory: Floats, value: Floats, beta: float) -> None:
    memory *= beta
    memory += (1 - beta) * value


def mean_losses(
    models: Models, loss: Loss, rows: Floats, labels: Floats, hosts: Collective = ALONE
) -> npt.NDArray[np.float64]:
    """Return each model's mean loss over the rows of all hosts, `(m,)`, a piece at a time."""
    piece = max(1, 4_000_000 // max(1, models.weights.shape[1]))
    total = np.zeros(models.weights.shape[1] // models.outputs)
    for start in range(0, len(rows), piece):
        part = slice(start, start + piece)
        total = total + loss.compute(models.forward(rows[part]), labels[part])[0].sum(axis=0)
    total, n = hosts.sum(total, np.float64(len(rows)))
    return np.asarray(total / n, np.float64)
