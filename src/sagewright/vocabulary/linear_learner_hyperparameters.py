"""The hyperparameters of linear learner (`contract.md` 7.2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sagewright.vocabulary.hyperparameter_readers import Parse, auto_or, number, parse_all, truth, whole, word
from sagewright.vocabulary.hyperparameter_rules import InvalidHyperparameter

BINARY, MULTICLASS, REGRESSOR = "binary_classifier", "multiclass_classifier", "regressor"

LOSSES: Mapping[str, tuple[str, ...]] = {
    BINARY: ("logistic", "hinge_loss"),
    MULTICLASS: ("softmax_loss",),
    REGRESSOR: (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}
_ALL_LOSSES = tuple(loss for losses in LOSSES.values() for loss in losses)


@dataclass(frozen=True)
class Hyperparameters:
    """Typed hyperparameters; None stands for `auto`."""

    predictor_type: str
    num_classes: int | None = None
    feature_dim: int | None = None
    mini_batch_size: int = 1000
    epochs: int = 15
    loss: str | None = None
    optimizer: str | None = None
    learning_rate: float | None = None
    wd: float | None = None
    l1: float | None = None
    momentum: float | None = None
    beta_1: float | None = None
    beta_2: float | None = None
    bias_lr_mult: float | None = None
    bias_wd_mult: float | None = None
    use_bias: bool = True
    init_method: str = "uniform"
    init_scale: float = 0.07
    init_sigma: float = 0.01
    init_bias: float = 0.0
    num_models: int | None = None
    num_calibration_samples: int | None = None
    normalize_data: bool = True
    normalize_label: bool | None = None
    unbias_data: bool | None = None
    unbias_label: bool | None = None
    num_point_for_scaler: int = 10_000
    use_lr_scheduler: bool = True
    lr_scheduler_step: int | None = None
    lr_scheduler_factor: float | None = None
    lr_scheduler_minimum_lr: float | None = None
    early_stopping_patience: int = 3
    early_stopping_tolerance: float = 0.001
    binary_classifier_model_selection_criteria: str = "accuracy"
    target_recall: float = 0.8
    target_precision: float = 0.8
    f_beta: float = 1.0
    accuracy_top_k: int = 3
    positive_example_weight_mult: float | str | None = 1.0
    balance_multiclass_weights: bool = False
    huber_delta: float = 1.0
    loss_insensitivity: float = 0.01
    margin: float = 1.0
    quantile: float = 0.5


def _weight(text: str) -> float | str:
    if text == "balanced":
        return text
    try:
        return float(number(above=0)(text))
    except ValueError:
        raise ValueError("'balanced' or a number greater than 0") from None


_COUNT, _FRACTION = whole(1), number(above=0, below=1)

SCHEMA: Mapping[str, Parse] = {
    "predictor_type": word(BINARY, MULTICLASS, REGRESSOR),
    "num_classes": whole(1, 1_000_000),
    "feature_dim": auto_or(_COUNT),
    "mini_batch_size": _COUNT,
    "epochs": _COUNT,
    "loss": auto_or(word(*_ALL_LOSSES)),
    "optimizer": auto_or(word("adam", "sgd", "rmsprop")),
    "learning_rate": auto_or(number(above=0)),
    "wd": auto_or(number(at_least=0)),
    "l1": auto_or(number(at_least=0)),
    "momentum": auto_or(number(at_least=0, below=1)),
    "beta_1": auto_or(number(at_least=0, below=1)),
    "beta_2": auto_or(number(at_least=0, below=1)),
    "bias_lr_mult": auto_or(number(above=0)),
    "bias_wd_mult": auto_or(number(at_least=0)),
    "use_bias": truth,
    "init_method": word("uniform", "normal"),
    "init_scale": number(above=0),
    "init_sigma": number(above=0),
    "init_bias": number(),
    "num_models": auto_or(_COUNT),
    "num_calibration_samples": auto_or(_COUNT),
    "normalize_data": truth,
    "normalize_label": auto_or(truth),
    "unbias_data": auto_or(truth),
    "unbias_label": auto_or(truth),
    "num_point_for_scaler": _COUNT,
    "use_lr_scheduler": truth,
    "lr_scheduler_step": auto_or(_COUNT),
    "lr_scheduler_factor": auto_or(_FRACTION),
    "lr_scheduler_minimum_lr": auto_or(number(above=0)),
    "early_stopping_patience": _COUNT,
    "early_stopping_tolerance": number(above=0),
    "binary_classifier_model_selection_criteria": word(
        "accuracy",
        "f1",
        "f_beta",
        "precision_at_target_recall",
        "recall_at_target_precision",
        "cross_entropy_loss",
        "loss_function",
    ),
    "target_recall": _FRACTION,
    "target_precision": _FRACTION,
    "f_beta": number(above=0),
    "accuracy_top_k": _COUNT,
    "positive_example_weight_mult": auto_or(_weight),
    "balance_multiclass_weights": truth,
    "huber_delta": number(at_least=0),
    "loss_insensitivity": number(above=0),
    "margin": number(at_least=0),
    "quantile": _FRACTION,
}


def parse_hyperparameters(given: Mapping[str, str]) -> Hyperparameters:
    """Return typed hyperparameters.

    Raises:
        InvalidHyperparameter: One is missing, unknown, out of range, or does not go with the others.
    """
    own = {name: value for name, value in given.items() if not name.startswith("_")}  # the others are the platform's
    parameters = Hyperparameters(**parse_all(own, SCHEMA, required=("predictor_type",)))
    if given.get("_tuning_objective_metric"):
        parameters = replace(parameters, num_models=1)  # the tuner compares settings, not the job
    kind = parameters.predictor_type
    if kind == MULTICLASS and parameters.num_classes is None:
        raise InvalidHyperparameter("'num_classes' is a required property for predictor_type 'multiclass_classifier'")
    if kind == MULTICLASS and parameters.num_classes is not None and parameters.num_classes < 3:
        raise InvalidHyperparameter(
            f"'{parameters.num_classes}' is not valid under any of the given schemas: num_classes must be a whole "
            "number of at least 3\nhint: two classes are predictor_type 'binary_classifier'."
        )
    if parameters.loss is not None and parameters.loss not in LOSSES[kind]:
        raise InvalidHyperparameter(
            f"loss '{parameters.loss}' does not go with predictor_type '{kind}'; it takes {list(LOSSES[kind])}"
        )
    for name in ("normalize_label", "unbias_label"):
        if getattr(parameters, name) and kind != REGRESSOR:
            raise InvalidHyperparameter(f"{name} is for predictor_type 'regressor' only")
    return parameters
