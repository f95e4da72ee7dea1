"""Nearest neighbours (`contract.md` 7.6); v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import ge, isin

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class KNNPredictor(RecordPredictor):
    """Asks a served model with rows of an array; each answer has `label["predicted_label"]`."""


class KNNModel(AlgorithmModel):
    """What KNN has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "knn"
    _predictor_class = KNNPredictor


class KNN(AmazonAlgorithmEstimatorBase):
    """Answers with what the `k` nearest of the rows it was trained on say.

    Args:
        k: How many neighbours.
        sample_size: How many rows are kept.
        predictor_type: `classifier` or `regressor`.
        dimension_reduction_type: `sign` or `fjlt`; then the target is needed.
        dimension_reduction_target: Features after the reduction.
        index_type: `faiss.Flat`, `faiss.IVFFlat` or `faiss.IVFPQ`.
        index_metric: `COSINE`, `INNER_PRODUCT` or `L2`.
        faiss_index_ivf_nlists: Lists of an IVF index, or `auto`.
        faiss_index_pq_m: Parts of a vector in an IVFPQ index.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import KNN
        >>> estimator = KNN("role", 1, "ml.m5.large", k=5, sample_size=1000, predictor_type="classifier")
        >>> estimator.training_image_uri().split("/")[1]
        'knn:1'
    """

    repo_name: ClassVar[str | None] = "knn"
    repo_version: ClassVar[str | None] = "1"
    _model_class = KNNModel

    k = Hyperparameter("k", ge(1), "An integer greater than 0", int)
    sample_size = Hyperparameter("sample_size", ge(1), "An integer greater than 0", int)
    predictor_type = Hyperparameter(
        "predictor_type", isin("classifier", "regressor"), 'One of "classifier" or "regressor"'
    )
    dimension_reduction_target = Hyperparameter(
        "dimension_reduction_target", ge(1), "An integer greater than 0 and less than feature_dim", int
    )
    dimension_reduction_type = Hyperparameter(
        "dimension_reduction_type", isin("sign", "fjlt"), 'One of "sign" or "fjlt"'
    )
    index_metric = Hyperparameter(
        "index_metric", isin("COSINE", "INNER_PRODUCT", "L2"), 'One of "COSINE", "INNER_PRODUCT", "L2"'
    )
    index_type = Hyperparameter(
        "index_type",
        isin("faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ"),
        'One of "faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ"',
    )
    faiss_index_ivf_nlists = Hyperparameter("faiss_index_ivf_nlists", (), '"auto" or an integer greater than 0')
    faiss_index_pq_m = Hyperparameter("faiss_index_pq_m", ge(1), "An integer greater than 0", int)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        k: int | None = None,
        sample_size: int | None = None,
        predictor_type: str | None = None,
        dimension_reduction_type: str | None = None,
        dimension_reduction_target: int | None = None,
        index_type: str | None = None,
        index_metric: str | None = None,
        faiss_index_ivf_nlists: str | None = None,
        faiss_index_pq_m: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            k=k,
            sample_size=sample_size,
            predictor_type=predictor_type,
            dimension_reduction_type=dimension_reduction_type,
            dimension_reduction_target=dimension_reduction_target,
            index_type=index_type,
            index_metric=index_metric,
            faiss_index_ivf_nlists=faiss_index_ivf_nlists,
            faiss_index_pq_m=faiss_index_pq_m,
        )
        if dimension_reduction_type and not dimension_reduction_target:
            raise ValueError('"dimension_reduction_target" is required when "dimension_reduction_type" is set.')
