"""Amazon's algorithms: their hyperparameters, records, jobs, models and predictors."""

from __future__ import annotations

from typing import Any

from tests.parity.recording import ROLE, plain
from tests.parity.world import World

MODULES = {
    "KMeans": "kmeans",
    "PCA": "pca",
    "LinearLearner": "linear_learner",
    "KNN": "knn",
    "FactorizationMachines": "factorization_machines",
    "RandomCutForest": "randomcutforest",
    "LDA": "lda",
    "NTM": "ntm",
    "IPInsights": "ipinsights",
    "Object2Vec": "object2vec",
}
_ENCODER = {"network": "bilstm", "cnn_filter_width": 3, "token_embedding_dim": 20, "layers": 2}
_BEGIN = {"init_method": "normal", "init_scale": 0.1, "init_sigma": 0.2, "init_value": 0.3, "lr": 0.4, "wd": 0.5}
# Every hyperparameter of each, with a value that will do.
GOOD: dict[str, dict[str, Any]] = {
    "KMeans": {
        "k": 10,
        "init_method": "kmeans++",
        "max_iterations": 5,
        "tol": 0.5,
        "num_trials": 3,
        "local_init_method": "random",
        "half_life_time_size": 0,
        "epochs": 2,
        "center_factor": 4,
        "eval_metrics": ["msd", "ssd"],
    },
    "PCA": {"num_components": 3, "algorithm_mode": "randomized", "subtract_mean": True, "extra_components": -1},
    "LinearLearner": {
        "predictor_type": "multiclass_classifier",
        "binary_classifier_model_selection_criteria": "f1",
        "target_recall": 0.5,
        "target_precision": 0.6,
        "positive_example_weight_mult": "balanced",
        "epochs": 2,
        "use_bias": True,
        "num_models": 4,
        "num_calibration_samples": 100,
        "init_method": "uniform",
        "init_scale": 0.1,
        "init_sigma": 0.2,
        "init_bias": -1,
        "optimizer": "adam",
        "loss": "softmax_loss",
        "wd": 0,
        "l1": 0.01,
        "momentum": 0.9,
        "learning_rate": 1e-05,
        "beta_1": 0.8,
        "beta_2": 0.7,
        "bias_lr_mult": 2,
        "bias_wd_mult": 0,
        "use_lr_scheduler": False,
        "lr_scheduler_step": 10,
        "lr_scheduler_factor": 0.5,
        "lr_scheduler_minimum_lr": 0.001,
        "normalize_data": True,
        "normalize_label": False,
        "unbias_data": True,
        "unbias_label": False,
        "num_point_for_scaler": 1000,
        "margin": 1,
        "quantile": 0.5,
        "loss_insensitivity": 0.1,
        "huber_delta": 0,
        "early_stopping_patience": 3,
        "early_stopping_tolerance": 0.01,
        "num_classes": 3,
        "accuracy_top_k": 2,
        "f_beta": 1.5,
        "balance_multiclass_weights": True,
    },
    "KNN": {
        "k": 5,
        "sample_size": 100,
        "predictor_type": "classifier",
        "dimension_reduction_type": "fjlt",
        "dimension_reduction_target": 4,
        "index_type": "faiss.IVFPQ",
        "index_metric": "L2",
        "faiss_index_ivf_nlists": "auto",
        "faiss_index_pq_m": 1,
    },
    "FactorizationMachines": {
        "num_factors": 10,
        "predictor_type": "regressor",
        "epochs": 2,
        "clip_gradient": 1,
        "eps": 0.1,
        "rescale_grad": 2.5,
        **{f"bias_{name}": value for name, value in _BEGIN.items()},
        **{f"linear_{name}": value for name, value in _BEGIN.items()},
        **{f"factors_{name}": value for name, value in _BEGIN.items()},
    },
    "RandomCutForest": {
        "num_samples_per_tree": 256,
        "num_trees": 50,
        "eval_metrics": ["accuracy", "precision_recall_fscore"],
    },
    "LDA": {"num_topics": 3, "alpha0": 1, "max_restarts": 2, "max_iterations": 4, "tol": 0.1},
    "NTM": {
        "num_topics": 10,
        "encoder_layers": [1, 2, 3],
        "epochs": 3,
        "encoder_layers_activation": "relu",
        "optimizer": "adadelta",
        "tolerance": 0.1,
        "num_patience_epochs": 3,
        "batch_norm": False,
        "rescale_gradient": 0.5,
        "clip_gradient": 0.5,
        "weight_decay": 0.5,
        "learning_rate": 0.5,
    },
    "IPInsights": {
        "num_entity_vectors": 10000,
        "vector_dim": 128,
        "batch_metrics_publish_interval": 100,
        "epochs": 10,
        "learning_rate": 0.001,
        "num_ip_encoder_layers": 3,
        "random_negative_sampling_rate": 5,
        "shuffled_negative_sampling_rate": 5,
        "weight_decay": 5.0,
    },
    "Object2Vec": {
        "epochs": 20,
        "enc0_max_seq_len": 50,
        "enc0_vocab_size": 1000,
        "enc_dim": 256,
        "mini_batch_size": 64,
        "early_stopping_patience": 4,
        "early_stopping_tolerance": 0.02,
        "dropout": 0.5,
        "weight_decay": 100,
        "bucket_width": 7,
        "num_classes": 5,
        "mlp_layers": 3,
        "mlp_dim": 1024,
        "mlp_activation": "tanh",
        "output_layer": "softmax",
        "optimizer": "adam",
        "learning_rate": 0.0001,
        "negative_sampling_rate": 1,
        "comparator_list": "hadamard, abs_diff",
        "tied_token_embedding_weight": True,
        "token_embedding_storage_type": "row_sparse",
        **{f"enc0_{name}": value for name, value in _ENCODER.items()},
        **{f"enc1_{name}": value for name, value in _ENCODER.items()},
        "enc1_max_seq_len": 300,
        "enc1_vocab_size": 10000,
        "enc0_freeze_pretrained_embedding": True,
        "enc1_freeze_pretrained_embedding": False,
    },
}
BAD = (0, -1, -0.5, 1, 1.0, 1e6, 1e9, "other", "concat,other", "1000001", 10001, 5001)


