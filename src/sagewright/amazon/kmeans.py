"""Clustering by k-means (`contract.md` 7.4); v2's own path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import ge, gt, isin, le

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class KMeansPredictor(RecordPredictor):
    """Asks a served model with rows of an array.

    Each answer has `label["closest_cluster"]` and `label["distance_to_cluster"]`.
    """


class KMeansModel(AlgorithmModel):
    """What KMeans has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "kmeans"
    _predictor_class = KMeansPredictor


class KMeans(AmazonAlgorithmEstimatorBase):
    """Finds `k` groups in rows that have no labels.

    Args:
        k: How many groups.
        init_method: How the first centres are chosen: `random` or `kmeans++`.
        max_iterations: Of the last step, which makes the `k` centres of more.
        tol: The last step ends when the distances change by less.
        num_trials: How often the last step is tried; the best trial counts.
        local_init_method: How the last step begins: `random` or `kmeans++`.
        half_life_time_size: After how many rows a row weighs half; 0: it never does.
        epochs: Passes over the data.
        center_factor: The last step begins with `k` times so many centres.
        eval_metrics: List of `msd` and `ssd`.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import KMeans
        >>> estimator = KMeans("role", 1, "ml.m5.large", k=10)
        >>> estimator.training_image_uri().split("/")[1]
        'kmeans:1'
    """

    repo_name: ClassVar[str | None] = "kmeans"
    repo_version: ClassVar[str | None] = "1"
    _model_class = KMeansModel

    k = Hyperparameter("k", gt(1), "An integer greater-than 1", int)
    init_method = Hyperparameter("init_method", isin("random", "kmeans++"), 'One of "random", "kmeans++"')
    max_iterations = Hyperparameter("local_lloyd_max_iter", gt(0), "An integer greater-than 0", int)
    tol = Hyperparameter("local_lloyd_tol", (ge(0), le(1)), "An float in [0, 1]", float)
    num_trials = Hyperparameter("local_lloyd_num_trials", gt(0), "An integer greater-than 0", int)
    local_init_method = Hyperparameter(
        "local_lloyd_init_method", isin("random", "kmeans++"), 'One of "random", "kmeans++"'
    )
    half_life_time_size = Hyperparameter("half_life_time_size", ge(0), "An integer greater-than-or-equal-to 0", int)
    epochs = Hyperparameter("epochs", gt(0), "An integer greater-than 0", int)
    center_factor = Hyperparameter("extra_center_factor", gt(0), "An integer greater-than 0", int)
    eval_metrics = Hyperparameter("eval_metrics", (), 'A comma separated list of "msd" or "ssd"', list)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        k: int | None = None,
        init_method: str | None = None,
        max_iterations: int | None = None,
        tol: float | None = None,
        num_trials: int | None = None,
        local_init_method: str | None = None,
        half_life_time_size: int | None = None,
        epochs: int | None = None,
        center_factor: int | None = None,
        eval_metrics: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            k=k,
            init_method=init_method,
            max_iterations=max_iterations,
            tol=tol,
            num_trials=num_trials,
            local_init_method=local_init_method,
            half_life_time_size=half_life_time_size,
            epochs=epochs,
            center_factor=center_factor,
            eval_metrics=eval_metrics,
        )

    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = 5000, job_name: str | None = None
    ) -> None:
        super()._prepare_for_training(records, mini_batch_size, job_name)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters that have a value, as text; records are dense for this algorithm."""
        return {"force_dense": "True", **super().hyperparameters()}
