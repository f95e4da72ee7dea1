"""Analyses of SageMaker Clarify: their documents, and the jobs that read them."""

from __future__ import annotations

import json
from typing import Any

from tests.parity.recording import ROLE
from tests.parity.scenarios.processing import processing_description
from tests.parity.world import World

HEADERS = ["paid", "age", "sex"]


def bias_before_training(world: World) -> Any:
    _processor(world).run_pre_training_bias(_data(world), _bias(world), **_NOW)
    return _document(world)


def bias_before_training_with_everything(world: World) -> Any:
    segment = world["clarify.SegmentationConfig"]("age", [["(0, 30]"], ["(30, 99]"]], "ages", ["young", "old", "none"])
    data = _data(
        world,
        s3_analysis_config_output_path="s3://bucket/analysis",
        joinsource=0,
        facet_dataset_uri="s3://bucket/facets",
        facet_headers=["sex"],
        predicted_label_dataset_uri="s3://bucket/predicted",
        predicted_label_headers=["paid"],
        predicted_label="predicted",
        excluded_columns=["name"],
        segmentation_config=[segment],
        s3_compression_type="None",
    )
    bias = world["clarify.BiasConfig"]([1], ["sex", "age"], [[0], [40]], group_name="town")
    processor = _processor(
        world,
        volume_size_in_gb=1,
        volume_kms_key="key-1",
        output_kms_key="key-2",
        max_runtime_in_seconds=60,
        env={"A": "1"},
        tags={"a": "b"},
        network_config=world["network.NetworkConfig"](True),
        job_name_prefix="prices",
        version="1.0",
    )
    processor.run_pre_training_bias(data, bias, methods=["CI", "DPL"], kms_key="key-3", wait=False, logs=False)
    return [_document(world, "analysis/analysis_config.json"), processor.image_uri, processor.job_name_prefix]


def bias_after_training(world: World) -> Any:
    labels = world["clarify.ModelPredictedLabelConfig"]("label", "score", 0.7, ["no", "yes"])
    _processor(world).run_post_training_bias(_data(world), _bias(world), _model(world), labels, **_NOW)
    return _document(world)


def bias_after_training_in_the_data(world: World) -> Any:
    labels = world["clarify.ModelPredictedLabelConfig"](probability_threshold=0.7)
    _processor(world).run_post_training_bias(
        _data(world, predicted_label="predicted"),
        _bias(world),
        model_predicted_label_config=labels,
        methods=["DPPL"],
        **_NOW,
    )
    return _document(world)


def bias_after_training_of_no_model(world: World) -> None:
    _processor(world).run_post_training_bias(_data(world), _bias(world), **_NOW)


def bias_before_and_after_training(world: World) -> Any:
    _processor(world).run_bias(
        _data(world), _bias(world), _model(world), 2, pre_training_methods=["CI"], experiment_config=_TRIAL, **_NOW
    )
    return _document(world)


def bias_before_and_without_after(world: World) -> Any:
    data = _data(world, predicted_label="predicted")
    _processor(world).run_bias(data, _bias(world), post_training_methods=None, **_NOW)
    return _document(world)


def no_method(world: World) -> None:
    _processor(world).run_pre_training_bias(_data(world), _bias(world), methods=None, **_NOW)


def explanation(world: World) -> Any:
    shap = world["clarify.SHAPConfig"]([[0, 1]], num_samples=15, agg_method="mean_abs", seed=1)
    _processor(world).run_explainability(_data(world), _model(world), shap, **_NOW)
    return _document(world)


def explanation_by_several_methods(world: World) -> Any:
    ways = [
        world["clarify.SHAPConfig"]("s3://bucket/baseline", use_logit=True, features_to_explain=["age", 2]),
        world["clarify.PDPConfig"](["age"], 10, 3),
    ]
    labels = world["clarify.ModelPredictedLabelConfig"](probability=1)
    _processor(world).run_explainability(_data(world), _model(world), ways, labels, **_NOW)
    return _document(world)


