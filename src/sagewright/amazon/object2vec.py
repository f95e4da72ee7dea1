"""Vectors that stand for objects, learned from pairs; v2's own path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sagewright.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagewright.amazon.hyperparameter import Hyperparameter
from sagewright.amazon.serving import AlgorithmModel
from sagewright.amazon.validation import Check, ge, isin, le
from sagewright.predictor import Predictor

if TYPE_CHECKING:
    from sagewright.vocabulary.instance_type_names import InstanceType


class Object2VecModel(AlgorithmModel):
    """What Object2Vec has learned; see `AlgorithmModel` for the arguments."""

    repo_name: ClassVar[str] = "object2vec"
    _predictor_class = Predictor


def _of(*words: str) -> Check:
    """Let values be words of these, with commas between."""
    return lambda value: isinstance(value, str) and {word.strip() for word in value.split(",")} <= set(words)


class Object2Vec(AmazonAlgorithmEstimatorBase):
    """Learns vectors of two objects from whether they go together.

    Args:
        epochs: Passes over the data.
        enc0_max_seq_len: Longest sequence of the first encoder.
        enc0_vocab_size: Words that the first encoder knows.
        enc_dim: Length of a vector.
        output_layer: `softmax` or `mean_squared_error`.
        comparator_list: How two vectors are compared: of `hadamard`, `concat` and `abs_diff`, with commas
            between.
        token_embedding_storage_type: `dense` or `row_sparse`.
        **kwargs: As for `EstimatorBase`. Of the hyperparameters, `enc0_` and `enc1_` stand before what each
            encoder has (`network`: `hcnn`, `bilstm` or `pooled_embedding`); the others as in the algorithm's
            documentation; None: its default.

    Example:
        >>> from sagewright import Object2Vec
        >>> estimator = Object2Vec("role", 1, "ml.m5.large", epochs=20, enc0_max_seq_len=50, enc0_vocab_size=1000)
        >>> estimator.training_image_uri().split("/")[1]
        'object2vec:1'
    """

    repo_name: ClassVar[str | None] = "object2vec"
    repo_version: ClassVar[str | None] = "1"
    _model_class = Object2VecModel
    MINI_BATCH_SIZE: ClassVar[int] = 32

    enc_dim = Hyperparameter("enc_dim", (ge(4), le(10000)), "An integer in [4, 10000]", int)
    mini_batch_size = Hyperparameter("mini_batch_size", (ge(1), le(10000)), "An integer in [1, 10000]", int)
    epochs = Hyperparameter("epochs", (ge(1), le(100)), "An integer in [1, 100]", int)
    early_stopping_patience = Hyperparameter("early_stopping_patience", (ge(1), le(5)), "An integer in [1, 5]", int)
    early_stopping_tolerance = Hyperparameter(
        "early_stopping_tolerance", (ge(1e-06), le(0.1)), "A float in [1e-06, 0.1]", float
    )
    dropout = Hyperparameter("dropout", (ge(0.0), le(1.0)), "A float in [0.0, 1.0]", float)
    weight_decay = Hyperparameter("weight_decay", (ge(0.0), le(10000.0)), "A float in [0.0, 10000.0]", float)
    bucket_width = Hyperparameter("bucket_width", (ge(0), le(100)), "An integer in [0, 100]", int)
    num_classes = Hyperparameter("num_classes", (ge(2), le(30)), "An integer in [2, 30]", int)
    mlp_layers = Hyperparameter("mlp_layers", (ge(1), le(10)), "An integer in [1, 10]", int)
    mlp_dim = Hyperparameter("mlp_dim", (ge(2), le(10000)), "An integer in [2, 10000]", int)
    mlp_activation = Hyperparameter("mlp_activation", isin("tanh", "relu", "linear"), 'One of "tanh", "relu", "linear"')
    output_layer = Hyperparameter(
        "output_layer", isin("softmax", "mean_squared_error"), 'One of "softmax", "mean_squared_error"'
    )
    optimizer = Hyperparameter(
        "optimizer",
        isin("adagrad", "adam", "rmsprop", "sgd", "adadelta"),
        'One of "adagrad", "adam", "rmsprop", "sgd", "adadelta"',
    )
    learning_rate = Hyperparameter("learning_rate", (ge(1e-06), le(1.0)), "A float in [1e-06, 1.0]", float)
    negative_sampling_rate = Hyperparameter("negative_sampling_rate", (ge(0), le(100)), "An integer in [0, 100]", int)
    comparator_list = Hyperparameter(
        "comparator_list",
        _of("hadamard", "concat", "abs_diff"),
        'Comma-separated of hadamard, concat, abs_diff. E.g. "hadamard,abs_diff"',
    )
    tied_token_embedding_weight = Hyperparameter("tied_token_embedding_weight", (), "Either True or False", bool)
    token_embedding_storage_type = Hyperparameter(
        "token_embedding_storage_type", isin("dense", "row_sparse"), 'One of "dense", "row_sparse"'
    )
    enc0_network = Hyperparameter(
        "enc0_network", isin("hcnn", "bilstm", "pooled_embedding"), 'One of "hcnn", "bilstm", "pooled_embedding"'
    )
    enc1_network = Hyperparameter(
        "enc1_network",
        isin("hcnn", "bilstm", "pooled_embedding", "enc0"),
        'One of "hcnn", "bilstm", "pooled_embedding", "enc0"',
    )
    enc0_cnn_filter_width = Hyperparameter("enc0_cnn_filter_width", (ge(1), le(9)), "An integer in [1, 9]", int)
    enc1_cnn_filter_width = Hyperparameter("enc1_cnn_filter_width", (ge(1), le(9)), "An integer in [1, 9]", int)
    enc0_max_seq_len = Hyperparameter("enc0_max_seq_len", (ge(1), le(5000)), "An integer in [1, 5000]", int)
    enc1_max_seq_len = Hyperparameter("enc1_max_seq_len", (ge(1), le(5000)), "An integer in [1, 5000]", int)
    enc0_token_embedding_dim = Hyperparameter(
        "enc0_token_embedding_dim", (ge(2), le(1000)), "An integer in [2, 1000]", int
    )
    enc1_token_embedding_dim = Hyperparameter(
        "enc1_token_embedding_dim", (ge(2), le(1000)), "An integer in [2, 1000]", int
    )
    enc0_vocab_size = Hyperparameter("enc0_vocab_size", (ge(2), le(3000000)), "An integer in [2, 3000000]", int)
    enc1_vocab_size = Hyperparameter("enc1_vocab_size", (ge(2), le(3000000)), "An integer in [2, 3000000]", int)
    enc0_layers = Hyperparameter("enc0_layers", (ge(1), le(4)), "An integer in [1, 4]", int)
    enc1_layers = Hyperparameter("enc1_layers", (ge(1), le(4)), "An integer in [1, 4]", int)
    enc0_freeze_pretrained_embedding = Hyperparameter(
        "enc0_freeze_pretrained_embedding", (), "Either True or False", bool
    )
    enc1_freeze_pretrained_embedding = Hyperparameter(
        "enc1_freeze_pretrained_embedding", (), "Either True or False", bool
    )

    def __init__(
        self,
        role: str | None = None,
        instance_count: int | None = None,
        instance_type: InstanceType | None = None,
        epochs: int | None = None,
        enc0_max_seq_len: int | None = None,
        enc0_vocab_size: int | None = None,
        enc_dim: int | None = None,
        mini_batch_size: int | None = None,
        early_stopping_patience: int | None = None,
        early_stopping_tolerance: float | None = None,
        dropout: float | None = None,
        weight_decay: float | None = None,
        bucket_width: int | None = None,
        num_classes: int | None = None,
        mlp_layers: int | None = None,
        mlp_dim: int | None = None,
        mlp_activation: str | None = None,
        output_layer: str | None = None,
        optimizer: str | None = None,
        learning_rate: float | None = None,
        negative_sampling_rate: int | None = None,
        comparator_list: str | None = None,
        tied_token_embedding_weight: bool | None = None,
        token_embedding_storage_type: str | None = None,
        enc0_network: str | None = None,
        enc1_network: str | None = None,
        enc0_cnn_filter_width: int | None = None,
        enc1_cnn_filter_width: int | None = None,
        enc1_max_seq_len: int | None = None,
        enc0_token_embedding_dim: int | None = None,
        enc1_token_embedding_dim: int | None = None,
        enc1_vocab_size: int | None = None,
        enc0_layers: int | None = None,
        enc1_layers: int | None = None,
        enc0_freeze_pretrained_embedding: bool | None = None,
        enc1_freeze_pretrained_embedding: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(role, instance_count, instance_type, **kwargs)
        self._set(
            enc_dim=enc_dim,
            mini_batch_size=mini_batch_size,
            epochs=epochs,
            early_stopping_patience=early_stopping_patience,
            early_stopping_tolerance=early_stopping_tolerance,
            dropout=dropout,
            weight_decay=weight_decay,
            bucket_width=bucket_width,
            num_classes=num_classes,
            mlp_layers=mlp_layers,
            mlp_dim=mlp_dim,
            mlp_activation=mlp_activation,
            output_layer=output_layer,
            optimizer=optimizer,
            learning_rate=learning_rate,
            negative_sampling_rate=negative_sampling_rate,
            comparator_list=comparator_list,
            tied_token_embedding_weight=tied_token_embedding_weight,
            token_embedding_storage_type=token_embedding_storage_type,
            enc0_network=enc0_network,
            enc1_network=enc1_network,
            enc0_cnn_filter_width=enc0_cnn_filter_width,
            enc1_cnn_filter_width=enc1_cnn_filter_width,
            enc0_max_seq_len=enc0_max_seq_len,
            enc1_max_seq_len=enc1_max_seq_len,
            enc0_token_embedding_dim=enc0_token_embedding_dim,
            enc1_token_embedding_dim=enc1_token_embedding_dim,
            enc0_vocab_size=enc0_vocab_size,
            enc1_vocab_size=enc1_vocab_size,
            enc0_layers=enc0_layers,
            enc1_layers=enc1_layers,
            enc0_freeze_pretrained_embedding=enc0_freeze_pretrained_embedding,
            enc1_freeze_pretrained_embedding=enc1_freeze_pretrained_embedding,
        )

    def _prepare_for_training(
        self, records: Any, mini_batch_size: int | None = None, job_name: str | None = None
    ) -> None:
        mini_batch_size = self.MINI_BATCH_SIZE if mini_batch_size is None else mini_batch_size
        super()._prepare_for_training(records, mini_batch_size, job_name)
