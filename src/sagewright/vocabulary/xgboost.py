"""What the service knows of the built-in algorithm XGBoost (`contract.md` 7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.vocabulary.hyperparameter_rules import Interval, InvalidHyperparameter, Rule, Words
from sagewright.vocabulary.hyperparameter_rules import parse as parse_by_rules

REPOSITORIES = ("sagemaker-xgboost", "xgboost")  # the second is the legacy image, version 1
DEFAULT_OBJECTIVE = "reg:squarederror"

OBJECTIVES = (
    "aft_loss_distribution",
    "binary:logistic",
    "binary:logitraw",
    "binary:hinge",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
    "reg:linear",
    "reg:squarederror",
    "reg:logistic",
    "reg:gamma",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
    "reg:absoluteerror",
    "reg:tweedie",
    "survival:aft",
    "survival:cox",
)

MAXIMISED_METRICS = (
    "accuracy",
    "auc",
    "aucpr",
    "balanced_accuracy",
    "f1",
    "f1_binary",
    "f1_macro",
    "map",
    "ndcg",
    "precision",
    "r2",
    "recall",
    "precision_macro",
    "precision_micro",
    "recall_macro",
    "recall_micro",
)
MINIMISED_METRICS = (
    "aft-nloglik",
    "cox-nloglik",
    "error",
    "gamma-deviance",
    "gamma-nloglik",
    "interval-regression-accuracy",
    "logloss",
    "mae",
    "mape",
    "merror",
    "mlogloss",
    "mphe",
    "mse",
    "poisson-nloglik",
    "rmse",
    "rmsle",
    "tweedie-nloglik",
)
METRICS = (*MAXIMISED_METRICS, *MINIMISED_METRICS)
_WITH_THRESHOLD = ("error", "ndcg", "map")

METRIC_DEFINITIONS: Sequence[Mapping[str, str]] = [
    {"Name": f"{phase}:{name}", "Regex": rf".*\[[0-9]+\].*#011{phase}-{name}:(\S+)"}
    for phase in ("train", "validation")
    for name in METRICS
]

CONTENT_TYPES: Mapping[str, str] = {
    "csv": "csv",
    "libsvm": "libsvm",
    "parquet": "parquet",
    "recordio-protobuf": "recordio-protobuf",
    "text/csv": "csv",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "application/x-parquet": "parquet",
    "application/x-recordio-protobuf": "recordio-protobuf",
}

_TREE_UPDATERS = ("grow_colmaker", "distcol", "grow_histmaker", "grow_skmaker", "sync", "refresh", "prune")
_GROWERS = ("grow_colmaker", "distcol", "grow_histmaker")
_LINEAR_UPDATERS = ("shotgun", "coord_descent")

_COUNT, _FROM_ZERO = Interval(1), Interval(0)
_UNIT, _FRACTION, _SWITCH = Interval(0, 1), Interval(0, 1, is_low_open=True), Interval(0, 1)
_TRUTH = Words(("true", "false"))

RULES: Mapping[str, Rule] = {
    "num_round": Rule("integer", _COUNT, is_required=True),
    "csv_weights": Rule("integer", _SWITCH),
    "early_stopping_rounds": Rule("integer", _COUNT),
    "booster": Rule("categorical", Words(("gbtree", "gblinear", "dart"))),
    "verbosity": Rule("integer", Interval(0, 3)),
    "silent": Rule("integer", Interval(0, 1)),  # what verbosity was to the containers before 1.2
    "nthread": Rule("integer", _COUNT),
    "eta": Rule("continuous", _UNIT),
    "gamma": Rule("continuous", _FROM_ZERO),
    "max_depth": Rule("integer", _FROM_ZERO),
    "min_child_weight": Rule("continuous", _FROM_ZERO),
    "max_delta_step": Rule("continuous", _FROM_ZERO),
    "subsample": Rule("continuous", _FRACTION),
    "colsample_bytree": Rule("continuous", _FRACTION),
    "colsample_bylevel": Rule("continuous", _FRACTION),
    "colsample_bynode": Rule("continuous", _FRACTION),
    "lambda": Rule("continuous", _FROM_ZERO),
    "alpha": Rule("continuous", _FROM_ZERO),
    "tree_method": Rule("categorical", Words(("auto", "exact", "approx", "hist", "gpu_hist"))),
    "sketch_eps": Rule("continuous", Interval(0, 1, is_low_open=True, is_high_open=True)),
    "scale_pos_weight": Rule("continuous", Interval(0, is_low_open=True)),
    "updater": Rule("list", Words((*_TREE_UPDATERS, *_LINEAR_UPDATERS))),
    "dsplit": Rule("categorical", Words(("row", "col"))),
    "refresh_leaf": Rule("integer", _SWITCH),
    "process_type": Rule("categorical", Words(("default", "update"))),
    "grow_policy": Rule("categorical", Words(("depthwise", "lossguide"))),
    "max_leaves": Rule("integer", _FROM_ZERO),
    "max_bin": Rule("integer", _FROM_ZERO),
    "predictor": Rule("categorical", Words(("auto", "cpu_predictor", "gpu_predictor"))),
    "monotone_constraints": Rule("tuple", Words((-1, 0, 1))),
    "interaction_constraints": Rule("nested", _COUNT),
    "sample_type": Rule("categorical", Words(("uniform", "weighted"))),
    "normalize_type": Rule("categorical", Words(("tree", "forest"))),
    "rate_drop": Rule("continuous", _UNIT),
    "one_drop": Rule("integer", _SWITCH),
    "skip_drop": Rule("continuous", _UNIT),
    "lambda_bias": Rule("continuous", _UNIT),
    "tweedie_variance_power": Rule("continuous", Interval(1, 2, is_low_open=True, is_high_open=True)),
    "objective": Rule("categorical", Words(OBJECTIVES)),
    "num_class": Rule("integer", Interval(2)),
    "base_score": Rule("continuous", _FROM_ZERO),
    "_kfold": Rule("integer", Interval(2)),
    "_num_cv_round": Rule("integer", _COUNT),
    "_tuning_objective_metric": Rule("categorical", Words([f"validation:{name}" for name in METRICS])),
    "eval_metric": Rule("list"),
    "seed": Rule("integer", Interval(-(2**31), 2**31 - 1, is_low_open=True, is_high_open=True)),
    "num_parallel_tree": Rule("integer", _COUNT),
    "save_model_on_termination": Rule("categorical", _TRUTH),
    "aft_loss_distribution": Rule("categorical", Words(("normal", "logistic", "extreme"))),
    "aft_loss_distribution_scale": Rule("continuous", _FROM_ZERO),
    "deterministic_histogram": Rule("categorical", _TRUTH),
    "sampling_method": Rule("categorical", Words(("uniform", "gradient_based"))),
    "prob_buffer_row": Rule("integer", Interval(1.0, is_low_open=True)),
    "use_dask_gpu_training": Rule("categorical", _TRUTH),
}

ALIASES: Mapping[str, str] = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}


def parse_hyperparameters(given: Mapping[str, str]) -> dict[str, Any]:
    """Return typed hyperparameters under their own names; what is not given is left to the library.

    Raises:
        InvalidHyperparameter: The first thing that is wrong, in the container's words.
    """
    values = parse_by_rules(given, RULES, ALIASES)
    if values.pop("silent", 0):
        values.setdefault("verbosity", 0)
    for metric in values.get("eval_metric", ()):
        _check_metric(metric, values["eval_metric"])
    _check_objective(values)
    _check_metrics_suit(values)
    _check_constraints(values)
    _check_updaters(values)
    return values


def _check_metric(metric: str, all_metrics: Sequence[str]) -> None:
    if "<function" in metric:
        raise InvalidHyperparameter(f"User defined evaluation metric {metric} is not supported yet.")
    name, at, threshold = (part.strip() for part in metric.partition("@"))
    if not at:
        if metric not in METRICS:
            raise InvalidHyperparameter(
                f"Hyperparameter eval_metric: value {list(all_metrics)} not in range {list(METRICS)}"
            )
    elif name not in _WITH_THRESHOLD:
        raise InvalidHyperparameter(
            f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold should be one of "
            "these options: 'error', 'ndcg', 'map'."
        )
    elif not _is_number(threshold.removesuffix("-")):
        raise InvalidHyperparameter(f"Threshold value 't' in '{name}@t' expects float input.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_objective(values: Mapping[str, Any]) -> None:
    if values.get("objective") in ("multi:softmax", "multi:softprob") and "num_class" not in values:
        raise InvalidHyperparameter("Require input for parameter 'num_class' for multi-classification")


def _check_metrics_suit(values: Mapping[str, Any]) -> None:
    objective, metrics = values.get("objective", DEFAULT_OBJECTIVE), values.get("eval_metric", ())
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise InvalidHyperparameter("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise InvalidHyperparameter("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")


def _check_constraints(values: Mapping[str, Any]) -> None:
    method = values.get("tree_method")
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise InvalidHyperparameter(
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise InvalidHyperparameter(
            "interaction_constraints can be used only when the tree_method parameter is set to either 'exact', 'hist' "
            "or 'approx'."
        )


def _check_updaters(values: Mapping[str, Any]) -> None:
    if "updater" not in values:
        return
    updaters = values["updater"]
    if values.get("booster") == "gblinear":
        if len(updaters) != 1 or updaters[0] not in _LINEAR_UPDATERS:
            raise InvalidHyperparameter("Linear updater should be one of these options: 'shotgun', 'coord_descent'.")
    elif values.get("process_type") == "update":
        if not set(updaters) <= {"refresh", "prune"}:
            raise InvalidHyperparameter("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif not set(updaters) <= set(_TREE_UPDATERS):
        raise InvalidHyperparameter(
            "Tree updater should be selected from these options: 'grow_colmaker', 'distcol', 'grow_histmaker', "
            "'grow_skmaker', 'grow_quantile_histmaker', 'sync', 'refresh', 'prune', 'shortgun', 'coord_descent'."
        )
    elif sum(name in _GROWERS for name in updaters) > 1:
        raise InvalidHyperparameter(
            "Only one tree grow plugin can be selected. Choose one from thefollowing: 'grow_colmaker', 'distcol', "
            "'grow_histmaker', 'grow_skmaker'"
        )