def explanation_by_plots_of_shap(world: World) -> Any:
    ways = [world["clarify.SHAPConfig"](num_clusters=2, save_local_shap_values=False), world["clarify.PDPConfig"]()]
    _processor(world).run_explainability(_data(world), _model(world), ways, "score", **_NOW)
    return _document(world)


def explanation_of_text(world: World) -> Any:
    text = world["clarify.TextConfig"]("token", "english")
    shap = world["clarify.SHAPConfig"]([["<UNK>"]], text_config=text)
    model = _model(world, content_template='{"x": $features}', content_type="application/jsonlines")
    _processor(world).run_explainability(_data(world, dataset_type="application/jsonlines"), model, shap, **_NOW)
    return _document(world)


def explanation_of_images(world: World) -> Any:
    image = world["clarify.ImageConfig"]("OBJECT_DETECTION", 20, "segmentation", 5, 3, 0.5, 1.0)
    shap = world["clarify.SHAPConfig"](num_samples=5, image_config=image)
    data = world["clarify.DataConfig"](
        "s3://bucket/images", "s3://bucket/out", dataset_type="application/x-image", s3_compression_type="None"
    )
    _processor(world).run_explainability(data, _model(world, content_type="image/jpeg"), shap, **_NOW)
    return _document(world)


def explanation_of_json(world: World) -> Any:
    data = _data(world, dataset_type="application/json", features="rows[*].x", label="rows[*].y", headers=None)
    model = _model(
        world,
        content_type="application/json",
        content_template='{"rows": $records}',
        record_template="$features",
        accept_type="application/json",
    )
    shap = world["clarify.SHAPConfig"]([{"age": 1, "sex": None}])
    _processor(world).run_explainability(data, model, shap, "rows[*].score", **_NOW)
    return _document(world)


def explanation_of_an_endpoint(world: World) -> Any:
    model = world["clarify.ModelConfig"](endpoint_name="endpoint", target_model="one.tar.gz", custom_attributes="a")
    _processor(world).run_explainability(_data(world), model, world["clarify.SHAPConfig"](), **_NOW)
    return _document(world)


def explanation_of_forecasts(world: World) -> Any:
    data = _series(world, related_time_series=["r"], static_covariates=["s"])
    way = world["clarify.AsymmetricShapleyValueConfig"](
        "chronological",
        "fine_grained",
        5,
        {"target_time_series": "mean", "related_time_series": "zero", "static_covariates": {"item": [1]}},
    )
    _processor(world).run_explainability(data, _forecaster(world), way, **_NOW)
    return _document(world)


def explanation_of_forecasts_by_moments(world: World) -> Any:
    way = world["clarify.AsymmetricShapleyValueConfig"](direction="bidirectional", baseline="s3://bucket/baseline")
    _processor(world).run_explainability(_series(world), _forecaster(world), way, **_NOW)
    return _document(world)


def explanation_of_forecasts_with_other_covariates(world: World) -> None:
    way = world["clarify.AsymmetricShapleyValueConfig"](baseline={"static_covariates": {"item": [1, 2]}})
    data = _series(world, static_covariates=["s"])
    _processor(world).run_explainability(data, _forecaster(world), way, **_NOW)


def explanation_of_forecasts_with_covariates_of_nothing(world: World) -> None:
    way = world["clarify.AsymmetricShapleyValueConfig"](baseline={"static_covariates": {"item": [1]}})
    _processor(world).run_explainability(_series(world), _forecaster(world), way, **_NOW)


def explanation_of_forecasts_by_shap(world: World) -> None:
    _processor(world).run_explainability(_series(world), _forecaster(world), world["clarify.SHAPConfig"](), **_NOW)


def forecasts_of_a_plain_model(world: World) -> None:
    way = world["clarify.AsymmetricShapleyValueConfig"]()
    _processor(world).run_explainability(_series(world), _model(world), way, **_NOW)


