"""The hyperparameters of linear learner, whose errors are the customer's here."""

from __future__ import annotations

from collections.abc import Mapping

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.vocabulary.hyperparameter_rules import InvalidHyperparameter
from sagewright.vocabulary.linear_learner_hyperparameters import (
    BINARY,
    LOSSES,
    MULTICLASS,
    REGRESSOR,
    SCHEMA,
    Hyperparameters,
    parse_hyperparameters,
)

__all__ = ["BINARY", "LOSSES", "MULTICLASS", "REGRESSOR", "SCHEMA", "Hyperparameters", "parse"]


def parse(given: Mapping[str, str]) -> Hyperparameters:
    """Return typed hyperparameters.

    Raises:
        CustomerError: One is missing, unknown, out of range, or does not go with the others.
    """
    try:
        return parse_hyperparameters(given)
    except InvalidHyperparameter as error:
        raise CustomerError(str(error)) from None
