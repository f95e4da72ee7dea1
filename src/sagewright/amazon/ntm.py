"""Topics of documents by a neural network; v2's own path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel, RecordPredictor
from sagewright.amazon.validation import ge, isin, le

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class NTMPredictor(RecordPredictor):
    """Asks a served model with rows of an array; each answer has `label["topic_weights"]`."""


class NTMModel(AlgorithmModel):
    """What NTM has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "ntm"
    _predictor_class = NTMPredictor


class NTM(AmazonAlgorithmEstimatorBase):
    """Finds topics in counts of words.

    Args:
        num_topics: How many topics, 2 to 1000.
        encoder_layers: List of the sizes of the layers.
        epochs: Passes over the data, 1 to 100.
        encoder_layers_activation: `sigmoid`, `tanh` or `relu`.
        optimizer: `adagrad`, `adam`, `rmsprop`, `sgd` or `adadelta`.
        tolerance: Training ends when the loss changes by less.
        num_patience_epochs: Passes that this is looked at over.
        batch_norm: Whether batches are normalised.
        rescale_gradient: Factor of the gradient.
        clip_gradient: Bound of the gradient.
        weight_decay: 0 to 1.
        learning_rate: 1e-6 to 1.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import NTM
        >>> estimator = NTM("role", 1, "ml.m5.large", num_topics=10)
        >>> estimator.training_image_uri().split("/")[1]
        'ntm:1'
    """

    repo_name: ClassVar[str | None] = "ntm"
    repo_version: ClassVar[str | None] = "1"
    _model_class = NTMModel

    num_topics = Hyperparameter("num_topics", (ge(2), le(1000)), "An integer in [2, 1000]", int)
    encoder_layers = Hyperparameter("encoder_layers", (), "A comma separated list of positive integers", list)
    epochs = Hyperparameter("epochs", (ge(1), le(100)), "An integer in [1, 100]", int)
    encoder_layers_activation = Hyperparameter(
        "encoder_layers_activation", isin("sigmoid", "tanh", "relu"), 'One of "sigmoid", "tanh" or "relu"'
    )
    optimizer = Hyperparameter(
        "optimizer",
        isin("adagrad", "adam", "rmsprop", "sgd", "adadelta"),
        'One of "adagrad", "adam", "rmsprop", "sgd" and "adadelta"',
    )
    tolerance = Hyperparameter("tolerance", (ge(1e-06), le(0.1)), "A float in [1e-6, 0.1]", float)
    num_patience_epochs = Hyperparameter("num_patience_epochs", (ge(1), le(10)), "An integer in [1, 10]", int)
    batch_norm = Hyperparameter("batch_norm", (), "Value must be a boolean", bool)
    rescale_gradient = Hyperparameter("rescale_gradient", (ge(0.001), le(1.0)), "A float in [1e-3, 1.0]", float)
    clip_gradient = Hyperparameter("clip_gradient", ge(0.001), "A float greater equal to 1e-3", float)
    weight_decay = Hyperparameter("weight_decay", (ge(0.0), le(1.0)), "A float in [0.0, 1.0]", float)
    learning_rate = Hyperparameter("learning_rate", (ge(1e-06), le(1.0)), "A float in [1e-6, 1.0]", float)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        num_topics: int | None = None,
        encoder_layers: Sequence[str] | None = None,
        epochs: int | None = None,
        encoder_layers_activation: str | None = None,
        optimizer: str | None = None,
        tolerance: float | None = None,
        num_patience_epochs: int | None = None,
        batch_norm: bool | None = None,
        rescale_gradient: float | None = None,
        clip_gradient: float | None = None,
        weight_decay: float | None = None,
        learning_rate: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            num_topics=num_topics,
            encoder_layers=encoder_layers,
            epochs=epochs,
            encoder_layers_activation=encoder_layers_activation,
            optimizer=optimizer,
            tolerance=tolerance,
            num_patience_epochs=num_patience_epochs,
            batch_norm=batch_norm,
            rescale_gradient=rescale_gradient,
            clip_gradient=clip_gradient,
            weight_decay=weight_decay,
            learning_rate=learning_rate,
        )

    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        if mini_batch_size is not None and not 1 <= mini_batch_size <= 10000:
            raise ValueError("mini_batch_size must be in [1, 10000]")
        super()._prepare_for_training(records, mini_batch_size, job_name)
