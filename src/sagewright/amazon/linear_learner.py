"""Linear regression and classification (`contract.md` 7.2); v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import ge, gt, isin, le, lt
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class LinearLearnerPredictor(RecordPredictor):
    """Asks a served model with rows of an array.

    Each answer has `label["score"]`, and `label["predicted_label"]` from classifiers.
    """


class LinearLearnerModel(AlgorithmModel):
    """What LinearLearner has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "linear-learner"
    _predictor_class = LinearLearnerPredictor


class LinearLearner(AmazonAlgorithmEstimatorBase):
    """Learns a linear function of the features, or a threshold of one for each class.

    Args:
        predictor_type: `regressor`, `binary_classifier` or `multiclass_classifier`.
        binary_classifier_model_selection_criteria: By what the best model is chosen, for example `f1`.
        target_recall: Kept to by `precision_at_target_recall`.
        target_precision: Kept to by `recall_at_target_precision`.
        positive_example_weight_mult: Weight of positive examples; `balanced` or `auto`.
        epochs: Passes over the data at most.
        num_models: How many models are trained at a time; None: 32, as `auto` chooses.
        num_calibration_samples: Rows that the thresholds are found on.
        optimizer: `sgd`, `adam`, `rmsprop` or `auto`.
        loss: For example `logistic`, `squared_loss` or `auto`.
        wd: Weight of the L2 penalty.
        l1: Weight of the L1 penalty.
        quantile: Of `quantile_loss`.
        huber_delta: Of `huber_loss`.
        num_classes: Needed by `multiclass_classifier`.
        f_beta: Of the criterion `f_beta`.
        **kwargs: As for `EstimatorBase`. Of the hyperparameters the others as in the algorithm's documentation;
            None: its default.

    Example:
        >>> from sagewright import LinearLearner
        >>> estimator = LinearLearner("role", 1, "ml.m5.large", predictor_type="regressor")
        >>> estimator.training_image_uri().split("/")[1]
        'linear-learner:1'
    """

    repo_name: ClassVar[str | None] = "linear-learner"
    repo_version: ClassVar[str | None] = "1"
    _model_class = LinearLearnerModel
    DEFAULT_MINI_BATCH_SIZE: ClassVar[int | None] = 1000

    binary_classifier_model_selection_criteria = Hyperparameter(
        "binary_classifier_model_selection_criteria",
        isin(
            "accuracy",
            "f1",
            "f_beta",
            "precision_at_target_recall",
            "recall_at_target_precision",
            "cross_entropy_loss",
            "loss_function",
        ),
    )
    target_recall = Hyperparameter("target_recall", (gt(0), lt(1)), "A float in (0,1)", float)
    target_precision = Hyperparameter("target_precision", (gt(0), lt(1)), "A float in (0,1)", float)
    positive_example_weight_mult = Hyperparameter(
        "positive_example_weight_mult", (), "A float greater than 0 or 'auto' or 'balanced'"
    )
    epochs = Hyperparameter("epochs", gt(0), "An integer greater-than 0", int)
    predictor_type = Hyperparameter(
        "predictor_type",
        isin("binary_classifier", "regressor", "multiclass_classifier"),
        'One of "binary_classifier" or "multiclass_classifier" or "regressor"',
    )
    use_bias = Hyperparameter("use_bias", (), "Either True or False", bool)
    num_models = Hyperparameter("num_models", gt(0), "An integer greater-than 0", int)
    num_calibration_samples = Hyperparameter("num_calibration_samples", gt(0), "An integer greater-than 0", int)
    init_method = Hyperparameter("init_method", isin("uniform", "normal"), 'One of "uniform" or "normal"')
    init_scale = Hyperparameter("init_scale", gt(0), "A float greater-than 0", float)
    init_sigma = Hyperparameter("init_sigma", gt(0), "A float greater-than 0", float)
    init_bias = Hyperparameter("init_bias", (), "A number", float)
    optimizer = Hyperparameter(
        "optimizer", isin("sgd", "adam", "rmsprop", "auto"), 'One of "sgd", "adam", "rmsprop" or "auto'
    )
    loss = Hyperparameter(
        "loss",
        isin(
            "logistic",
            "squared_loss",
            "absolute_loss",
            "hinge_loss",
            "eps_insensitive_squared_loss",
            "eps_insensitive_absolute_loss",
            "quantile_loss",
            "huber_loss",
            "softmax_loss",
            "auto",
        ),
        '"logistic", "squared_loss", "absolute_loss", "hinge_loss", "eps_insensitive_squared_loss", '
        '"eps_insensitive_absolute_loss", "quantile_loss", "huber_loss", "softmax_loss" or "auto"',
    )
    wd = Hyperparameter("wd", ge(0), "A float greater-than or equal to 0", float)
    l1 = Hyperparameter("l1", ge(0), "A float greater-than or equal to 0", float)
    momentum = Hyperparameter("momentum", (ge(0), lt(1)), "A float in [0,1)", float)
    learning_rate = Hyperparameter("learning_rate", gt(0), "A float greater-than 0", float)
    beta_1 = Hyperparameter("beta_1", (ge(0), lt(1)), "A float in [0,1)", float)
    beta_2 = Hyperparameter("beta_2", (ge(0), lt(1)), "A float in [0,1)", float)
    bias_lr_mult = Hyperparameter("bias_lr_mult", gt(0), "A float greater-than 0", float)
    bias_wd_mult = Hyperparameter("bias_wd_mult", ge(0), "A float greater-than or equal to 0", float)
    use_lr_scheduler = Hyperparameter("use_lr_scheduler", (), "A boolean", bool)
    lr_scheduler_step = Hyperparameter("lr_scheduler_step", gt(0), "An integer greater-than 0", int)
    lr_scheduler_factor = Hyperparameter("lr_scheduler_factor", (gt(0), lt(1)), "A float in (0,1)", float)
    lr_scheduler_minimum_lr = Hyperparameter("lr_scheduler_minimum_lr", gt(0), "A float greater-than 0", float)
    normalize_data = Hyperparameter("normalize_data", (), "A boolean", bool)
    normalize_label = Hyperparameter("normalize_label", (), "A boolean", bool)
    unbias_data = Hyperparameter("unbias_data", (), "A boolean", bool)
    unbias_label = Hyperparameter("unbias_label", (), "A boolean", bool)
    num_point_for_scaler = Hyperparameter("num_point_for_scaler", gt(0), "An integer greater-than 0", int)
    margin = Hyperparameter("margin", ge(0), "A float greater-than or equal to 0", float)
    quantile = Hyperparameter("quantile", (gt(0), lt(1)), "A float in (0,1)", float)
    loss_insensitivity = Hyperparameter("loss_insensitivity", gt(0), "A float greater-than 0", float)
    huber_delta = Hyperparameter("huber_delta", ge(0), "A float greater-than or equal to 0", float)
    early_stopping_patience = Hyperparameter("early_stopping_patience", gt(0), "An integer greater-than 0", int)
    early_stopping_tolerance = Hyperparameter("early_stopping_tolerance", gt(0), "A float greater-than 0", float)
    num_classes = Hyperparameter("num_classes", (gt(0), le(1000000)), "An integer in [1,1000000]", int)
    accuracy_top_k = Hyperparameter("accuracy_top_k", (gt(0), le(1000000)), "An integer in [1,1000000]", int)
    f_beta = Hyperparameter("f_beta", gt(0), "A float greater-than 0", float)
    balance_multiclass_weights = Hyperparameter("balance_multiclass_weights", (), "A boolean", bool)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        predictor_type: str | None = None,
        binary_classifier_model_selection_criteria: str | None = None,
        target_recall: float | None = None,
        target_precision: float | None = None,
        positive_example_weight_mult: float | None = None,
        epochs: int | None = None,
        use_bias: bool | None = None,
        num_models: int | None = None,
        num_calibration_samples: int | None = None,
        init_method: str | None = None,
        init_scale: float | None = None,
        init_sigma: float | None = None,
        init_bias: float | None = None,
        optimizer: str | None = None,
        loss: str | None = None,
        wd: float | None = None,
        l1: float | None = None,
        momentum: float | None = None,
        learning_rate: float | None = None,
        beta_1: float | None = None,
        beta_2: float | None = None,
        bias_lr_mult: float | None = None,
        bias_wd_mult: float | None = None,
        use_lr_scheduler: bool | None = None,
        lr_scheduler_step: int | None = None,
        lr_scheduler_factor: float | None = None,
        lr_scheduler_minimum_lr: float | None = None,
        normalize_data: bool | None = None,
        normalize_label: bool | None = None,
        unbias_data: bool | None = None,
        unbias_label: bool | None = None,
        num_point_for_scaler: int | None = None,
        margin: float | None = None,
        quantile: float | None = None,
        loss_insensitivity: float | None = None,
        huber_delta: float | None = None,
        early_stopping_patience: int | None = None,
        early_stopping_tolerance: float | None = None,
        num_classes: int | None = None,
        accuracy_top_k: int | None = None,
        f_beta: float | None = None,
        balance_multiclass_weights: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            predictor_type=predictor_type,
            binary_classifier_model_selection_criteria=binary_classifier_model_selection_criteria,
            target_recall=target_recall,
            target_precision=target_precision,
            positive_example_weight_mult=positive_example_weight_mult,
            epochs=epochs,
            use_bias=use_bias,
            num_models=num_models,
            num_calibration_samples=num_calibration_samples,
            init_method=init_method,
            init_scale=init_scale,
            init_sigma=init_sigma,
            init_bias=init_bias,
            optimizer=optimizer,
            loss=loss,
            wd=wd,
            l1=l1,
            momentum=momentum,
            learning_rate=learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            bias_lr_mult=bias_lr_mult,
            bias_wd_mult=bias_wd_mult,
            use_lr_scheduler=use_lr_scheduler,
            lr_scheduler_step=lr_scheduler_step,
            lr_scheduler_factor=lr_scheduler_factor,
            lr_scheduler_minimum_lr=lr_scheduler_minimum_lr,
            normalize_data=normalize_data,
            normalize_label=normalize_label,
            unbias_data=unbias_data,
            unbias_label=unbias_label,
            num_point_for_scaler=num_point_for_scaler,
            margin=margin,
            quantile=quantile,
            loss_insensitivity=loss_insensitivity,
            huber_delta=huber_delta,
            early_stopping_patience=early_stopping_patience,
            early_stopping_tolerance=early_stopping_tolerance,
            num_classes=num_classes,
            accuracy_top_k=accuracy_top_k,
            f_beta=f_beta,
            balance_multiclass_weights=balance_multiclass_weights,
        )
        if predictor_type == "multiclass_classifier" and (num_classes is None or _is_less(num_classes, 3)):
            raise ValueError(
                "For predictor_type 'multiclass_classifier', 'num_classes' should be set to a value greater than 2."
            )


def _is_less(number: Any, bound: int) -> bool:
    return not is_variable(number) and int(number) < bound