def _algorithm(world: World, name: str, **changes: Any) -> Any:
    terms = {"role": ROLE, "instance_count": 2, "instance_type": "ml.m5.large", "sagemaker_session": world.session()}
    if name == "LDA":
        del terms["instance_count"]
    return world[f"amazon.{MODULES[name]}.{name}"](**{**terms, **changes})


def _records(world: World, count: int = 1000, **changes: Any) -> Any:
    arguments = {"s3_data": "s3://bucket/rows.manifest", "num_records": count, "feature_dim": 10, **changes}
    return world["amazon.amazon_estimator.RecordSet"](**arguments)


def _trained(world: World, name: str, **changes: Any) -> Any:
    estimator = _algorithm(world, name, **changes)
    estimator.fit(_records(world), 1000, wait=False, job_name="job")
    return estimator.hyperparameters()


def _said(ask: Any) -> Any:
    """Return what is answered, or the error without its hint."""
    try:
        return plain(ask())
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is recorded
        return [type(error).__name__, str(error).split("\nhint: ")[0]]


def _set(estimator: Any, attribute: str, value: Any) -> Any:
    setattr(estimator, attribute, value)
    return getattr(estimator, attribute)


def kmeans(world: World) -> Any:
    return _trained(world, "KMeans", **GOOD["KMeans"])


def pca(world: World) -> Any:
    return _trained(world, "PCA", **GOOD["PCA"])


def linear_learner(world: World) -> Any:
    return _trained(world, "LinearLearner", **GOOD["LinearLearner"])


def knn(world: World) -> Any:
    return _trained(world, "KNN", **GOOD["KNN"])


def factorization_machines(world: World) -> Any:
    return _trained(world, "FactorizationMachines", **GOOD["FactorizationMachines"])


def random_cut_forest(world: World) -> Any:
    return _trained(world, "RandomCutForest", **GOOD["RandomCutForest"])


def lda(world: World) -> Any:
    return _trained(world, "LDA", **GOOD["LDA"])


def ntm(world: World) -> Any:
    return _trained(world, "NTM", **GOOD["NTM"])


def ip_insights(world: World) -> Any:
    return _trained(world, "IPInsights", **GOOD["IPInsights"])


def object2vec(world: World) -> Any:
    return _trained(world, "Object2Vec", **GOOD["Object2Vec"])


