"""Factorization machines (`contract.md` 7.7); v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import ge, gt, isin

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class FactorizationMachinesPredictor(RecordPredictor):
    """Asks a served model with rows of an array.

    Each answer has `label["score"]`, and `label["predicted_label"]` from classifiers.
    """


class FactorizationMachinesModel(AlgorithmModel):
    """What FactorizationMachines has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "factorization-machines"
    _predictor_class = FactorizationMachinesPredictor


class FactorizationMachines(AmazonAlgorithmEstimatorBase):
    """Learns from features and from how pairs of them go together; made for sparse rows.

    Args:
        num_factors: Length of the vector that stands for a feature.
        predictor_type: `binary_classifier` or `regressor`.
        epochs: Passes over the data.
        clip_gradient: Bound of the gradient.
        eps: Keeps divisors from being 0.
        rescale_grad: Factor of the gradient.
        **kwargs: As for `EstimatorBase`. Of the hyperparameters, `bias_`, `linear_` and `factors_` stand before
            the learning rate (`lr`), the decay (`wd`) and how each begins (`init_method`: `normal`, `uniform`
            or `constant`, with `init_scale`, `init_sigma` and `init_value`).

    Example:
        >>> from sagewright import FactorizationMachines
        >>> estimator = FactorizationMachines("role", 1, "ml.m5.large", 10, "regressor")
        >>> estimator.training_image_uri().split("/")[1]
        'factorization-machines:1'
    """

    repo_name: ClassVar[str | None] = "factorization-machines"
    repo_version: ClassVar[str | None] = "1"
    _model_class = FactorizationMachinesModel

    num_factors = Hyperparameter("num_factors", gt(0), "An integer greater than zero", int)
    predictor_type = Hyperparameter(
        "predictor_type", isin("binary_classifier", "regressor"), 'Value "binary_classifier" or "regressor"'
    )
    epochs = Hyperparameter("epochs", gt(0), "An integer greater than 0", int)
    clip_gradient = Hyperparameter("clip_gradient", (), "A float value", float)
    eps = Hyperparameter("eps", (), "A float value", float)
    rescale_grad = Hyperparameter("rescale_grad", (), "A float value", float)
    bias_lr = Hyperparameter("bias_lr", ge(0), "A non-negative float", float)
    linear_lr = Hyperparameter("linear_lr", ge(0), "A non-negative float", float)
    factors_lr = Hyperparameter("factors_lr", ge(0), "A non-negative float", float)
    bias_wd = Hyperparameter("bias_wd", ge(0), "A non-negative float", float)
    linear_wd = Hyperparameter("linear_wd", ge(0), "A non-negative float", float)
    factors_wd = Hyperparameter("factors_wd", ge(0), "A non-negative float", float)
    bias_init_method = Hyperparameter(
        "bias_init_method", isin("normal", "uniform", "constant"), 'Value "normal", "uniform" or "constant"'
    )
    bias_init_scale = Hyperparameter("bias_init_scale", ge(0), "A non-negative float", float)
    bias_init_sigma = Hyperparameter("bias_init_sigma", ge(0), "A non-negative float", float)
    bias_init_value = Hyperparameter("bias_init_value", (), "A float value", float)
    linear_init_method = Hyperparameter(
        "linear_init_method", isin("normal", "uniform", "constant"), 'Value "normal", "uniform" or "constant"'
    )
    linear_init_scale = Hyperparameter("linear_init_scale", ge(0), "A non-negative float", float)
    linear_init_sigma = Hyperparameter("linear_init_sigma", ge(0), "A non-negative float", float)
    linear_init_value = Hyperparameter("linear_init_value", (), "A float value", float)
    factors_init_method = Hyperparameter(
        "factors_init_method", isin("normal", "uniform", "constant"), 'Value "normal", "uniform" or "constant"'
    )
    factors_init_scale = Hyperparameter("factors_init_scale", ge(0), "A non-negative float", float)
    factors_init_sigma = Hyperparameter("factors_init_sigma", ge(0), "A non-negative float", float)
    factors_init_value = Hyperparameter("factors_init_value", (), "A float value", float)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        num_factors: int | None = None,
        predictor_type: str | None = None,
        epochs: int | None = None,
        clip_gradient: float | None = None,
        eps: float | None = None,
        rescale_grad: float | None = None,
        bias_lr: float | None = None,
        linear_lr: float | None = None,
        factors_lr: float | None = None,
        bias_wd: float | None = None,
        linear_wd: float | None = None,
        factors_wd: float | None = None,
        bias_init_method: str | None = None,
        bias_init_scale: float | None = None,
        bias_init_sigma: float | None = None,
        bias_init_value: float | None = None,
        linear_init_method: str | None = None,
        linear_init_scale: float | None = None,
        linear_init_sigma: float | None = None,
        linear_init_value: float | None = None,
        factors_init_method: str | None = None,
        factors_init_scale: float | None = None,
        factors_init_sigma: float | None = None,
        factors_init_value: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            num_factors=num_factors,
            predictor_type=predictor_type,
            epochs=epochs,
            clip_gradient=clip_gradient,
            eps=eps,
            rescale_grad=rescale_grad,
            bias_lr=bias_lr,
            linear_lr=linear_lr,
            factors_lr=factors_lr,
            bias_wd=bias_wd,
            linear_wd=linear_wd,
            factors_wd=factors_wd,
            bias_init_method=bias_init_method,
            bias_init_scale=bias_init_scale,
            bias_init_sigma=bias_init_sigma,
            bias_init_value=bias_init_value,
            linear_init_method=linear_init_method,
            linear_init_scale=linear_init_scale,
            linear_init_sigma=linear_init_sigma,
            linear_init_value=linear_init_value,
            factors_init_method=factors_init_method,
            factors_init_scale=factors_init_scale,
            factors_init_sigma=factors_init_sigma,
            factors_init_value=factors_init_value,
        )
