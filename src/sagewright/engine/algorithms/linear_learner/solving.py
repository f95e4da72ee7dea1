"""Minimising the loss itself, without mini-batches, where the data are small and the loss is smooth.

Few rows make few steps, and a descent of 15 epochs ends far from the best weights. Squared loss has a closed solution;
the other smooth losses are minimised by L-BFGS (Nocedal and Wright, 2006, algorithm 7.5) on all rows at once.

Notation as in `descent.py`, for one model: `n` rows, `d` features, `k` outputs; the objective is the mean weighted loss
plus `wd / 2` times the squared weights. The bias is not penalised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.collective import ALONE, Collective
from sagewright.engine.algorithms.linear_learner.candidates import WEIGHT_DECAYS, Candidate
from sagewright.engine.algorithms.linear_learner.hyperparameters import REGRESSOR, Hyperparameters
from sagewright.engine.algorithms.linear_learner.losses import Loss

Floats = npt.NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

MOST_FEATURES = 2000  # of the closed solution, which is cubic in them
MOST_PRODUCTS = 20_000_000  # n * d * k of L-BFGS: one evaluation takes some ten milliseconds
MOST_ITERATIONS = 200
MEMORY = 10  # pairs of L-BFGS
SMALL_GRADIENT = 1e-5


def is_solvable(parameters: Hyperparameters, loss: Loss, n: int, d: int, k: int) -> bool:
    """Tell whether the weights can be solved for, and nothing is said about how to descend to them."""
    p = parameters
    descent = (p.optimizer, p.learning_rate, p.momentum, p.beta_1, p.beta_2, p.bias_lr_mult, p.bias_wd_mult)
    if any(setting is not None for setting in descent) or p.l1:
        return False
    return d <= MOST_FEATURES if loss.is_squared else loss.is_smooth and n * d * k <= MOST_PRODUCTS


def settings_of(
    parameters: Hyperparameters, descended: Sequence[Candidate], n: int, *, is_validated: bool
) -> list[tuple[Candidate, int]]:
    """Return the models to solve for, each with the number of a descended model that weighs the rows alike.

    Where `wd` is `auto` and rows are held out, they choose; otherwise regression is not penalised, and classification,
    whose weights may grow without end, as if each weight were known to be of about 1: `wd = 1 / n`.
    """
    decays: tuple[float, ...] = (parameters.wd,) if parameters.wd is not None else ()
    if not decays:
        prior = 0.0 if parameters.predictor_type == REGRESSOR else 1 / n
        decays = (prior, *(wd for wd in WEIGHT_DECAYS if wd > 0)) if is_validated else (prior,)
    weights = {setting.positive_weight: number for number, setting in enumerate(descended)}
    return [
        (replace(descended[number], learning_rate=None, wd=wd, l1=0.0), number)
        for wd in decays
        for number in weights.values()
    ]


def solve(
    rows: npt.NDArray[np.float32],
    labels: npt.NDArray[np.float32],
    row_weights: npt.NDArray[np.float32],
    loss: Loss,
    wd: float,
    outputs: int,
    hosts: Collective = ALONE,
    *,
    use_bias: bool,
) -> tuple[Floats, Floats]:
    """Return the best weights `(k, d)` and biases `(k,)` for the rows of all hosts, on every host.

    Args:
        row_weights: `(n,)`; squared loss takes them as 1.
    """
    wide = rows.astype(np.float64)
    if loss.is_squared:
        return _solve_squared(wide, labels.astype(np.float64), wd, hosts, use_bias=use_bias)
    objective = _objective(wide, labels, row_weights.astype(np.float64), loss, wd, outputs, hosts, use_bias=use_bias)
    found = _minimise_together(objective, outputs * (rows.shape[1] + 1), hosts).reshape(-1, outputs)
    return found[:-1].T, found[-1]


def _solve_squared(
    rows: Floats, labels: Floats, wd: float, hosts: Collective, *, use_bias: bool
) -> tuple[Floats, Floats]:
    total, label_total, n = hosts.sum(rows.sum(axis=0), np.float64(labels.sum()), np.float64(len(rows)))
    mean = total / n if use_bias else np.zeros(rows.shape[1])
    label_mean = float(label_total / n) if use_bias else 0.0
    centred = rows - mean
    gram, moment = hosts.sum(centred.T @ centred, centred.T @ (labels - label_mean))
    gram = gram / n + wd / 2 * np.eye(rows.shape[1])
    weights = hosts.agree(np.linalg.lstsq(gram, moment / n, rcond=None)[0])
    return weights[None], np.array([label_mean - float(weights @ mean)])


def _objective(
    rows: Floats,
    labels: npt.NDArray[np.float32],
    row_weights: Floats,
    loss: Loss,
    wd: float,
    outputs: int,
    hosts: Collective,
    *,
    use_bias: bool,
) -> Objective:
    """Return the function of all weights in one vector: `(d + 1, k)`, the last row the biases."""
    n = float(hosts.sum(np.float64(len(rows)))[0])

    def evaluate(point: Floats) -> tuple[float, Floats]:
        weights, bias = point.reshape(-1, outputs)[:-1], point.reshape(-1, outputs)[-1]
        z = rows @ weights + bias
        values, slope = loss.compute(z[:, None] if outputs > 1 else z, labels)
        slope = slope.reshape(len(rows), outputs) * (row_weights[:, None] / n)
        value, of_weights, of_bias = hosts.sum(row_weights @ values[:, 0] / n, rows.T @ slope, slope.sum(axis=0))
        gradient = np.vstack([of_weights + wd * weights, of_bias if use_bias else np.zeros(outputs)])
        return float(value + wd / 2 * (weights**2).sum()), gradient.ravel()

    return evaluate


def _minimise_together(objective: Objective, size: int, hosts: Collective) -> Floats:
    """Let the first host lead: the others evaluate where it does, so that none can take another turn than it."""
    if hosts.size == 1:
        return _minimise(objective, np.zeros(size))
    if hosts.rank:
        while True:
            told = hosts.agree(np.zeros(size + 1))
            if not told[0]:
                return told[1:]
            objective(told[1:])

    def led(point: Floats) -> tuple[float, Floats]:
        hosts.agree(np.append(1.0, point))
        return objective(point)

    found = _minimise(led, np.zeros(size))
    hosts.agree(np.append(0.0, found))
    return found


def _minimise(objective: Objective, point: Floats) -> Floats:
    """Return where a convex function is least, by L-BFGS with a backtracking line search."""
    value, gradient = objective(point)
    pairs: list[tuple[Floats, Floats]] = []
    for _ in range(MOST_ITERATIONS):
        if np.abs(gradient).max() < SMALL_GRADIENT:
            break
        direction = _direction(gradient, pairs)
        slope = float(gradient @ direction)
        step = 1.0 if pairs else 1 / max(1.0, float(np.linalg.norm(gradient)))
        while True:
            moved = step * direction
            new_value, new_gradient = objective(point + moved)
            if new_value <= value + 1e-4 * step * slope:
                break
            step /= 2
            if step < 1e-10:
                return point
        change = new_gradient - gradient
        if moved @ change > 1e-12 * (change @ change):  # else the pair would spoil the curvature
            pairs = [*pairs[1 - MEMORY :], (moved, change)]
        point, value, gradient = point + moved, new_value, new_gradient
    return point


def _direction(gradient: Floats, pairs: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Return minus the inverse Hessian, as the pairs know it, times the gradient (the two-loop recursion)."""
    direction = -gradient
    shares = []
    for moved, change in reversed(pairs):
        share = (moved @ direction) / (moved @ change)
        shares.append(share)
        direction = direction - share * change
    if pairs:
        moved, change = pairs[-1]
        direction = direction * ((moved @ change) / (change @ change))
    for (moved, change), share in zip(pairs, reversed(shares), strict=True):
        direction = direction + moved * (share - (change @ direction) / (moved @ change))
    return direction