def arguments_of_the_base(world: World) -> Any:
    return _trained(
        world,
        "PCA",
        num_components=3,
        volume_size=5,
        volume_kms_key="volume-key",
        max_run=600,
        use_spot_instances=True,
        max_wait=1200,
        input_mode="Pipe",
        output_path="s3://bucket/out",
        output_kms_key="output-key",
        base_job_name="base",
        tags=[{"Key": "team", "Value": "prices"}],
        subnets=["subnet-1"],
        security_group_ids=["sg-1"],
        encrypt_inter_container_traffic=True,
        enable_network_isolation=True,
        environment={"A": "1"},
        metric_definitions=[{"Name": "m", "Regex": "x"}],
        checkpoint_s3_uri="s3://bucket/checkpoints",
        max_retry_attempts=3,
    )


def in_order_of_place(world: World) -> Any:
    """The first arguments without their names."""
    algorithms = {
        "KMeans": (10, "random"),
        "PCA": (3,),
        "LinearLearner": ("binary_classifier", "f1"),
        "KNN": (5, 100, "classifier"),
        "FactorizationMachines": (10, "regressor"),
        "RandomCutForest": (256, 50),
        "NTM": (10,),
        "IPInsights": (100, 8),
        "Object2Vec": (20, 50, 1000, 256),
    }
    found = {}
    for name, values in algorithms.items():
        estimator = world[f"amazon.{MODULES[name]}.{name}"](
            ROLE, 1, "ml.m5.large", *values, sagemaker_session=world.session()
        )
        found[name] = [estimator.hyperparameters(), estimator.training_image_uri()]
    alone = world["amazon.lda.LDA"](ROLE, "ml.m5.large", 3, 0.5, sagemaker_session=world.session())
    return {**found, "LDA": [alone.hyperparameters(), alone.instance_count]}


def values_that_will_not_do(world: World) -> Any:
    found: dict[str, Any] = {}
    for name, values in GOOD.items():
        estimator = _algorithm(world, name)
        for attribute, good in values.items():
            if not isinstance(good, (bool, list)):
                found[f"{name}.{attribute}"] = [
                    _said(lambda e=estimator, a=attribute, v=value: _set(e, a, v))
                    for value in BAD
                    if not (isinstance(good, int) and value == -0.5)
                ]
    return found


def what_is_not_set(world: World) -> Any:
    estimator = _algorithm(world, "KMeans", k=10)
    estimator.k = None
    return [estimator.hyperparameters(), hasattr(estimator, "mini_batch_size"), estimator.init_method]


def classes_that_are_too_few(world: World) -> Any:
    return [
        _said(lambda: _algorithm(world, "LinearLearner", predictor_type="multiclass_classifier")),
        _said(lambda: _algorithm(world, "LinearLearner", predictor_type="multiclass_classifier", num_classes=2)),
        _said(lambda: _algorithm(world, "KNN", dimension_reduction_type="sign").hyperparameters()),
        _said(lambda: _algorithm(world, "LDA", instance_count=3).instance_count),
    ]


def sizes_of_batches(world: World) -> Any:
    found: dict[str, Any] = {}
    session = world.session()
    for name in MODULES:
        for size in (None, 1, 0, 10001, 600000):
            estimator = _algorithm(world, name, sagemaker_session=session)

            def fit(estimator: Any = estimator, size: Any = size) -> Any:
                estimator.fit(_records(world), size, wait=False, job_name="job")
                return [estimator.mini_batch_size, estimator.feature_dim]

            found[f"{name} {size}"] = _said(fit)
    return found


def sizes_of_batches_by_the_number_of_records(world: World) -> Any:
    found, session = [], world.session()
    for count in (1, 3, 600, 5000):
        estimator = _algorithm(world, "LinearLearner", sagemaker_session=session)
        estimator.fit(_records(world, count), wait=False, job_name="job")
        found.append(estimator.mini_batch_size)
    return found


def records_of_channels(world: World) -> Any:
    records = [_records(world), _records(world, channel="test", distribution="FullyReplicated", feature_dim=3)]
    estimator = _algorithm(world, "PCA", num_components=3)
    estimator.fit(records, wait=False, job_name="job")
    return estimator.feature_dim


def records_of_a_file_system(world: World) -> Any:
    records = world["amazon.amazon_estimator.FileSystemRecordSet"](
        "fs-0123456789abcdef0", "FSxLustre", "/fsx/rows", 1000, 10, "rw", "train"
    )
    network = {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}
    estimator = _algorithm(world, "LinearLearner", predictor_type="regressor", **network)
    estimator.fit(records, wait=False, job_name="job")
    return estimator.hyperparameters()


