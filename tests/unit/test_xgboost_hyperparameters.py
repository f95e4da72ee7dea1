"""The hyperparameters of XGBoost: read, checked in the container's words, with hints for people."""

import pytest

from sagewright.vocabulary.hyperparameter_rules import InvalidHyperparameter
from sagewright.vocabulary.xgboost import METRIC_DEFINITIONS, RULES, parse_hyperparameters


def refused(**given):
    with pytest.raises(InvalidHyperparameter) as caught:
        parse_hyperparameters({"num_round": "10", **given})
    return str(caught.value)


def test_values_get_their_types():
    given = {
        "num_round": "10",
        "learning_rate": "0.2",
        "reg_lambda": "1",
        "eval_metric": "auc, error@0.7",
        "objective": '"binary:logistic"',
        "tree_method": "hist",
        "monotone_constraints": "(1, -1)",
        "interaction_constraints": "[[1, 2], [3, 4]]",
        "_tuning_objective_metric": "validation:auc",
    }
    assert parse_hyperparameters(given) == {
        "num_round": 10,
        "eta": 0.2,
        "lambda": 1.0,
        "eval_metric": ["auc", "error@0.7"],
        "objective": "binary:logistic",
        "tree_method": "hist",
        "monotone_constraints": (1, -1),
        "interaction_constraints": [[1, 2], [3, 4]],
        "_tuning_objective_metric": "validation:auc",
    }


def test_num_round_is_required():
    with pytest.raises(InvalidHyperparameter, match="^Missing required hyperparameter: num_round$"):
        parse_hyperparameters({"eta": "0.1"})


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"max_dept": "3"}, "Extraneous hyperparameter found: max_dept\nhint: did you mean `max_depth`?"),
        ({"learning_rat": "3"}, "Extraneous hyperparameter found: learning_rat\nhint: did you mean `learning_rate`?"),
        ({"zzz": "3"}, "Extraneous hyperparameter found: zzz"),
        ({"eta": "1.5"}, "Hyperparameter eta: 1.5 is not in [0, 1]"),
        ({"eta": "nan"}, "Hyperparameter eta: nan is not in [0, 1]"),
        ({"subsample": "0"}, "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        ({"num_round": "0"}, "Hyperparameter num_round: 0 is not in [1, +inf)"),
        ({"prob_buffer_row": "1"}, "Hyperparameter prob_buffer_row: 1 is not in (1.0, +inf)"),
        ({"booster": "gbtre"}, "Hyperparameter booster: gbtre is not in ['gbtree', 'gblinear', 'dart']\nhint: did you"),
        ({"max_depth": "5.5"}, "Hyperparameter max_depth: could not parse value (caused by ValueError)\nhint: '5.5'"),
        ({"monotone_constraints": "f()"}, "Hyperparameter monotone_constraints: could not parse value"),
        (
            {"monotone_constraints": "(2,)", "tree_method": "hist"},
            "Hyperparameter monotone_constraints: value (2,) not in range [-1, 0, 1]",
        ),
        ({"monotone_constraints": "(1,)"}, "monotone_constraints can be used only when the tree_method parameter is"),
        ({"interaction_constraints": "[[1]]"}, "interaction_constraints can be used only when the tree_method"),
        ({"objective": "multi:softmax"}, "Require input for parameter 'num_class' for multi-classification"),
        ({"eval_metric": "auc"}, "Metric 'auc' can only be applied for classification and ranking problems."),
        ({"eval_metric": "aft-nloglik"}, "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective."),
        ({"eval_metric": "rmse@1"}, "Metric 'rmse@1' is not supported. Parameter 'eval_metric' with customized"),
        ({"eval_metric": "error@x"}, "Threshold value 't' in 'error@t' expects float input."),
        ({"eval_metric": "rmse,x"}, "Hyperparameter eval_metric: value ['rmse', 'x'] not in range ['accuracy', 'auc',"),
        ({"booster": "gblinear", "updater": "prune"}, "Linear updater should be one of these options: 'shotgun', "),
        ({"updater": "shotgun"}, "Tree updater should be selected from these options:"),
        ({"updater": "grow_colmaker,grow_histmaker"}, "Only one tree grow plugin can be selected."),
        ({"process_type": "update", "updater": "sync"}, "process_type 'update' can only be used with updater"),
        ({"_tuning_objective_metric": "train:auc"}, "Hyperparameter _tuning_objective_metric: train:auc is not in"),
    ],
)
def test_errors_are_the_containers(given, text):
    assert refused(**given).startswith(text)


def test_every_rule_and_metric_is_named_once():
    names = [item["Name"] for item in METRIC_DEFINITIONS]
    assert len(names) == len(set(names)) == 66
    assert len(RULES) == 54


@pytest.mark.parametrize(("given", "verbosity"), [({"silent": "0"}, None), ({"silent": "1"}, 0)])
def test_old_scripts_say_silent(given, verbosity):
    values = parse_hyperparameters({"num_round": "1", **given})
    assert ("silent" in values, values.get("verbosity")) == (False, verbosity)