def forecasts_of_plain_data(world: World) -> None:
    way = world["clarify.AsymmetricShapleyValueConfig"]()
    _processor(world).run_explainability(_data(world), _forecaster(world), way, **_NOW)


def shap_of_a_forecaster(world: World) -> None:
    _processor(world).run_explainability(_data(world), _forecaster(world), world["clarify.SHAPConfig"](), **_NOW)


def bias_of_forecasts(world: World) -> None:
    _processor(world).run_bias_and_explainability(
        _data(world), _forecaster(world), world["clarify.SHAPConfig"](), _bias(world), **_NOW
    )


def bias_and_explanation(world: World) -> Any:
    shap = world["clarify.SHAPConfig"]([[0, 1]])
    labels = world["clarify.ModelPredictedLabelConfig"](label=0, probability_threshold=0.5)
    _processor(world).run_bias_and_explainability(
        _data(world),
        _model(world),
        [shap, world["clarify.PDPConfig"]()],
        _bias(world),
        pre_training_methods=["CI"],
        post_training_methods="all",
        model_predicted_label_config=labels,
        **_NOW,
    )
    return _document(world)


def plots_of_nothing(world: World) -> None:
    _processor(world).run_explainability(_data(world), _model(world), world["clarify.PDPConfig"](), **_NOW)


def two_of_one_method(world: World) -> None:
    ways = [world["clarify.SHAPConfig"](), world["clarify.SHAPConfig"]()]
    _processor(world).run_explainability(_data(world), _model(world), ways, **_NOW)


def a_list_of_no_methods(world: World) -> None:
    _processor(world).run_bias_and_explainability(_data(world), _model(world), [], _bias(world), **_NOW)


def a_method_of_forecasts_among_others(world: World) -> None:
    ways = [world["clarify.SHAPConfig"](), world["clarify.AsymmetricShapleyValueConfig"]()]
    _processor(world).run_explainability(_data(world), _model(world), ways, **_NOW)


def a_run_of_no_kind(world: World) -> None:
    _processor(world).run()


def names_of_jobs(world: World) -> None:
    processor, data, bias = _processor(world), _data(world, predicted_label="p"), _bias(world)
    shap, rest = world["clarify.SHAPConfig"](), {"wait": False, "logs": False}
    processor.run_pre_training_bias(data, bias, **rest)
    processor.run_post_training_bias(data, bias, **rest)
    processor.run_bias(data, bias, **rest)
    processor.run_explainability(data, _model(world), shap, **rest)
    processor.run_bias_and_explainability(data, _model(world), shap, bias, **rest)


def parts_of_documents(world: World) -> Any:
    model = world["clarify.ModelConfig"](
        "model", 1, "ml.m5.large", accelerator_type="ml.eia1.medium", endpoint_name_prefix="my-endpoint"
    )
    return [
        model.get_predictor_config(),
        world["clarify.ModelPredictedLabelConfig"](0).get_predictor_config(),
        world["clarify.BiasConfig"]([1], ["a", "b"]).get_config(),
        world["clarify.BiasConfig"]([1], ["a", "b"], [None, [1]]).get_config(),
        world["clarify.SegmentationConfig"](0, [[1]]).to_dict(),
        world["clarify.PDPConfig"]().get_explainability_config(),
        world["clarify.ImageConfig"]("IMAGE_CLASSIFICATION").get_image_config(),
        world["clarify.TimeSeriesDataConfig"](1, 2, 3, [4], [5]).get_time_series_data_config(),
        [kind.value for kind in world["clarify.DatasetType"]],
        world["clarify.ProcessingOutputHandler"].get_s3_upload_mode({"dataset_type": "application/x-image"}),
        world["clarify.ProcessingOutputHandler"].get_s3_upload_mode({"dataset_type": "text/csv"}),
    ]


