"""The models that are trained side by side, and which settings each of them has."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sagewright.engine.algorithms.linear_learner.hyperparameters import BINARY, Hyperparameters

# What is tried where a hyperparameter is `auto`, the most promising first.
LEARNING_RATES = (0.05, 0.01, 0.2, 0.002)
WEIGHT_DECAYS = (0.0, 1e-4, 1e-3, 1e-2)
L1_PENALTIES = (0.0, 1e-4)
AUTO_MODELS = 32


@dataclass(frozen=True)
class Candidate:
    """The settings of one model.

    Attributes:
        learning_rate: None: the model is solved for, not descended to.
        positive_weight: `balanced`, or a factor.
    """

    learning_rate: float | None
    wd: float
    l1: float
    positive_weight: float | str = 1.0


def candidates(parameters: Hyperparameters) -> list[Candidate]:
    """Return the settings of the models to train: a grid over what is `auto`, cut to `num_models`."""
    rates = LEARNING_RATES if parameters.learning_rate is None else (parameters.learning_rate,)
    decays = WEIGHT_DECAYS if parameters.wd is None else (parameters.wd,)
    penalties = L1_PENALTIES if parameters.l1 is None else (parameters.l1,)
    weights: tuple[float | str, ...] = (1.0,)
    if parameters.predictor_type == BINARY:
        given = parameters.positive_example_weight_mult
        weights = (1.0, "balanced") if given is None else (given,)
    grid = [
        Candidate(rate, wd, l1, weight) for l1, wd, rate, weight in itertools.product(penalties, decays, rates, weights)
    ]
    return grid[: parameters.num_models or AUTO_MODELS]