def records_of_a_plain_estimator(world: World) -> Any:
    world.train(_records(world))
    world.train([_records(world), _records(world, channel="validation", s3_data_type="S3Prefix")])
    return None


def records_that_are_none(world: World) -> Any:
    estimator = _algorithm(world, "PCA", num_components=3)
    test = _records(world, channel="test")
    return [
        _said(lambda: estimator.fit([test], wait=False, job_name="job")),
        _said(lambda: _algorithm(world, "KNN").fit([test], wait=False, job_name="job")),
        _said(lambda: estimator.fit([_records(world), _records(world)], wait=False, job_name="job")),
        _said(lambda: world.train([_records(world), "s3://bucket/rows"])),
    ]


def _stored(world: World) -> list[Any]:
    """Return what lies in S3 by key, manifests as text."""
    return [[key, body.decode() if key.endswith("manifest") else body] for key, body in world.aws.stored.items()]


def record_set(world: World) -> Any:
    import numpy as np

    rows = np.arange(14, dtype="float32").reshape(7, 2) / 3
    found = _algorithm(world, "KMeans", instance_count=3).record_set(rows, np.arange(7, dtype="float32"))
    return [plain(vars(found)), plain(_stored(world))]


def record_sets_of_other_types(world: World) -> Any:
    import numpy as np

    estimator = _algorithm(world, "LinearLearner", instance_count=1, data_location="s3://bucket/mine/")
    rows = np.array([[1, -2, 300], [0, 70000, -2147483648]])
    found = [
        estimator.record_set(rows, channel="test", encrypt=True, distribution="FullyReplicated"),
        estimator.record_set(rows / 7, np.array([0, -1])),
        estimator.record_set(rows.astype("float32"), np.array([0.5, -1])),
        estimator.record_set(rows[:, :0].astype("float32")),
    ]
    return [plain([vars(each) for each in found]), plain(_stored(world))]


def record_sets_that_cannot_be(world: World) -> Any:
    import numpy as np

    estimator = _algorithm(world, "KMeans", instance_count=3)
    return [
        _said(lambda: estimator.record_set(np.zeros((2, 2)))),
        _said(lambda: estimator.record_set(np.zeros((3, 2)), np.zeros((3, 1)))),
        _said(lambda: estimator.record_set(np.zeros((3, 2), dtype="int8"))),
        _said(lambda: estimator.record_set(np.zeros((3, 2)), np.zeros(9))),
        _said(lambda: _algorithm(world, "KMeans", instance_count=0).record_set(np.zeros((3, 2)))),
    ]


def shards_of_more_than_ten(world: World) -> Any:
    import numpy as np

    _algorithm(world, "PCA", instance_count=11).record_set(np.ones((23, 1)))
    return plain(_stored(world))


def where_records_go(world: World) -> Any:
    estimator = _algorithm(world, "KMeans", sagemaker_session=world.session(default_bucket_prefix="team/x"))
    found = [estimator.data_location]
    estimator.data_location = "s3://bucket/other"
    return [*found, estimator.data_location, _said(lambda: _set(estimator, "data_location", "nowhere"))]


def where_records_go_without_a_slash(world: World) -> Any:
    import numpy as np

    estimator = _algorithm(world, "KMeans", data_location="s3://bucket/mine")
    estimator.record_set(np.ones((2, 1)))
    return [key for key, _ in _stored(world)]


def values_of_another_kind(world: World) -> Any:
    estimator = _algorithm(world, "LinearLearner")
    estimator.epochs, estimator.num_models, estimator.wd = "7", 2.0, "0.5"
    estimator.use_bias = "False"
    return [estimator.hyperparameters(), _said(lambda: _set(estimator, "epochs", 2.5))]


def sets_of_records(world: World) -> Any:
    records = _records(world, channel="c", s3_data_type="S3Prefix", distribution="FullyReplicated")
    files = world["amazon.amazon_estimator.FileSystemRecordSet"]("fs-0123456789abcdef0", "EFS", "/efs/rows", 2, 3)
    described = str(records)
    return [
        records.records_s3_input().config,
        {name: value.config for name, value in records.data_channel().items()},
        {name: value.config for name, value in files.data_channel().items()},
        described[described.index("{") :],
    ]