def wrong_arguments(world: World) -> Any:
    formats = world["clarify.TimeSeriesJSONDatasetFormat"]
    series = {"target_time_series": "t", "item_id": "i", "timestamp": "s", "dataset_format": formats.COLUMNS}
    shap = {"baseline": [[1]]}
    jsonl, as_json = {"content_type": "application/jsonlines"}, {"content_type": "application/json"}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("DataConfig", {"dataset_type": "text/tsv"}),
        ("DataConfig", {"dataset_type": "application/x-image", "predicted_label": "p"}),
        ("DataConfig", {"dataset_type": "application/x-image", "excluded_columns": [1]}),
        ("DataConfig", {"dataset_type": "application/jsonlines", "facet_headers": ["a"]}),
        ("DataConfig", {"dataset_type": "application/jsonlines", "predicted_label_dataset_uri": "s3://x"}),
        ("DataConfig", {"dataset_type": "application/json"}),
        ("DataConfig", {"time_series_data_config": world["clarify.TimeSeriesDataConfig"](**series)}),
        ("BiasConfig", {"label_values_or_threshold": [1], "facet_name": ["a"], "facet_values_or_threshold": []}),
        ("SegmentationConfig", {"name_or_index": None, "segments": [[1]]}),
        ("SegmentationConfig", {"name_or_index": 0, "segments": [1]}),
        ("SegmentationConfig", {"name_or_index": 0, "segments": [[1]], "display_aliases": ["a", "b", "c"]}),
        ("TimeSeriesDataConfig", {**series, "target_time_series": None}),
        ("TimeSeriesDataConfig", {**series, "item_id": ""}),
        ("TimeSeriesDataConfig", {**series, "timestamp": ""}),
        ("TimeSeriesDataConfig", {**series, "target_time_series": ["t"]}),
        ("TimeSeriesDataConfig", {**series, "item_id": 1}),
        ("TimeSeriesDataConfig", {**series, "timestamp": 1}),
        ("TimeSeriesDataConfig", {**series, "related_time_series": "r"}),
        ("TimeSeriesDataConfig", {**series, "related_time_series": [1]}),
        ("TimeSeriesDataConfig", {**series, "related_time_series": [""]}),
        ("TimeSeriesDataConfig", {**series, "static_covariates": "r"}),
        ("TimeSeriesDataConfig", {**series, "static_covariates": ["a", ""]}),
        ("TimeSeriesDataConfig", {**series, "dataset_format": None}),
        ("TimeSeriesDataConfig", {"target_time_series": 1, "item_id": 2, "timestamp": 3, "dataset_format": "columns"}),
        ("TimeSeriesModelConfig", {"forecast": 1}),
        ("ModelConfig", {"endpoint_name_prefix": "-x"}),
        ("ModelConfig", {"accept_type": "text/tsv"}),
        ("ModelConfig", {"content_type": "text/tsv"}),
        ("ModelConfig", {"accept_type": "text/csv", "time_series_model_config": _forecast(world)}),
        ("ModelConfig", {"content_type": "text/csv", "time_series_model_config": _forecast(world)}),
        ("ModelConfig", jsonl),
        ("ModelConfig", {**jsonl, "content_template": "{}"}),
        ("ModelConfig", as_json),
        ("ModelConfig", {**as_json, "content_template": "{}", "record_template": "{}"}),
        ("ModelPredictedLabelConfig", {"probability_threshold": "high"}),
        ("TextConfig", {"granularity": "word", "language": "en"}),
        ("TextConfig", {"granularity": "token", "language": "klingon"}),
        ("ImageConfig", {"model_type": "SEGMENTATION"}),
        ("SHAPConfig", {"agg_method": "mean"}),
        ("SHAPConfig", {**shap, "num_clusters": 2}),
        ("SHAPConfig", {"features_to_explain": [1], "text_config": world["clarify.TextConfig"]("token", "en")}),
        ("AsymmetricShapleyValueConfig", {"direction": "sideways"}),
        ("AsymmetricShapleyValueConfig", {"granularity": "coarse"}),
        ("AsymmetricShapleyValueConfig", {"granularity": "fine_grained"}),
        (
            "AsymmetricShapleyValueConfig",
            {"granularity": "fine_grained", "num_samples": 1, "direction": "bidirectional"},
        ),
        ("AsymmetricShapleyValueConfig", {"num_samples": 1}),
        ("AsymmetricShapleyValueConfig", {"baseline": {"target_time_series": "max"}}),
        ("AsymmetricShapleyValueConfig", {"baseline": {"related_time_series": "max"}}),
    ]
    return [_refusal(world, name, arguments) for name, arguments in wrong]


