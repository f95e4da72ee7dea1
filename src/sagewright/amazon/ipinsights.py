"""Which addresses belong to whom; v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel
from sagewright.amazon.validation import ge, le
from sagewright.deserializers import BaseDeserializer, JSONDeserializer
from sagewright.predictor import Predictor
from sagewright.serializers import BaseSerializer, CSVSerializer

if TYPE_CHECKING:
    from sagewright.session import Session
    from sagewright.vocabulary.instance_type_names import InstanceType


class IPInsightsPredictor(Predictor):
    """Asks a served model with lines of CSV, an entity and its address; it answers with JSON."""

    def __init__(
        self,
        endpoint_name: str,
        sagemaker_session: Session | None = None,
        serializer: BaseSerializer | None = None,
        deserializer: BaseDeserializer | None = None,
        component_name: str | None = None,
    ) -> None:
        super().__init__(
            endpoint_name,
            sagemaker_session,
            serializer or CSVSerializer(),
            deserializer or JSONDeserializer(),
            component_name,
        )


class IPInsightsModel(AlgorithmModel):
    """What IPInsights has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "ipinsights"
    _predictor_class = IPInsightsPredictor


class IPInsights(AmazonAlgorithmEstimatorBase):
    """Learns which IP addresses somebody uses, to tell others.

    Args:
        num_entity_vectors: How many vectors stand for entities; twice the number of entities is good.
        vector_dim: Length of a vector, 4 to 4096.
        batch_metrics_publish_interval: Metrics are told after so many batches.
        epochs: Passes over the data.
        learning_rate: 1e-6 to 10.
        num_ip_encoder_layers: Layers of the network, 0 to 100.
        random_negative_sampling_rate: Random pairs for each true one.
        shuffled_negative_sampling_rate: Shuffled pairs for each true one.
        weight_decay: 0 to 10.
        **kwargs: As for `EstimatorBase`.

    Example:
        >>> from sagewright import IPInsights
        >>> estimator = IPInsights("role", 1, "ml.m5.large", num_entity_vectors=10000, vector_dim=128)
        >>> estimator.training_image_uri().split("/")[1]
        'ipinsights:1'
    """

    repo_name: ClassVar[str | None] = "ipinsights"
    repo_version: ClassVar[str | None] = "1"
    _model_class = IPInsightsModel
    MINI_BATCH_SIZE: ClassVar[int] = 10000

    num_entity_vectors = Hyperparameter(
        "num_entity_vectors", (ge(1), le(250000000)), "An integer in [1, 250000000]", int
    )
    vector_dim = Hyperparameter("vector_dim", (ge(4), le(4096)), "An integer in [4, 4096]", int)
    batch_metrics_publish_interval = Hyperparameter(
        "batch_metrics_publish_interval", ge(1), "An integer greater than 0", int
    )
    epochs = Hyperparameter("epochs", ge(1), "An integer greater than 0", int)
    learning_rate = Hyperparameter("learning_rate", (ge(1e-06), le(10.0)), "A float in [1e-6, 10.0]", float)
    num_ip_encoder_layers = Hyperparameter("num_ip_encoder_layers", (ge(0), le(100)), "An integer in [0, 100]", int)
    random_negative_sampling_rate = Hyperparameter(
        "random_negative_sampling_rate", (ge(0), le(500)), "An integer in [0, 500]", int
    )
    shuffled_negative_sampling_rate = Hyperparameter(
        "shuffled_negative_sampling_rate", (ge(0), le(500)), "An integer in [0, 500]", int
    )
    weight_decay = Hyperparameter("weight_decay", (ge(0.0), le(10.0)), "A float in [0.0, 10.0]", float)

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        num_entity_vectors: int | None = None,
        vector_dim: int | None = None,
        batch_metrics_publish_interval: int | None = None,
        epochs: int | None = None,
        learning_rate: float | None = None,
        num_ip_encoder_layers: int | None = None,
        random_negative_sampling_rate: int | None = None,
        shuffled_negative_sampling_rate: int | None = None,
        weight_decay: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            num_entity_vectors=num_entity_vectors,
            vector_dim=vector_dim,
            batch_metrics_publish_interval=batch_metrics_publish_interval,
            epochs=epochs,
            learning_rate=learning_rate,
            num_ip_encoder_layers=num_ip_encoder_layers,
            random_negative_sampling_rate=random_negative_sampling_rate,
            shuffled_negative_sampling_rate=shuffled_negative_sampling_rate,
            weight_decay=weight_decay,
        )

    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        if mini_batch_size is not None and not 1 <= mini_batch_size <= 500000:
            raise ValueError("mini_batch_size must be in [1, 500000]")
        super()._prepare_for_training(records, mini_batch_size, job_name)
