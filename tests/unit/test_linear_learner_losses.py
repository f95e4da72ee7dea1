"""Losses against their gradients, and the solver against them."""

import numpy as np
import pytest

from sagewright.engine.algorithms.linear_learner import solving
from sagewright.engine.algorithms.linear_learner.hyperparameters import LOSSES, parse
from sagewright.engine.algorithms.linear_learner.losses import loss_of

ALL = [(kind, name) for kind, names in LOSSES.items() for name in names]
WITH_CORNERS = {"hinge_loss", "absolute_loss", "eps_insensitive_absolute_loss", "quantile_loss"}
SMOOTH = [(kind, name) for kind, name in ALL if name not in WITH_CORNERS]


def loss_and_data(kind, name, n=40):
    random = np.random.default_rng(3)
    loss = loss_of(parse({"predictor_type": kind, "loss": name, "num_classes": "3", "quantile": "0.3"}))
    if kind == "regressor":
        return loss, random.normal(size=(n, 2)), random.normal(size=n)
    if kind == "binary_classifier":
        return loss, random.normal(size=(n, 2)), random.integers(0, 2, n).astype(float)
    return loss, random.normal(size=(n, 2, 3)), random.integers(0, 3, n).astype(float)


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_gradient_is_that_of_its_loss(kind, name):
    loss, z, labels = loss_and_data(kind, name)
    gradient = loss.compute(z.copy(), labels)[1].copy()
    for index in np.ndindex(*z.shape[1:]):
        column = (slice(None), *index)
        step = np.zeros_like(z)
        step[column] = 1e-6
        up, down = loss.compute(z + step, labels)[0], loss.compute(z - step, labels)[0]
        numeric = (up - down)[:, index[0]] / 2e-6
        np.testing.assert_allclose(gradient[column], numeric, atol=1e-5)


@pytest.mark.parametrize(("kind", "name"), SMOOTH)
def test_losses_that_say_they_are_smooth_are_solved_to_a_flat_point(kind, name):
    loss, _, labels = loss_and_data(kind, name, n=60)
    assert loss.is_smooth
    rows = np.random.default_rng(5).normal(size=(60, 4)).astype(np.float32)
    k = 3 if kind == "multiclass_classifier" else 1
    ones = np.ones(60, np.float32)
    weights, bias = solving.solve(rows, labels.astype(np.float32), ones, loss, 0.1, k, use_bias=True)
    z = rows @ weights.T + bias
    slope = loss.compute(z[:, None] if k > 1 else z, labels)[1].reshape(60, k)
    np.testing.assert_allclose(rows.T @ slope / 60 + 0.1 * weights.T, 0, atol=2e-5)
    np.testing.assert_allclose(slope.mean(axis=0), 0, atol=2e-5)
