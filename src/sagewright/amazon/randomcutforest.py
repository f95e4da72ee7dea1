"""Random cut forest (`contract.md` 7.8); v2's own path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import ge, le

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class RandomCutForestPredictor(RecordPredictor):
    """Asks a served model with rows of an array; each answer has `label["score"]`."""


class RandomCutForestModel(AlgorithmModel):
    """What RandomCutForest has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "randomcutforest"
    _predictor_class = RandomCutForestPredictor


class RandomCutForest(AmazonAlgorithmEstimatorBase):
    """Tells how much a row is out of the ordinary.

    Args:
        num_samples_per_tree: Rows that a tree is made of, 1 to 2048.
        num_trees: 50 to 1000.
        eval_metrics: List of `accuracy` and `precision_recall_fscore`; needs a channel `test` with labels.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import RandomCutForest
        >>> estimator = RandomCutForest("role", 1, "ml.m5.large", num_trees=100)
        >>> estimator.training_image_uri().split("/")[1]
        'randomcutforest:1'
    """

    repo_name: ClassVar[str | None] = "randomcutforest"
    repo_version: ClassVar[str | None] = "1"
    _model_class = RandomCutForestModel
    MINI_BATCH_SIZE: ClassVar[int] = 1000

    eval_metrics = Hyperparameter(
        "eval_metrics", (), 'A comma separated list of "accuracy" or "precision_recall_fscore"', list
    )
    num_trees = Hyperparameter("num_trees", (ge(50), le(1000)), "An integer in [50, 1000]", int)
    num_samples_per_tree = Hyperparameter("num_samples_per_tree", (ge(1), le(2048)), "An integer in [1, 2048]", int)
    feature_dim = Hyperparameter("feature_dim", (ge(1), le(10000)), "An integer in [1, 10000]", int)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        num_samples_per_tree: int | None = None,
        num_trees: int | None = None,
        eval_metrics: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            num_samples_per_tree=num_samples_per_tree,
            num_trees=num_trees,
            eval_metrics=eval_metrics,
        )

    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        if mini_batch_size not in (None, self.MINI_BATCH_SIZE):
            raise ValueError(f"Random Cut Forest uses a fixed mini_batch_size of {self.MINI_BATCH_SIZE}")
        mini_batch_size = self.MINI_BATCH_SIZE
        super()._prepare_for_training(records, mini_batch_size, job_name)
