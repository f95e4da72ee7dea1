"""Topics of documents by latent Dirichlet allocation; v2's own path."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import gt
from sagewright.vocabulary.variables import is_variable

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType

logger = logging.getLogger("sagemaker")


class LDAPredictor(RecordPredictor):
    """Asks a served model with rows of an array; each answer has `label["topic_mixture"]`."""


class LDAModel(AlgorithmModel):
    """What LDA has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "lda"
    _predictor_class = LDAPredictor


class LDA(AmazonAlgorithmEstimatorBase):
    """Finds topics in counts of words. It trains on one instance.

    Args:
        num_topics: How many topics.
        alpha0: How many topics a document has, about: less than 1 for few.
        max_restarts: Of the spectral decomposition.
        max_iterations: Of the spectral decomposition.
        tol: When the decomposition ends.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import LDA
        >>> estimator = LDA("role", "ml.m5.large", num_topics=10)
        >>> estimator.training_image_uri().split("/")[1]
        'lda:1'
    """

    repo_name: ClassVar[str | None] = "lda"
    repo_version: ClassVar[str | None] = "1"
    _model_class = LDAModel

    num_topics = Hyperparameter("num_topics", gt(0), "An integer greater than zero", int)
    alpha0 = Hyperparameter("alpha0", gt(0), "A positive float", float)
    max_restarts = Hyperparameter("max_restarts", gt(0), "An integer greater than zero", int)
    max_iterations = Hyperparameter("max_iterations", gt(0), "An integer greater than zero", int)
    tol = Hyperparameter("tol", gt(0), "A positive float", float)

    def __init__(
        self,
        role: str | None = None,
        instance_type: InstanceType | None = None,
        num_topics: int | None = None,
        alpha0: float | None = None,
        max_restarts: int | None = None,
        max_iterations: int | None = None,
        tol: float | None = None,
        **kwargs: Any,
    ) -> None:
        instance_count = kwargs.pop("instance_count", 1)
        if is_variable(instance_count) or instance_count != 1:
            logger.warning("LDA only supports single instance training. Defaulting to 1 %s.", instance_type)
        super().__init__(role, 1, instance_type, **kwargs)
        self._set(
            num_topics=num_topics,
            alpha0=alpha0,
            max_restarts=max_restarts,
            max_iterations=max_iterations,
            tol=tol,
        )

    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        if mini_batch_size is None:
            raise ValueError("mini_batch_size must be set\nhint: `fit(records, mini_batch_size=...)`.")
        super()._prepare_for_training(records, mini_batch_size, job_name)