def job_names(world: World) -> Any:
    estimator = _algorithm(world, "KMeans", k=10)
    estimator.fit(_records(world), wait=False)
    return [estimator._current_job_name, estimator.latest_training_job.name == "job"]


def attached(world: World) -> Any:
    from tests.parity.recording import training_description

    given = {"local_lloyd_max_iter": "7", "k": "10", "local_lloyd_tol": "0.5", "feature_dim": "10", "epochs": "2"}
    world.aws.answers["DescribeTrainingJob"] = training_description(HyperParameters=given)
    estimator = world["amazon.kmeans.KMeans"].attach("job", sagemaker_session=world.session())
    return [estimator.hyperparameters(), estimator.model_data, estimator.latest_training_job.name]


def attached_to_lists_and_truths(world: World) -> Any:
    from tests.parity.recording import training_description

    given = {"num_topics": "7", "encoder_layers": "[100, 50]", "batch_norm": "False"}
    world.aws.answers["DescribeTrainingJob"] = training_description(HyperParameters=given)
    return world["amazon.ntm.NTM"].attach("job", sagemaker_session=world.session()).hyperparameters()


def models(world: World) -> Any:
    found, session = {}, world.session()
    for name, module in MODULES.items():
        model = world[f"amazon.{module}.{name}Model"](
            "s3://bucket/model.tar.gz", ROLE, session, env={"A": "1"}, name=f"m-{name.lower()}"
        )
        predictor = model.deploy(1, "ml.m5.large", endpoint_name=f"e-{name.lower()}", wait=False)
        found[name] = [
            model.image_uri,
            type(predictor).__name__,
            type(predictor.serializer).__name__,
            type(predictor.deserializer).__name__,
        ]
    return found


def model_with_an_image_of_its_own(world: World) -> Any:
    model = world["amazon.kmeans.KMeansModel"](
        "s3://bucket/model.tar.gz", ROLE, world.session(), image_uri="mine", predictor_cls=None
    )
    return [model.image_uri, model.predictor_cls.__name__]


def deployed(world: World) -> Any:
    estimator = _algorithm(world, "KMeans", k=10, subnets=["subnet-1"], security_group_ids=["sg-1"])
    estimator.fit(_records(world), wait=False, job_name="job")
    predictor = estimator.deploy(1, "ml.m5.large", endpoint_name="endpoint", wait=False)
    model = estimator.create_model(vpc_config_override=None, env={"B": "2"}, name="other")
    transformer = estimator.transformer(1, "ml.m5.large")
    return [type(predictor).__name__, model.vpc_config, type(model).__name__, transformer.model_name]


def asked(world: World) -> Any:
    import numpy as np

    from tests.parity.recording import body

    score = b"\x12\x19\x0a\x05score\x12\x10\x12\x0e\x0a\x0c" + np.array([0.5, 1, 1.5], dtype="<f4").tobytes()
    frame = (0xCED7230A).to_bytes(4, "little") + len(score).to_bytes(4, "little") + score
    world.aws.answers["InvokeEndpoint"] = {
        "ContentType": "application/x-recordio-protobuf",
        "InvokedProductionVariant": "AllTraffic",
        "Body": body(frame + bytes(-len(score) % 4)),
    }
    predictor = world["amazon.linear_learner.LinearLearnerPredictor"]("endpoint", world.session())
    (answer,) = predictor.predict(np.array([1.0, 2.0], dtype="float32"))
    return list(answer.label["score"].float32_tensor.values)


def images(world: World) -> Any:
    get = world["amazon.amazon_estimator.get_image_uri"]
    return [get("us-west-2", "kmeans"), get("eu-west-1", "xgboost", "1.0-1")]


def tuned(world: World) -> Any:
    continuous, integer = world["parameter.ContinuousParameter"], world["parameter.IntegerParameter"]
    learner = _algorithm(world, "LinearLearner", predictor_type="regressor")
    ranges = {"wd": continuous(0.1, 1), "epochs": integer(1, 5)}
    tuner = world["tuner.HyperparameterTuner"](learner, "validation:objective_loss", ranges, max_jobs=2)
    tuner.fit(_records(world), job_name="tune", wait=False)
    records = [_records(world), _records(world, channel="validation")]
    tuner.fit(records, job_name="other", wait=False, mini_batch_size=7)
    return learner.feature_dim