def no_facet(world: World) -> None:
    world["clarify.BiasConfig"]([1], [])


def a_model_and_an_endpoint(world: World) -> None:
    _model(world, endpoint_name="endpoint")


def neither_model_nor_endpoint(world: World) -> None:
    world["clarify.ModelConfig"](model_name="model")


def an_endpoint_with_a_prefix(world: World) -> None:
    world["clarify.ModelConfig"](endpoint_name="endpoint", endpoint_name_prefix="x")


def a_document_with_a_slip(world: World) -> Any:
    return _is_refused(world, world["clarify.SHAPConfig"](num_samples="15"))


def a_document_that_is_not_looked_at(world: World) -> Any:
    processor = _processor(world, skip_early_validation=True)
    processor.run_explainability(_data(world), _model(world), world["clarify.SHAPConfig"](num_samples="15"), **_NOW)
    return _document(world)


_NOW: dict[str, Any] = {"wait": False, "logs": False, "job_name": "job"}
_TRIAL = {"ExperimentName": "e", "TrialName": "t"}


def _processor(world: World, **changes: Any) -> Any:
    world.aws.answers.setdefault("DescribeProcessingJob", processing_description())
    arguments = {"role": ROLE, "instance_count": 1, "instance_type": "ml.m5.large", **changes}
    return world["clarify.SageMakerClarifyProcessor"](sagemaker_session=world.session(), **arguments)


def _data(world: World, **changes: Any) -> Any:
    arguments = {"s3_data_input_path": "s3://bucket/rows", "s3_output_path": "s3://bucket/out", **changes}
    return world["clarify.DataConfig"](**{"label": "paid", "headers": HEADERS, **arguments})


def _bias(world: World) -> Any:
    return world["clarify.BiasConfig"]([1], "sex", [0])


def _model(world: World, **changes: Any) -> Any:
    arguments = {"model_name": "model", "instance_count": 1, "instance_type": "ml.m5.large", **changes}
    return world["clarify.ModelConfig"](**arguments)


def _series(world: World, **changes: Any) -> Any:
    formats = world["clarify.TimeSeriesJSONDatasetFormat"]
    series = world["clarify.TimeSeriesDataConfig"]("t", "i", "s", dataset_format=formats.ITEM_RECORDS, **changes)
    return world["clarify.DataConfig"](
        "s3://bucket/rows", "s3://bucket/out", dataset_type="application/json", time_series_data_config=series
    )


def _forecast(world: World) -> Any:
    return world["clarify.TimeSeriesModelConfig"]("mean[0]")


def _forecaster(world: World) -> Any:
    return _model(
        world,
        time_series_model_config=_forecast(world),
        content_type="application/json",
        accept_type="application/json",
        content_template="$records",
        record_template="$features",
    )


def _document(world: World, key: str = "out/analysis_config.json") -> Any:
    return json.loads(world.aws.stored[key])


def _refusal(world: World, name: str, arguments: dict[str, Any]) -> list[str]:
    try:
        if name == "DataConfig":
            _data(world, **arguments)
        elif name == "ModelConfig":
            _model(world, **arguments)
        else:
            world[f"clarify.{name}"](**arguments)
    except (TypeError, ValueError) as error:
        return [name, type(error).__name__, str(error).partition("\nhint:")[0]]
    return [name, "", ""]


def _is_refused(world: World, way: Any) -> bool:
    try:
        _processor(world).run_explainability(_data(world), _model(world), way, **_NOW)
    except Exception:  # noqa: BLE001 - v2's is of a library of its own
        return True
    return False
