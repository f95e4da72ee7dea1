"""Losses and their gradients.

Notation: `z` are the outputs of several models, `(b, m)` for one output per model (regression, binary) or `(b, m, k)`
for `k` classes; `y` are the `b` labels. A loss is per row and model, `(b, m)`; its gradient, by `z`, has the
shape of `z`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.linear_learner.hyperparameters import BINARY, MULTICLASS, Hyperparameters

Floats = npt.NDArray[np.floating]
Compute = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Loss:
    """A loss function.

    Attributes:
        name: As it is printed, without `_objective`.
        compute: `(z, y) -> (loss, gradient)`.
        is_smooth: Its gradient has no jumps.
    """

    name: str
    compute: Compute
    is_smooth: bool = False

    @property
    def is_squared(self) -> bool:
        return self.compute is _squared


def loss_of(parameters: Hyperparameters) -> Loss:
    """Return the loss that hyperparameters ask for."""
    name = parameters.loss
    if parameters.predictor_type == BINARY:
        if name == "hinge_loss":
            return Loss("hinge_loss", lambda z, y: _hinge(z, y, parameters.margin))
        return Loss("binary_classification_cross_entropy", _logistic, is_smooth=True)
    if parameters.predictor_type == MULTICLASS:
        return Loss("multiclass_cross_entropy", _softmax, is_smooth=True)
    eps, delta, quantile = parameters.loss_insensitivity, parameters.huber_delta, parameters.quantile
    return {
        None: Loss("mse", _squared, is_smooth=True),
        "squared_loss": Loss("mse", _squared, is_smooth=True),
        "absolute_loss": Loss("absolute_loss", lambda z, y: _eps_absolute(z, y, 0.0)),
        "eps_insensitive_squared_loss": Loss(
            "eps_insensitive_squared_loss", lambda z, y: _eps_squared(z, y, eps), True
        ),
        "eps_insensitive_absolute_loss": Loss("eps_insensitive_absolute_loss", lambda z, y: _eps_absolute(z, y, eps)),
        "quantile_loss": Loss("quantile_loss", lambda z, y: _quantile(z, y, quantile)),
        "huber_loss": Loss("huber_loss", lambda z, y: _huber(z, y, delta), True),
    }[name]


def _squared(z: Floats, y: Floats) -> tuple[Floats, Floats]:
    residual = z - y[:, None]
    return residual**2, 2 * residual


def _eps_absolute(z: Floats, y: Floats, eps: float) -> tuple[Floats, Floats]:
    residual = z - y[:, None]
    excess = np.maximum(np.abs(residual) - eps, 0)
    return excess, np.sign(residual) * (excess > 0)


def _eps_squared(z: Floats, y: Floats, eps: float) -> tuple[Floats, Floats]:
    residual = z - y[:, None]
    excess = np.maximum(np.abs(residual) - eps, 0)
    return excess**2, 2 * np.sign(residual) * excess


def _quantile(z: Floats, y: Floats, q: float) -> tuple[Floats, Floats]:
    residual = y[:, None] - z
    return np.maximum(q * residual, (q - 1) * residual), np.where(residual > 0, -q, 1 - q)


def _huber(z: Floats, y: Floats, delta: float) -> tuple[Floats, Floats]:
    residual = z - y[:, None]
    size = np.abs(residual)
    loss = np.where(size <= delta, 0.5 * residual**2, delta * (size - 0.5 * delta))
    return loss, np.clip(residual, -delta, delta)


def _logistic(z: Floats, y: Floats) -> tuple[Floats, Floats]:
    return np.logaddexp(0, z) - y[:, None] * z, sigmoid(z) - y[:, None]


def _hinge(z: Floats, y: Floats, margin: float) -> tuple[Floats, Floats]:
    sign = 2 * y[:, None] - 1
    excess = np.maximum(margin - sign * z, 0)
    return excess, -sign * (excess > 0)


def _softmax(z: Floats, y: Floats) -> tuple[Floats, Floats]:
    probabilities = softmax(z)
    rows = np.arange(len(z))
    classes = y.astype(np.int64)
    own = probabilities[rows, :, classes]
    gradient = probabilities
    gradient[rows, :, classes] -= 1
    return -np.log(np.maximum(own, np.finfo(own.dtype).tiny)), gradient


def sigmoid(z: Floats) -> Floats:
    """Return 1 / (1 + exp(-z)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * z)))


def softmax(z: Floats) -> Floats:
    """Return the softmax over the last axis."""
    shifted = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
