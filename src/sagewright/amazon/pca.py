"""Principal components (`contract.md` 7.5); v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import gt, isin

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class PCAPredictor(RecordPredictor):
    """Asks a served model with rows of an array; each answer has `label["projection"]`."""


class PCAModel(AlgorithmModel):
    """What PCA has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "pca"
    _predictor_class = PCAPredictor


class PCA(AmazonAlgorithmEstimatorBase):
    """Finds the directions in which rows differ most.

    Args:
        num_components: How many directions.
        algorithm_mode: `regular`, or `randomized` for many features.
        subtract_mean: Whether the mean is taken away first, in training and in answers.
        extra_components: How many more directions `randomized` looks for; -1: as many, 10 at least.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import PCA
        >>> estimator = PCA("role", 1, "ml.m5.large", num_components=3)
        >>> estimator.training_image_uri().split("/")[1]
        'pca:1'
    """

    repo_name: ClassVar[str | None] = "pca"
    repo_version: ClassVar[str | None] = "1"
    _model_class = PCAModel
    DEFAULT_MINI_BATCH_SIZE: ClassVar[int | None] = 500

    num_components = Hyperparameter("num_components", gt(0), "Value must be an integer greater than zero", int)
    algorithm_mode = Hyperparameter(
        "algorithm_mode", isin("regular", "randomized"), 'Value must be one of "regular" and "randomized"'
    )
    subtract_mean = Hyperparameter("subtract_mean", (), "Value must be a boolean", bool)
    extra_components = Hyperparameter(
        "extra_components", (), "Value must be an integer greater than or equal to 0, or -1.", int
    )

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        num_components: int | None = None,
        algorithm_mode: str | None = None,
        subtract_mean: bool | None = None,
        extra_components: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            num_components=num_components,
            algorithm_mode=algorithm_mode,
            subtract_mean=subtract_mean,
            extra_components=extra_components,
        )
