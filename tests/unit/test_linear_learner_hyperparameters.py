"""What linear learner takes, and what it says of what it does not take."""

from dataclasses import asdict

import pytest

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.linear_learner.candidates import candidates
from sagewright.engine.algorithms.linear_learner.hyperparameters import SCHEMA, Hyperparameters, parse

REGRESSOR = {"predictor_type": "regressor"}


def test_predictor_type_alone_is_enough_and_the_rest_has_defaults():
    assert parse(REGRESSOR) == Hyperparameters("regressor")
    assert parse(REGRESSOR).epochs == 15
    assert parse(REGRESSOR).mini_batch_size == 1000


def test_every_field_can_be_given():
    assert set(SCHEMA) == set(asdict(Hyperparameters("regressor")))


def test_strings_become_values():
    given = {
        "predictor_type": "multiclass_classifier",
        "num_classes": "4",
        "feature_dim": "auto",
        "use_bias": "False",
        "balance_multiclass_weights": "true",
        "learning_rate": "1e-3",
        "wd": "auto",
    }
    parameters = parse(given)
    assert (parameters.num_classes, parameters.feature_dim, parameters.use_bias) == (4, None, False)
    assert (parameters.balance_multiclass_weights, parameters.learning_rate, parameters.wd) == (True, 0.001, None)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "epochs",
            "-1",
            "'-1' is not valid under any of the given schemas: epochs must be a whole number of at least 1",
        ),
        ("epochs", "1.5", "'1.5' is not valid"),
        ("mini_batch_size", "0", "mini_batch_size must be a whole number of at least 1"),
        (
            "feature_dim",
            "abc",
            "'abc' is not valid under any of the given schemas: feature_dim must be 'auto' or a whole",
        ),
        ("learning_rate", "-0.1", "learning_rate must be 'auto' or a number greater than 0"),
        ("learning_rate", "nan", "'nan' is not valid"),
        ("momentum", "1", "momentum must be 'auto' or a number at least 0 and less than 1"),
        ("wd", "inf", "'inf' is not valid"),
        ("use_bias", "yes", "use_bias must be true or false"),
        ("init_method", "zeros", r"one of \['uniform', 'normal'\]"),
        ("loss", "logistic", "does not go with predictor_type 'regressor'"),
        ("positive_example_weight_mult", "heavy", "'balanced' or a number greater than 0"),
        (
            "mini_batch_siz",
            "10",
            r"Additional properties are not allowed \('mini_batch_siz' was unexpected; did you mean 'mini_batch_size'",
        ),
        ("xyzzy", "10", r"Additional properties are not allowed \('xyzzy' was unexpected\)"),
    ],
)
def test_what_is_wrong_is_told(name, text, message):
    with pytest.raises(CustomerError, match=message):
        parse({**REGRESSOR, name: text})


def test_predictor_type_is_required():
    with pytest.raises(CustomerError, match="'predictor_type' is a required property"):
        parse({"epochs": "3"})


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(CustomerError, match=r"epochs must be.*'predictor_type'|'predictor_type'.*epochs must be"):
        parse({"epochs": "0"})


@pytest.mark.parametrize("given", [{}, {"num_classes": "2"}])
def test_a_multiclass_classifier_needs_three_classes(given):
    with pytest.raises(CustomerError, match="num_classes"):
        parse({"predictor_type": "multiclass_classifier", **given})


def test_the_platforms_own_names_pass_and_a_tuned_job_trains_one_model():
    tuned = parse({**REGRESSOR, "_tuning_objective_metric": "validation:objective_loss", "num_models": "8"})
    assert len(candidates(tuned)) == 1


def test_candidates_cover_what_is_auto_and_nothing_else():
    assert len(candidates(parse(REGRESSOR))) == 32
    given = candidates(parse({**REGRESSOR, "learning_rate": "0.1", "l1": "0.5", "wd": "0.25"}))
    assert [(c.learning_rate, c.l1, c.wd) for c in given] == [(0.1, 0.5, 0.25)]
    assert len(candidates(parse({**REGRESSOR, "num_models": "5"}))) == 5
